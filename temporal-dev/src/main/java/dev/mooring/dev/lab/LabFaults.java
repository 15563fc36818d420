package dev.mooring.dev.lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Faults of the field, caused on purpose, each with its fix. */
public final class LabFaults {

  private final LabRecord record;
  private final LabServers servers;

  LabFaults(LabRecord record) {
    this.record = record;
    this.servers = new LabServers(record);
  }

  /** Signals the postmaster of an instance that runs. */
  public void signal(LabInstance instance, Signal signal) {
    LabProcess postmaster = servers.server(instance).requirePostmaster();
    postmaster.signal(signal);
    if (signal == Signal.KILL) {
      Await.until(
          () -> isGone(instance, List.of(postmaster)),
          () -> instance.id() + ": processes outlived the postmaster");
    }
  }

  /**
   * Whether nothing is left of a killed server. A server started since proves it: PostgreSQL does
   * not start beside a process of an earlier one.
   */
  private boolean isGone(LabInstance instance, List<LabProcess> killed) {
    return killed.stream().allMatch(LabProcess::reaped)
        && (ProcessTable.workingIn(instance.dataDirectory()).isEmpty()
            || isStartedAgain(instance, killed));
  }

  /** A disk that lost its power can't be read, and no server is started from it. */
  private boolean isStartedAgain(LabInstance instance, List<LabProcess> killed) {
    try {
      return servers.server(instance).postmaster().filter(now -> !killed.contains(now)).isPresent();
    } catch (LabFailure unreadable) {
      return false;
    }
  }

  /**
   * Signals a server's own processes of one kind.
   *
   * @param kind as PostgreSQL titles it, "checkpointer" or "startup"
   */
  public void signalOnly(LabInstance instance, String kind, Signal signal) {
    List<LabProcess> meant =
        ProcessTable.workingIn(instance.dataDirectory()).stream()
            .filter(process -> ProcessTable.isServersOwn(process.pid(), kind))
            .toList();
    if (meant.isEmpty()) {
      throw new LabFailure(instance.id() + " has no " + kind + " to signal");
    }
    meant.forEach(process -> process.signal(signal));
  }

  /** Kills a postmaster alone; those of its processes that are frozen outlive it. */
  public void orphan(LabInstance instance) {
    LabProcess postmaster = servers.server(instance).requirePostmaster();
    postmaster.signal(Signal.KILL);
    Await.until(postmaster::reaped, () -> instance.id() + ": its postmaster did not end");
  }

  /** All processes of a server, none of which can make another one: clients come all the time. */
  private static List<LabProcess> frozen(LabInstance instance) {
    Set<LabProcess> seen = new LinkedHashSet<>();
    while (seen.addAll(ProcessTable.workingIn(instance.dataDirectory()))) {
      seen.forEach(process -> process.signal(Signal.STOP));
    }
    return List.copyOf(seen);
  }

  /** Signals a postmaster and all its backends, as a host that freezes or loses power does. */
  public void signalAll(LabInstance instance, Signal signal) {
    List<LabProcess> all =
        signal == Signal.CONT ? ProcessTable.workingIn(instance.dataDirectory()) : frozen(instance);
    if (all.isEmpty()) {
      throw new LabFailure(instance.id() + " has no processes to signal");
    }
    all.forEach(process -> process.signal(signal));
    if (signal == Signal.KILL) {
      Await.until(
          () -> isGone(instance, all), () -> instance.id() + ": processes outlived the kill");
    }
  }

  /** Signals the SSH server of a host; sessions that are open stay open. */
  public void signalSsh(LabHost host, Signal signal) {
    LabProcess ssh = servers.space(host).ssh();
    ssh.signal(signal);
    if (signal == Signal.KILL) {
      Await.until(() -> !ssh.alive(), () -> host.name() + ": SSH server did not end");
    }
  }

  /**
   * Signals the SSH server of a host with every open session: stopped, they answer nobody, like
   * those of a host that is gone.
   */
  public void signalAllSsh(LabHost host, Signal signal) {
    servers.space(host).sshAndSessions().forEach(process -> process.signal(signal));
  }

  /** Kills the SSH server of a host and every session; the scripts that run in them run on. */
  public void killSshAndSessions(LabHost host) {
    List<LabProcess> killed =
        servers.space(host).sshAndSessions().stream()
            .filter(process -> ProcessTable.isSshServer(process.pid()))
            .toList();
    killed.forEach(process -> process.signal(Signal.KILL));
    Await.until(
        () -> killed.stream().noneMatch(LabProcess::alive),
        () -> host.name() + ": SSH server did not end");
  }

  /** Starts a host's SSH server again. */
  public void startSsh(LabHost host) {
    if (servers.space(host).ssh().alive()) {
      throw new LabFailure(host.name() + ": its SSH server runs already");
    }
    servers.space(host).startSsh();
  }

  /** Starts a host's SSH server again, for sessions that may configure the host's network. */
  public void startSshThatMayConfigureTheNetwork(LabHost host) {
    servers.space(host).startSshThatMayConfigureTheNetwork();
  }

