package dev.mooring.activities.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection string as libpq parses it ({@code conninfo_parse} of fe-connect.c), for display:
 * {@code keyword = value}, a value in single quotes if it holds spaces, a backslash before a
 * literal character.
 */
final class ConnectionText {
  private static final String HIDDEN = "(masked)";

  /** Possessive, because Java repeats other alternatives by a call for each character. */
  private static final Pattern PAIR =
      Pattern.compile("\\s*([^\\s=]+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*+'|(?:[^\\s'\\\\]|\\\\.)*+)");

  private static final Pattern SHOWN =
      Pattern.compile(
          "host|hostaddr|port|dbname|user|application_name|replication|passfile"
              + "|ssl(mode|cert|key|rootcert|crl)"
              + "|channel_binding|gss\\w+|krbsrvname|require_auth|target_session_attrs"
              + "|connect_timeout|keepalives\\w*|tcp_user_timeout");

  private ConnectionText() {}

  /**
   * Shows the values that are known to hold no secret; a URI, and a text that can't be parsed, is
   * masked whole.
   */
  static String masked(String text) {
    List<String> shown = new ArrayList<>();
    Matcher pair = PAIR.matcher(text);
    int end = 0;
    while (pair.find(end) && pair.start() == end) {
      String keyword = pair.group(1);
      shown.add(keyword + "=" + (SHOWN.matcher(keyword).matches() ? pair.group(2) : HIDDEN));
      end = pair.end();
    }
    boolean whole = text.substring(end).isBlank() && !text.contains("://");
    return whole ? String.join(" ", shown) : HIDDEN;
  }
}
