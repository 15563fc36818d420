package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether an instance's settings archive its WAL: the one judgement of all runbooks. */
public final class ArchivingCheck {
  private static final String NOT_READ = "not read";

  private ArchivingCheck() {}

  /** The verdict on one primary. */
  public static Verdict<Archiving> judge(PrimariesCheck.Primary primary) {
    return judge(primary.instance().id(), primary.server().archiving());
  }

  /** The verdict on an instance with these settings. */
  static Verdict<Archiving> judge(InstanceId instance, Archiving archiving) {
    return trouble(archiving)
        .map(why -> Verdict.<Archiving>never(FailureCode.ARCHIVING_UNSAFE, instance + ": " + why))
        .orElse(Verdict.proceed(archiving));
  }

  /** Why WAL may not reach the archive, by the settings of a server. */
  public static Optional<String> trouble(Archiving of) {
    return trouble(of.archiveMode(), of.walLevel(), of.archiveLibrary(), of.archiveCommand());
  }

  /** The same of a member; a setting that was not read is not good. */
  public static Optional<String> trouble(MemberObserved of) {
    return trouble(
        of.setting("archive_mode").orElse(NOT_READ),
        of.setting("wal_level").orElse(NOT_READ),
        of.setting("archive_library").orElse(""),
        of.setting("archive_command").orElse(NOT_READ));
  }

  /** The same of its command or library alone, whether or not it archives today. */
  public static Optional<String> commandTrouble(MemberObserved of) {
    return commandTrouble(
        of.setting("archive_library").orElse(""), of.setting("archive_command").orElse(NOT_READ));
  }

  private static Optional<String> trouble(
      String mode, String level, String library, String command) {
    if (!isArchiving(mode)) {
      return Optional.of("archive_mode is " + mode + ", must be on");
    }
    if (!level.equals("replica") && !level.equals("logical")) {
      return Optional.of("wal_level is " + level + ", must be replica or logical");
    }
    return commandTrouble(library, command);
  }

  private static Optional<String> commandTrouble(String library, String command) {
    if (!library.isEmpty()) {
      return Optional.empty();
    }
    if (!ArchiveCommand.isSet(command)) {
      return Optional.of("archive_command is empty and archive_library is not set");
    }
    if (command.equals(NOT_READ)) {
      return Optional.of("archive_command is not read");
    }
    return ArchiveCommand.hidesFailures(command)
        ? Optional.of("archive_command hides its failures: it reports success also after a failure")
        : Optional.empty();
  }

  /** Whether a server with that archive_mode archives as a primary. */
  public static boolean isArchiving(String mode) {
    return mode.equals("on") || mode.equals("always");
  }

  /**
   * Who may have written a file of an instance's name into its archive: any other instance of its
   * content that was opened on its timeline. Empty if it has none.
   */
  public static Optional<String> suspects(Cluster cluster, InstanceId owner) {
    String others =
        cluster.instances().stream()
            .filter(one -> one.id().equals(owner))
            .flatMap(
                own -> cluster.instances().stream().filter(i -> i.content().equals(own.content())))
            .map(one -> one.id().toString())
            .filter(id -> !id.equals(owner.value()))
            .collect(Collectors.joining(", "));
    return Optional.of("an instance that was opened (" + others + ")")
        .filter(any -> !others.isEmpty());
  }

  /** The same for a file that an archiver fails at, as the end of a sentence; may be empty. */
  public static String foreign(Cluster cluster, InstanceId owner) {
    return suspects(cluster, owner)
        .map(others -> "; with other bytes it may have been written by " + others)
        .orElse("");
  }
}
