package dev.mooring.quoting;

import java.util.ArrayList;
import java.util.List;

/**
 * A connection as libpq takes it, {@code keyword=value …}, and the lines of its password file
 * (PostgreSQL's documentation of libpq, "Connection Strings" and "The Password File"): the only
 * place where text becomes part of one.
 */
public final class ConnectionString {
  private final List<String> settings = new ArrayList<>();

  /** The same with one more setting; an empty value leaves it out. */
  public ConnectionString with(String keyword, String value) {
    if (!value.isEmpty()) {
      String text = ConfigurationValue.oneLine(keyword, value);
      boolean plain = text.matches("[A-Za-z0-9_.,:/-]+");
      settings.add(
          keyword + "=" + (plain ? text : "'" + text.replaceAll("(['\\\\])", "\\\\$1") + "'"));
    }
    return this;
  }

  /**
   * A line of a password file that fits this one login to any database, with its end.
   *
   * @throws IllegalArgumentException for a field of more than one line
   */
  public static String passwordLine(String host, int port, String user, String password) {
    return String.join(
            ":",
            passwordField(host),
            String.valueOf(port),
            "*",
            passwordField(user),
            passwordField(password))
        + "\n";
  }

  /** A field of such a line; a message must not repeat a password, not even an unusable one. */
  public static String passwordField(String text) {
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a field of a password file must be one line");
    }
    return text.replaceAll("([:\\\\])", "\\\\$1");
  }

  @Override
  public String toString() {
    return String.join(" ", settings);
  }
}
