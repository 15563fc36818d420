package dev.mooring.activities.host;

import java.util.regex.Pattern;

/**
 * One word of a POSIX shell command. The only place where text becomes shell: everything a script
 * is given passes through here, so a data directory named {@code $(reboot)} is a data directory.
 */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,-]+");

  private ShellWord() {}

  /** The text as one word: as it is where no shell gives it a meaning, else in single quotes. */
  public static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a shell word can't hold a NUL byte");
    }
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
