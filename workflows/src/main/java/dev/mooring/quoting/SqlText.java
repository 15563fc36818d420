package dev.mooring.quoting;

/** Text as part of an SQL statement: the only place where text becomes SQL. */
public final class SqlText {
  private SqlText() {}

  /**
   * A literal, with any {@code standard_conforming_strings}: a text with a backslash is written in
   * the form whose backslashes always escape, as by libpq's PQescapeLiteral.
   */
  public static String literal(String text) {
    String doubled = carried("literal", text).replace("'", "''");
    return doubled.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : " E'" + doubled.replace("\\", "\\\\") + "'";
  }

  /**
   * An identifier, its case kept and no key word.
   *
   * @throws IllegalArgumentException for the empty text, which names nothing
   */
  public static String identifier(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an identifier can't be empty");
    }
    return "\"" + carried("identifier", text).replace("\"", "\"\"") + "\"";
  }

  private static String carried(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an SQL " + what + " can't hold a NUL byte");
    }
    return text;
  }
}
