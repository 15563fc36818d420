package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One PostgreSQL server of the lab with its data directory, driven by PostgreSQL's own programs, on
 * its host, as the account that owns it.
 */
final class Server {
  private static final String STATE_FIELD = "Database cluster state:";
  private static final int LOG_LINES = 20;
  private static final Duration QUIET_LIMIT = Duration.ofSeconds(3);

  private final Machine machine;
  private final HostSpace space;
  private final LabInstance instance;
  private final Function<LabInstance, Path> configurations;

  /**
   * @param configurations the directory of an instance's configuration files
   */
  Server(
      Machine machine,
      HostSpace space,
      LabInstance instance,
      Function<LabInstance, Path> configurations) {
    this.machine = machine;
    this.space = space;
    this.instance = instance;
    this.configurations = configurations;
  }

  /** How a server is stopped. */
  enum StopMode {
    FAST,
    IMMEDIATE
  }

  /** Makes an empty server with its own system identifier. */
  void initialize(ServerSettings settings, String superuserPassword) {
    Path passwordFile = instance.host().home().resolve(instance.id() + ".password");
    machine.user().write(passwordFile, superuserPassword);
    space.run(
        List.of(
            machine.postgres("initdb"),
            "--no-sync",
            "--data-checksums",
            "--locale=C",
            "--encoding=UTF8",
            "--auth=scram-sha-256",
            "--username=" + LabDatabase.SUPERUSER,
            "--pwfile=" + passwordFile,
            "--wal-segsize=" + settings.walFileMegabytes(),
            "--pgdata=" + instance.dataDirectory()),
        Map.of());
    try {
      Files.delete(passwordFile);
      append(ServerSettings.MAIN, settings.forPrimary(instance));
      machine.user().write(file("pg_hba.conf"), ServerSettings.CLIENT_RULES);
      layConfiguration(instance.dataDirectory());
    } catch (IOException e) {
      throw new LabFailure("could not settle " + instance.id(), e);
    }
  }

  /** Fills the data directory with a base backup of the primary, and leaves it stopped. */
  void copyFrom(LabInstance primary, String superuserPassword) {
    space.run(
        List.of(
            machine.postgres("pg_basebackup"),
            "--no-sync",
            "--checkpoint=fast",
            "--wal-method=stream",
            "--host=" + primary.host().address(),
            "--port=" + primary.port(),
            "--username=" + LabDatabase.SUPERUSER,
            "--pgdata=" + instance.dataDirectory()),
        Map.of("PGPASSWORD", superuserPassword));
    try {
      layConfiguration(configurations.apply(primary));
    } catch (IOException e) {
      throw new LabFailure("could not lay the configuration of " + instance.id(), e);
    }
    settle(ServerSettings.forCopy(instance.host().address(), instance.port()));
    // without it a person who starts the copy before its first consume opens a second primary
    machine.user().write(file("standby.signal"), "");
  }

  void start() {
    List<String> command =
        List.of(
            machine.postgres("pg_ctl"),
            "--silent",
            "--wait",
            "--timeout=60",
            "--pgdata=" + instance.dataDirectory(),
            "--log=" + instance.log(),
            "--options="
                + (outside()
                    ? "-c config_file="
                        + configurations.apply(instance).resolve(ServerSettings.MAIN)
                    : ""),
            "start");
    Command.Output output = space.attempt(HostClock.underClockOf(instance.host(), command));
    if (output.status() != 0) {
      throw new LabFailure(
          "%s did not start: %s%n%s".formatted(instance.id(), output.text().strip(), logEnd()));
    }
  }

  void stop(StopMode mode) {
    if (running()) {
      space.run(
          List.of(
              machine.postgres("pg_ctl"),
              "--silent",
              "--wait",
              "--timeout=60",
              "--mode=" + (mode == StopMode.FAST ? "fast" : "immediate"),
              "--pgdata=" + instance.dataDirectory(),
              "stop"),
          Map.of());
    }
  }