  /**
   * Simulates another boot of a host of root's lab, by its boot id. The caller has ended what ends
   * with a host; its disks are unchanged.
   */
  public void boots(LabHost host) {
    Path id = host.directory().resolve("boot_id");
    try {
      Files.writeString(id, UUID.randomUUID() + "\n");
    } catch (IOException e) {
      throw new LabFailure("unwritable " + id, e);
    }
    servers.space(host).asRoot("mount", "--bind", id.toString(), "/proc/sys/kernel/random/boot_id");
  }

  /** Gives an address, with its prefix length, to a device of a host of root's lab. */
  public void giveAddress(LabHost host, String address, String device) {
    servers.space(host).asRoot("ip", "addr", "add", address, "dev", device);
  }

  /** Takes such an address away again. */
  public void takeAddress(LabHost host, String address, String device) {
    servers.space(host).asRoot("ip", "addr", "del", address, "dev", device);
  }

  /** Gives a host's SSH server another key, as a newly installed host has. */
  public void changeHostKey(LabHost host) {
    sshServer(host).makeKey();
    restartSsh(host);
  }

  /** Makes a host's SSH server send its identification, and then answer no login for this time. */
  public void silenceLogins(LabHost host, Duration time) {
    sshServer(host).configureSilentLogins(time);
    restartSsh(host);
  }

  /** Makes a host's SSH server answer logins again. */
  public void answerLogins(LabHost host) {
    sshServer(host).configureLogins();
    restartSsh(host);
  }

  private SshServer sshServer(LabHost host) {
    return new SshServer(record.layout(), record.machine(), host);
  }

  private void restartSsh(LabHost host) {
    killSshAndSessions(host);
    startSsh(host);
  }

  /** Corrects the worker's known hosts, to the keys that the hosts have now. */
  public void correctKnownHosts() {
    new WorkerFiles(record.layout())
        .writeKnownHosts(
            record.layout().hosts().stream()
                .map(this::sshServer)
                .map(SshServer::knownHostsLine)
                .collect(Collectors.joining()));
  }

  /** The network of a host of root's lab, in which packets can be lost. */
  public HostNetwork network(LabHost host) {
    return new HostNetwork(record, servers.space(host), host);
  }

  /** Makes the archiver of a content's primary fail from now on. */
  public void archiveOff(int content) {
    set(content, "archive_command", "false");
  }

  /** Makes the archiver work again; it catches up. */
  public void archiveOn(int content) {
    alter(content, "ALTER SYSTEM RESET archive_command");
  }

  /**
   * Gives a directory of a server a disk of its own; a running server is stopped for it and started
   * again. Closing the disk ends the server.
   *
   * @param below the data directory, or empty for all of it
   */
  public LabDisk diskUnder(LabInstance instance, String below, int megabytes) {
    return diskUnder(instance, instance.dataDirectory().resolve(below), megabytes);
  }

  /** Gives all data directories of an instance's host one disk, while its others are down. */
  public LabDisk diskUnderData(LabInstance instance, int megabytes) {
    return diskUnder(instance, instance.host().data(), megabytes);
  }

  private LabDisk diskUnder(LabInstance user, Path directory, int megabytes) {
    Server server = servers.server(user);
    boolean running = server.running();
    server.stop(Server.StopMode.FAST);
    List<LabHost> seenBy =
        directory.startsWith(record.layout().hostsDirectory())
            ? List.of(user.host())
            : record.layout().hosts();
    LabDisk disk = LabDisk.under(record, directory, seenBy, megabytes, server::end);
    if (running) {
      server.start();
    }
    return disk;
  }

  /** The same for the archive of a content, which every host reaches. */
  public LabDisk diskUnderArchive(int content, int megabytes) {
    requireContent(content);
    LabInstance primary = record.layout().instance(Layout.EAST, content);
    return diskUnder(primary, record.layout().archive(content), megabytes);
  }

  /** Gives Mooring's own directory on a host a disk of its own. */
  public LabDisk diskUnderMooring(LabHost host, int megabytes) {
    return LabDisk.under(record, host.mooring(), List.of(host), megabytes, () -> {});
  }

  /** Gives the evidence store a disk of its own. */
  public LabDisk diskUnderEvidence(int megabytes) {
    return LabDisk.under(
        record, record.layout().evidence(), record.layout().hosts(), megabytes, () -> {});
  }

  /** Gives a host a clock of its own, for programs started there from now on. */
  public HostClock clockOf(LabHost host) {
    return new HostClock(host, () -> restartSsh(host));
  }

  /** Ends a server in any state. */
  public void end(LabInstance instance) {
    servers.server(instance).end();
  }

  /** Takes a WAL file out of the archive. */
  public void hideWal(int content, String file) {
    Path hidden = hidden(content);
    try {
      Files.createDirectories(hidden);
      Files.move(archived(content, file), hidden.resolve(file));
    } catch (IOException e) {
      throw new LabFailure("could not hide " + archived(content, file), e);
    }
  }

