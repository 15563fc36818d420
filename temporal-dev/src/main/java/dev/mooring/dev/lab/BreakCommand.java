package dev.mooring.dev.lab;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lab break}: causes faults of the field on purpose, and fixes them. */
@Command(
    name = "break",
    synopsisSubcommandLabel = "FAULT",
    description = "Breaks something on purpose, or fixes it.")
final class BreakCommand {
  private static final String TARGET = "INSTANCE|HOST";
  private static final String SIGNALLED = TARGET + "|patroni:INSTANCE|etcd";
  private static final String PATRONI = "patroni:";
  private static final String ETCD = "etcd";

  private final Map<String, String> environment;

  BreakCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Command(
      description =
          "kill -9 of an instance's postmaster, of its Patroni, of etcd, or of a host's SSH"
              + " server.")
  void kill(@Parameters(paramLabel = SIGNALLED) String target, @Mixin LabChoice choice) {
    signal(choice, target, Signal.KILL, false);
  }

  @Command(description = "Freezes a postmaster, a Patroni, etcd or an SSH server.")
  void freeze(
      @Parameters(paramLabel = SIGNALLED) String target,
      @Option(
              names = "--all",
              description = "The instance's backends too, or the host's open sessions.")
          boolean all,
      @Mixin LabChoice choice) {
    signal(choice, target, Signal.STOP, all);
  }

  @Command(description = "Thaws it.")
  void thaw(
      @Parameters(paramLabel = SIGNALLED) String target,
      @Option(
              names = "--all",
              description = "The instance's backends too, or the host's open sessions.")
          boolean all,
      @Mixin LabChoice choice) {
    signal(choice, target, Signal.CONT, all);
  }

  @Command(description = "Cuts a host off, with its instances: every packet is lost.")
  void cut(
      @Parameters(paramLabel = TARGET) String target,
      @Option(names = "--from", paramLabel = TARGET, description = "From that one alone.")
          @Nullable String from,
      @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    HostNetwork network = lab.faults().network(host(lab, target));
    if (from == null) {
      network.cutFromAll();
    } else {
      network.cutFrom(host(lab, from));
    }
  }

  @Command(description = "Loses no packet of a host any more.")
  void heal(@Parameters(paramLabel = TARGET) String target, @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    lab.faults().network(host(lab, target)).mend();
  }

  @Command(name = "start-ssh", description = "Starts a host's SSH server again.")
  void startSsh(@Parameters(paramLabel = "HOST") String host, @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    lab.faults().startSsh(lab.host(host));
  }

  @Command(name = "start-patroni", description = "Starts an instance's Patroni, or etcd, again.")
  void startPatroni(
      @Parameters(paramLabel = "INSTANCE|" + ETCD) String target, @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    if (target.equals(ETCD)) {
      patroni(lab).startStore();
    } else {
      patroni(lab).start(lab.instance(target));
    }
  }

  @Command(name = "archive-off", description = "A content's archiver fails from now on.")
  void archiveOff(@Parameters(paramLabel = "CONTENT") int content, @Mixin LabChoice choice) {
    lab(choice).faults().archiveOff(content);
  }

  @Command(name = "archive-on", description = "It works again.")
  void archiveOn(@Parameters(paramLabel = "CONTENT") int content, @Mixin LabChoice choice) {
    lab(choice).faults().archiveOn(content);
  }

  @Command(name = "hide-wal", description = "Takes a WAL file out of the archive.")
  void hideWal(
      @Parameters(paramLabel = "CONTENT") int content,
      @Parameters(paramLabel = "FILE") String file,
      @Mixin LabChoice choice) {
    lab(choice).faults().hideWal(content, file);
  }

  @Command(name = "show-wal", description = "Puts it back.")
  void showWal(
      @Parameters(paramLabel = "CONTENT") int content,
      @Parameters(paramLabel = "FILE") String file,
      @Mixin LabChoice choice) {
    lab(choice).faults().showWal(content, file);
  }

  @Command(name = "truncate-wal", description = "Cuts a WAL file in the archive short.")
  void truncateWal(
      @Parameters(paramLabel = "CONTENT") int content,
      @Parameters(paramLabel = "FILE") String file,
      @Parameters(paramLabel = "BYTES") long bytes,
      @Mixin LabChoice choice) {
    lab(choice).faults().truncateWal(content, file, bytes);
  }

  @Command(name = "flip-byte", description = "Inverts one byte of a WAL file in the archive.")
  void flipByte(
      @Parameters(paramLabel = "CONTENT") int content,
      @Parameters(paramLabel = "FILE") String file,
      @Parameters(paramLabel = "OFFSET") long offset,
      @Mixin LabChoice choice) {
    lab(choice).faults().flipByte(content, file, offset);
  }

  @Command(name = "remove-target", description = "Removes an instance's recovery target by hand.")
  void removeTarget(@Parameters(paramLabel = "INSTANCE") String id, @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    lab.faults().removeTarget(lab.instance(id));
  }

  @Command(name = "delay-replay", description = "A copy gets no WAL from the archive for so long.")
  void delayReplay(
      @Parameters(paramLabel = "INSTANCE") String id,
      @Parameters(paramLabel = "SECONDS") int seconds,
      @Mixin LabChoice choice) {
    Lab lab = lab(choice);
    lab.faults().delayReplay(lab.instance(id), seconds);
  }

  private static LabHost host(Lab lab, String target) {
    return hostNamed(lab, target).orElseGet(() -> lab.instance(target).host());
  }

  private static Optional<LabHost> hostNamed(Lab lab, String target) {
    return lab.hosts().stream().filter(host -> host.name().equals(target)).findFirst();
  }

  private void signal(LabChoice choice, String target, Signal signal, boolean all) {
    Lab lab = lab(choice);
    if (target.equals(ETCD)) {
      patroni(lab).signalStore(signal);
      return;
    }
    if (target.startsWith(PATRONI)) {
      patroni(lab).signal(lab.instance(target.substring(PATRONI.length())), signal);
      return;
    }
    Optional<LabHost> host = hostNamed(lab, target);
    if (host.isPresent()) {
      if (all) {
        lab.faults().signalAllSsh(host.get(), signal);
      } else {
        lab.faults().signalSsh(host.get(), signal);
      }
      return;
    }
    LabInstance instance = lab.instance(target);
    if (all) {
      lab.faults().signalAll(instance, signal);
    } else {
      lab.faults().signal(instance, signal);
    }
  }

  private static LabPatroni patroni(Lab lab) {
    return lab.patroni()
        .orElseThrow(
            () ->
                new LabFailure(
                    "lab %s has no Patroni\nHINT: `temporal-dev/lab up streaming --patroni` makes one that has."
                        .formatted(lab.name())));
  }

  private Lab lab(LabChoice choice) {
    return choice.lab(Machine.labsDirectory(environment));
  }
}
