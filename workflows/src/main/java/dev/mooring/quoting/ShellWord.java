package dev.mooring.quoting;

import java.util.regex.Pattern;

/**
 * One word of a POSIX shell command. The only place where text becomes shell: every argument of a
 * script passes through here, so a data directory named {@code $(reboot)} is a data directory.
 */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,-]+");
  private static final Pattern MEANS_MORE = Pattern.compile("[\"$`\\\\\\x00]");

  private ShellWord() {}

  /** The text as one word: unchanged if it means nothing else to a shell, else in single quotes. */
  public static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a shell word can't hold a NUL byte");
    }
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /**
   * The text in double quotes, for commands that people read and edit as in manuals.
   *
   * @throws IllegalArgumentException for text with characters that are special there
   */
  public static String inDoubleQuotes(String text) {
    if (MEANS_MORE.matcher(text).find()) {
      throw new IllegalArgumentException(
          "a word in double quotes can't hold \", $, `, \\ or NUL, got '" + text + "'");
    }
    return "\"" + text + "\"";
  }
}
