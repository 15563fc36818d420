package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Whether an instance's settings archive its WAL: the one judgement of all runbooks. */
public final class ArchivingCheck {
  private static final String NOT_READ = " was not read";

  private ArchivingCheck() {}

  /** Why WAL may not reach the archive; a setting that was not read is neither good nor off. */
  public enum Fault {
    NOT_READ,
    OFF,
    WAL_LEVEL,
    NO_COMMAND,
    HIDES_FAILURES
  }

  /**
   * What is wrong with the settings.
   *
   * @param words the value that is wrong, and what it must be
   */
  public record Trouble(Fault fault, String words) {}

  /** The verdict on one primary. */
  public static Verdict<Archiving> judge(PrimariesCheck.Primary primary) {
    return judge(primary.instance().id(), primary.server().archiving());
  }

  /** The verdict on an instance with these settings. */
  static Verdict<Archiving> judge(InstanceId instance, Archiving archiving) {
    return trouble(archiving)
        .map(
            trouble ->
                Verdict.<Archiving>never(
                    FailureCode.ARCHIVING_UNSAFE, instance + ": " + trouble.words()))
        .orElse(Verdict.proceed(archiving));
  }

  /** What is wrong with the settings of a server. */
  public static Optional<Trouble> trouble(Archiving archiving) {
    Map<String, String> settings =
        Map.of(
            "archive_mode", archiving.archiveMode(),
            "wal_level", archiving.walLevel(),
            "archive_library", archiving.archiveLibrary(),
            "archive_command", archiving.archiveCommand());
    return trouble(name -> Optional.ofNullable(settings.get(name)));
  }

  /** What is wrong with the settings of a member; the text of its command is not known. */
  public static Optional<Trouble> trouble(MemberObserved member) {
    return trouble(member::setting);
  }

  private static Optional<Trouble> trouble(Function<String, Optional<String>> setting) {
    String mode = setting.apply("archive_mode").orElse("");
    String level = setting.apply("wal_level").orElse("");
    boolean library = setting.apply("archive_library").filter(name -> !name.isEmpty()).isPresent();
    Optional<String> command = setting.apply("archive_command");
    if (mode.isEmpty() || level.isEmpty()) {
      return trouble(Fault.NOT_READ, (mode.isEmpty() ? "archive_mode" : "wal_level") + NOT_READ);
    }
    if (!isArchiving(mode)) {
      return trouble(Fault.OFF, "archive_mode is " + mode + ", must be on");
    }
    if (level.equals("minimal")) {
      return trouble(Fault.WAL_LEVEL, "wal_level is minimal, must be replica or logical");
    }
    return library ? Optional.empty() : trouble(command);
  }

  private static Optional<Trouble> trouble(Optional<String> read) {
    if (read.isEmpty()) {
      return trouble(Fault.NOT_READ, "archive_command" + NOT_READ);
    }
    String command = read.get();
    if (!ArchiveCommand.isSet(command)) {
      return trouble(Fault.NO_COMMAND, "archive_command is empty and archive_library is not set");
    }
    return ArchiveCommand.hidesFailures(command)
        ? trouble(
            Fault.HIDES_FAILURES,
            String.format(
                "archive_command hides its failures: %s reports success also after a failure",
                command.equals(ArchiveCommand.HIDING) ? "it" : "'" + command + "'"))
        : Optional.empty();
  }

  private static Optional<Trouble> trouble(Fault fault, String words) {
    return Optional.of(new Trouble(fault, words));
  }

  /** Whether a server with that archive_mode archives as a primary. */
  public static boolean isArchiving(String mode) {
    return mode.equals("on") || mode.equals("always");
  }
}
