package dev.mooring.postgres;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The setting archive_command. If a command reports success after a failure, the server removes WAL
 * that was never archived (measured: with {@code || /bin/true} archived_count rose and the file was
 * absent).
 */
public final class ArchiveCommand {
  /** Stands for a command that hides its failures. */
  public static final String HIDING = "set-and-hides-failures";

  /** Stands for a command that accepts a file which its archive has already, with equal bytes. */
  public static final String ACCEPTING = "set-and-accepts-what-is-there";

  private static final String SET = "set";

  /** The form of PostgreSQL's manual; it refuses a file that is there, also an equal one. */
  private static final Pattern REFUSES =
      Pattern.compile(
          "\\s*(?:test|\\[)\\s+!\\s+-[ef]\\s+([\"']?)(/[\\w./@:+,=-]+)/%f\\1(?:\\s+\\])?\\s*&&\\s*"
              + "cp\\s+(?:-[afpv]+\\s+)?(?:--\\s+)?([\"']?)%p\\3\\s+([\"']?)\\2/%f\\4\\s*");

  /** Programs that compare, or replace, what they find. */
  private static final Pattern ACCEPTS =
      Pattern.compile("\\bcmp\\s|\\b(archive-push|wal-push|barman-wal-archive)\\b");

  /**
   * Ends with status 0 even after a failure. Possessive, because Java repeats other alternatives by
   * a call for each character.
   */
  private static final String ALWAYS_SUCCEEDS =
      "(/\\S*/)?(true|:|exit\\s+0|(echo|printf|logger)\\b(>&\\d|[^|&;#])*+)";

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

  /** Longer than any that somebody wrote; the patterns may take the square of a length. */
  private static final int JUDGED_AT_MOST = 8_192;

  private ArchiveCommand() {}

  /** Whether there is one. */
  public static boolean isSet(String command) {
    return !command.isBlank() && !command.equals("(disabled)");
  }

  /** Whether it reports success also after a failure; one that is too long to be judged may. */
  public static boolean hidesFailures(String command) {
    return command.equals(HIDING)
        || command.length() > JUDGED_AT_MOST
        || HIDES_FAILURE.matcher(command).find();
  }

  /**
   * The directory that a command in the form of PostgreSQL's manual fills, which refuses each file
   * that is there; of any other command empty.
   */
  public static Optional<String> refusingDirectory(String command) {
    Matcher manual = REFUSES.matcher(command);
    return manual.matches() ? Optional.of(manual.group(2)) : Optional.empty();
  }

  /**
   * In place of the command, which may hold secrets: its directory in the form of PostgreSQL's
   * manual, else a word; empty if there is none.
   */
  public static String masked(String command) {
    if (!isSet(command)) {
      return "";
    }
    return hidesFailures(command)
        ? HIDING
        : refusingDirectory(command)
            .map(directory -> String.format("test ! -f %1$s/%%f && cp %%p %1$s/%%f", directory))
            .orElse(ACCEPTS.matcher(command).find() ? ACCEPTING : SET);
  }

  /**
   * Why the archiver may stop at a WAL file that a rewind brought, by the masked command; empty if
   * it accepts such a file.
   */
  public static Optional<String> stopsAfterRewind(String command) {
    if (command.equals(ACCEPTING)) {
      return Optional.empty();
    }
    return Optional.of(
        refusingDirectory(command)
                .map(
                    directory ->
                        "its archive_command refuses a WAL file that is in "
                            + directory
                            + ", also an equal one: a rewind or a copy may bring one, hours later"
                            + " too. A watch, or a publish that waits for it, marks it as archived"
                            + " if that directory can be read on the host; without both the"
                            + " archiver stops there")
                .orElse(
                    "its archive_command, or archive_library, is not known to accept a WAL file"
                        + " that its archive has: a rewind or a copy may bring one, and the"
                        + " archiver would stop there for good")
            + ". HINT: let it succeed if cmp -s finds an equal file there, or set basic_archive, as"
            + " docs/operations/archives.md shows");
  }
}