  /** Puts a hidden WAL file back, replacing any file in its place. */
  public void showWal(int content, String file) {
    if (!Files.exists(hidden(content).resolve(file))) {
      throw new LabFailure("content %d has no hidden %s".formatted(content, file));
    }
    try {
      Files.move(
          hidden(content).resolve(file),
          record.layout().archive(content).resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new LabFailure("could not show " + hidden(content).resolve(file), e);
    }
  }

  /** Cuts a WAL file in the archive short, as an archiver on a full disk does. */
  public void truncateWal(int content, String file, long bytes) {
    try (RandomAccessFile wal = new RandomAccessFile(archived(content, file).toFile(), "rw")) {
      if (bytes >= wal.length()) {
        throw new LabFailure(
            "%s has %d bytes, can't be cut to %d".formatted(file, wal.length(), bytes));
      }
      wal.setLength(bytes);
    } catch (IOException e) {
      throw new LabFailure("could not truncate " + archived(content, file), e);
    }
  }

  /** Inverts one byte of a WAL file in the archive. */
  public void flipByte(int content, String file, long offset) {
    flipByte(archived(content, file), offset);
  }

  /** Inverts one byte of any file. */
  public void flipByte(Path file, long offset) {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      if (offset < 0 || offset >= bytes.length()) {
        throw new LabFailure("%s has %d bytes, none at %d".formatted(file, bytes.length(), offset));
      }
      bytes.seek(offset);
      int value = bytes.read();
      bytes.seek(offset);
      bytes.write(~value);
    } catch (IOException e) {
      throw new LabFailure("could not alter " + file, e);
    }
  }

  /** Removes the recovery target settings of a stopped instance, as a person might by hand. */
  public void removeTarget(LabInstance instance) {
    Path file = instance.dataDirectory().resolve("postgresql.auto.conf");
    try {
      List<String> kept =
          Files.readAllLines(file).stream()
              .filter(line -> !line.strip().startsWith("recovery_target"))
              .toList();
      Files.write(file, kept);
    } catch (IOException e) {
      throw new LabFailure("could not alter " + file, e);
    }
  }

  /** Gives a copy no WAL from the archive for so long; with 0 it is given all again. */
  public void delayReplay(LabInstance instance, int seconds) {
    requireDelay(seconds);
    Path delayed = instance.dataDirectory().resolve("replay.delayed");
    try {
      if (seconds == 0) {
        Files.deleteIfExists(delayed);
      } else {
        Files.writeString(delayed, Instant.now().plusSeconds(seconds).getEpochSecond() + "\n");
      }
    } catch (IOException e) {
      throw new LabFailure("could not write " + delayed, e);
    }
  }

  /** Makes a standby apply no commit younger than that. */
  public void applyLate(LabInstance instance, int seconds) {
    requireDelay(seconds);
    servers.server(instance).settle("recovery_min_apply_delay = '%ds'\n".formatted(seconds));
    servers.server(instance).postmaster().ifPresent(running -> running.signal(Signal.HUP));
  }

  private static void requireDelay(int seconds) {
    if (seconds < 0) {
      throw new LabFailure("a delay has 0 seconds or more, got " + seconds);
    }
  }

  /**
   * Changes a setting of a content's primary; returns once every process of that server has been
   * signalled and uses it for new work.
   */
  public void set(int content, String setting, String value) {
    alter(content, "ALTER SYSTEM SET " + setting + " = '" + value.replace("'", "''") + "'");
  }

  /** The postmaster signals all its processes before it admits a session that has the new time. */
  private void alter(int content, String statement) {
    requireContent(content);
    LabInstance primary = record.layout().instance(Layout.EAST, content);
    try (Connection connection = servers.connect(primary)) {
      String before = LabDatabase.ask(connection, "SELECT clock_timestamp()");
      LabDatabase.execute(connection, List.of(statement, "SELECT pg_reload_conf()"));
      Await.until(
          () -> isReloadedSince(primary, before),
          () -> primary.id() + " did not read its settings again");
    } catch (SQLException e) {
      throw new LabFailure("could not alter " + primary.id(), e);
    }
  }

  private boolean isReloadedSince(LabInstance primary, String time) {
    try (Connection fresh = servers.connect(primary)) {
      return LabDatabase.ask(fresh, "SELECT pg_conf_load_time() > '" + time + "'").equals("t");
    } catch (SQLException e) {
      throw new LabFailure("could not ask " + primary.id(), e);
    }
  }

  private void requireContent(int content) {
    List<Integer> contents = record.layout().plan().contentIds().boxed().toList();
    if (!contents.contains(content)) {
      throw new LabFailure(
          "lab %s has no content %d; it has %d to %d"
              .formatted(
                  record.layout().plan().name(),
                  content,
                  contents.get(0),
                  contents.get(contents.size() - 1)));
    }
  }

  private Path archived(int content, String file) {
    requireContent(content);
    Path wal = record.layout().archive(content).resolve(file);
    if (!Files.exists(wal)) {
      throw new LabFailure("the archive of content %d has no %s".formatted(content, file));
    }
    return wal;
  }

  private Path hidden(int content) {
    requireContent(content);
    return record.layout().hidden().resolve(Integer.toString(content));
  }
}
