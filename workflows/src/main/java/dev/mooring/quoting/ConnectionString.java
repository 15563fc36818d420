package dev.mooring.quoting;

import java.util.ArrayList;
import java.util.List;

/**
 * Connections as libpq takes them, {@code name='value' …}: the only place where text becomes one.
 */
public final class ConnectionString {
  private final List<String> words = new ArrayList<>();

  /** The same with a parameter more; an empty value leaves it out. */
  public ConnectionString with(String name, String value) {
    if (!value.isEmpty()) {
      String text = ConfigurationValue.oneLine(name, value);
      words.add(name + "='" + text.replace("\\", "\\\\").replace("'", "\\'") + "'");
    }
    return this;
  }

  /**
   * A line of a password file that fits this one login, with its end.
   *
   * @throws IllegalArgumentException for a field of more than one line
   */
  public static String passwordLine(String host, int port, String user, String password) {
    return String.join(":", field(host), String.valueOf(port), "*", field(user), field(password))
        + "\n";
  }

  private static String field(String text) {
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
      throw new IllegalArgumentException("a field of a password file must be one line");
    }
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
