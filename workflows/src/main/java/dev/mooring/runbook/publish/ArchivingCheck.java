package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.regex.Pattern;

/**
 * Whether an instance's settings archive its WAL. If an archive_command reports success after a
 * failure, the server removes WAL that was never archived (measured: with {@code || /bin/true}
 * archived_count rose and the file was absent).
 */
public final class ArchivingCheck {
  /** Ends with status 0 even after a failure. */
  private static final String ALWAYS_SUCCEEDS =
      "(/\\S*/)?(true|:|exit\\s+0|(echo|printf|logger)\\b([^|&;]|>&\\d)*)";

  private static final String END = "[\\s;)}'\"]*(#.*)?$";

  private static final Pattern HIDES_FAILURE =
      Pattern.compile(
          "(\\|\\||;|[^&>]&)\\s*"
              + ALWAYS_SUCCEEDS
              + END
              + "|^\\s*"
              + ALWAYS_SUCCEEDS
              + END
              // the status of a pipe is that of its last program
              + "|\\|\\s*(/\\S*/)?(tee|logger)\\b(?!.*%f)[^|&;]*$"
              // inverts success and failure
              + "|^\\s*!\\s"
              // runs in the background
              + "|[^&>]&\\s*$");

  private ArchivingCheck() {}

  /** The verdict on one primary. */
  public static Verdict<Archiving> judge(PrimariesCheck.Primary primary) {
    return judge(primary.instance().id(), primary.server().archiving());
  }

  /** The verdict on an instance with these settings. */
  static Verdict<Archiving> judge(InstanceId instance, Archiving archiving) {
    String who = instance + ": ";
    if (!archiving.archiveMode().equals("on") && !archiving.archiveMode().equals("always")) {
      return unsafe(who + "archive_mode is " + archiving.archiveMode() + ", must be on");
    }
    if (archiving.walLevel().equals("minimal")) {
      return unsafe(who + "wal_level is minimal, must be replica or logical");
    }
    if (!archiving.archiveLibrary().isEmpty()) {
      return Verdict.proceed(archiving);
    }
    if (archiving.archiveCommand().isBlank() || archiving.archiveCommand().equals("(disabled)")) {
      return unsafe(who + "archive_command is empty and archive_library is not set");
    }
    if (HIDES_FAILURE.matcher(archiving.archiveCommand()).find()) {
      return unsafe(
          who
              + "archive_command hides its failures: '"
              + archiving.archiveCommand()
              + "' reports success also after a failure");
    }
    return Verdict.proceed(archiving);
  }

  private static Verdict<Archiving> unsafe(String reason) {
    return Verdict.never(FailureCode.ARCHIVING_UNSAFE, reason);
  }
}
