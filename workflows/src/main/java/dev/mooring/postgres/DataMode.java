package dev.mooring.postgres;

import java.util.regex.Pattern;

/**
 * The mode of a data directory that a server starts with: checkDataDir in PostgreSQL's
 * utils/init/miscinit.c.
 */
public final class DataMode {
  /** The required mode, for people. */
  public static final String IN_WORDS =
      "700, 750 or another with all for the owner, no writing by its group, nothing for others";

  private static final Pattern LET = Pattern.compile("[0-7]?7[0145]0");

  private DataMode() {}

  /** Whether a server starts with that mode, in octal as stat prints it. */
  public static boolean lets(String mode) {
    return LET.matcher(mode).matches();
  }
}