  /** Whether the postmaster that this data directory names lives. */
  boolean running() {
    return postmaster().isPresent();
  }

  /** The postmaster that works in this data directory, if one does. */
  Optional<LabProcess> postmaster() {
    return PostmasterFile.read(instance.dataDirectory())
        .map(PostmasterFile::pid)
        .filter(pid -> ProcessTable.worksIn(pid, instance.dataDirectory()))
        .flatMap(LabProcess::find);
  }

  LabProcess requirePostmaster() {
    return postmaster()
        .orElseThrow(() -> new LabFailure(instance.id() + " has no postmaster to signal"));
  }

  /** The control file's state, such as "in production" or "shut down in recovery". */
  String controlState() {
    if (!Files.exists(file("global/pg_control"))) {
      return "no control file";
    }
    Command.Output output =
        space.attempt(
            List.of(machine.postgres("pg_controldata"), "--pgdata=" + instance.dataDirectory()));
    return output
        .text()
        .lines()
        .filter(line -> line.startsWith(STATE_FIELD))
        .map(line -> line.substring(STATE_FIELD.length()).strip())
        .findFirst()
        .orElseGet(() -> "unreadable: " + output.text().strip());
  }

  /** Adds settings that override all others. */
  void settle(String settings) {
    append("postgresql.auto.conf", settings);
  }

  /** Ends the server in any state, also if it is frozen. */
  void end() {
    postmaster()
        .ifPresent(
            process -> {
              process.signal(Signal.QUIT);
              process.signal(Signal.CONT);
              if (!Await.reached(QUIET_LIMIT, () -> !process.alive())) {
                process.signal(Signal.KILL);
              }
              Await.until(() -> !process.alive(), () -> instance.id() + " did not end");
              // killed, it left its postmaster.pid, which holds while a zombie bears its number
              Await.until(
                  () -> PostmasterFile.read(instance.dataDirectory()).isEmpty() || process.reaped(),
                  () -> instance.id() + " was not reaped");
            });
    Await.until(
        () -> ProcessTable.workingIn(instance.dataDirectory()).isEmpty(),
        () -> instance.id() + " left " + ProcessTable.commandsIn(instance.dataDirectory()));
    PostmasterFile.read(instance.dataDirectory())
        .ifPresent(left -> left.sharedMemory().ifPresent(SharedMemory::remove));
  }

  /** The last lines of the server's log, as far as the lab started it. */
  String logEnd() {
    try {
      List<String> lines =
          Files.exists(instance.log()) ? Files.readAllLines(instance.log()) : List.of("no log");
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      throw new LabFailure("unreadable " + instance.log(), e);
    }
  }

  /** Puts the configuration that is at another place to this instance's, with its own paths. */
  private void layConfiguration(Path from) throws IOException {
    Path to = configurations.apply(instance);
    if (!outside() && Files.exists(file(ServerSettings.MAIN))) {
      return;
    }
    if (outside()) {
      machine.user().makeDirectory(to);
      machine.user().makeDirectory(to.resolve("conf.d"));
    }
    String main = Files.readString(from.resolve(ServerSettings.MAIN));
    machine.user().write(to.resolve(ServerSettings.MAIN), ServerSettings.lying(to, instance, main));
    for (String rules : List.of("pg_hba.conf", "pg_ident.conf")) {
      machine.user().write(to.resolve(rules), Files.readString(from.resolve(rules)));
    }
    if (outside()) {
      for (String name : List.of(ServerSettings.MAIN, "pg_hba.conf", "pg_ident.conf")) {
        Files.deleteIfExists(file(name));
      }
    }
  }

  private boolean outside() {
    return !configurations.apply(instance).equals(instance.dataDirectory());
  }

  private void append(String name, String text) {
    try {
      Files.writeString(file(name), text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new LabFailure("could not write " + file(name), e);
    }
  }

  private Path file(String name) {
    return instance.dataDirectory().resolve(name);
  }
}
