package dev.mooring.quoting;

/** Text as a value in PostgreSQL's configuration files: the only place where it becomes one. */
public final class ConfigurationValue {
  private ConfigurationValue() {}

  /**
   * The line that sets a parameter, with its end.
   *
   * @throws IllegalArgumentException for a value that is more than one line, which no person would
   *     find again by its line
   */
  public static String line(String parameter, String value) {
    return parameter + " = " + quote(oneLine(parameter, value)) + "\n";
  }

  /** The text itself, if it is one line. */
  public static String oneLine(String what, String text) {
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          what + " must be one line without NUL bytes, got '" + text + "'");
    }
    return text;
  }

  private static String quote(String text) {
    return "'" + quoted(text) + "'";
  }

  /** As it stands between the quotes of a value. */
  public static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("'", "''");
  }

  /**
   * Text in {@code restore_command} or {@code archive_command}: PostgreSQL takes %f, %p and %r for
   * names of its own, and %% for a percent sign.
   */
  public static String inCommand(String text) {
    return text.replace("%", "%%");
  }
}
