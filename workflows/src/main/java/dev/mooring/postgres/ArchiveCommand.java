package dev.mooring.postgres;

import java.util.regex.Pattern;

/**
 * The setting archive_command. If a command reports success after a failure, the server removes WAL
 * that was never archived (measured: with {@code || /bin/true} archived_count rose and the file was
 * absent).
 */
public final class ArchiveCommand {
  /** Stands for a command that hides its failures. */
  public static final String HIDING = "set-and-hides-failures";

  private static final String SET = "set";

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

  private ArchiveCommand() {}

  /** Whether there is one. */
  public static boolean isSet(String command) {
    return !command.isBlank() && !command.equals("(disabled)");
  }

  /** Whether it reports success also after a failure. */
  public static boolean hidesFailures(String command) {
    return command.equals(HIDING) || HIDES_FAILURE.matcher(command).find();
  }

  /** A word in place of the command, which may hold secrets: empty if there is none. */
  public static String masked(String command) {
    return !isSet(command) ? "" : hidesFailures(command) ? HIDING : SET;
  }
}
