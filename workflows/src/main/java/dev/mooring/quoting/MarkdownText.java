package dev.mooring.quoting;

import java.util.regex.Pattern;

/** A text as one line of Markdown: no part of it is a link, a picture, a cell's end or HTML. */
public final class MarkdownText {
  private static final Pattern MEANS_MORE = Pattern.compile("[\\\\|\\[\\]]");

  private MarkdownText() {}

  /** The text; what is between its backticks stays code. */
  public static String of(String value) {
    String line = Printable.escaped(value.replaceAll("\\R\\s*", " "));
    return MEANS_MORE.matcher(line).replaceAll("\\\\$0").replace("<", "&lt;");
  }
}
