package dev.mooring.quoting;

import java.util.regex.Pattern;

/** Text from servers for a terminal, a log, a mail or a page: shown, and never obeyed. */
public final class Printable {
  /**
   * Control characters but line feed and tab, other ends of a line, and those that reorder what
   * stands beside them.
   */
  private static final Pattern CONTROL =
      Pattern.compile("[\\p{Cc}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069&&[^\\n\\t]]");

  private Printable() {}

  /**
   * The text with each control character as in JSON, {@code \}{@code u001b}, where it means the
   * same: a JSON document stays the document that it is. Applied twice it is the same text.
   */
  public static String escaped(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
  }

  /** The same of what is to be one line: a line feed is {@code \n} in it. */
  public static String line(String text) {
    return escaped(text).replace("\n", "\\n");
  }
}
