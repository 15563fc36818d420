package dev.mooring.quoting;

/**
 * Text in libpq's connection strings and password files (PostgreSQL's documentation of libpq,
 * "Connection Strings" and "The Password File"): the only place where it becomes part of one.
 */
public final class LibpqText {
  private LibpqText() {}

  /** {@code keyword=value} of a connection string. */
  public static String setting(String keyword, String value) {
    ConfigurationValue.oneLine(keyword, value);
    return keyword
        + "="
        + (value.matches("[A-Za-z0-9_.,:/-]+")
            ? value
            : "'" + value.replaceAll("(['\\\\])", "\\\\$1") + "'");
  }

  /** A field of a line of a password file. */
  public static String passwordFileField(String what, String value) {
    return ConfigurationValue.oneLine(what, value).replaceAll("([:\\\\])", "\\\\$1");
  }
}
