package dev.mooring.activities.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection string as libpq parses it ({@code conninfo_parse} of fe-connect.c), for display:
 * {@code keyword = value}, a value in single quotes if it holds spaces, a backslash before a
 * literal character.
 */
final class ConnectionText {
  private static final String HIDDEN = "(masked)";
  private static final Pattern PAIR =
      Pattern.compile("\\s*([^\\s=]+)\\s*=\\s*('(?:[^'\\\\]|\\\\.)*'|(?:[^\\s'\\\\]|\\\\.)*)");

  private ConnectionText() {}

  /** Masks its passwords; a URI, and a text that can't be parsed, is masked whole. */
  static String masked(String text) {
    List<String> shown = new ArrayList<>();
    Matcher pair = PAIR.matcher(text);
    int end = 0;
    while (pair.find(end) && pair.start() == end) {
      String keyword = pair.group(1);
      boolean secret = keyword.toLowerCase(Locale.ROOT).contains("password");
      shown.add(keyword + "=" + (secret ? HIDDEN : pair.group(2)));
      end = pair.end();
    }
    boolean whole = text.substring(end).isBlank() && !text.contains("://");
    return whole ? String.join(" ", shown) : HIDDEN;
  }
}
