package dev.mooring.topology;

import java.util.regex.Pattern;

/**
 * The one rule for names in the cluster file. They become parts of workflow ids, file names and
 * shell arguments, so they are plain everywhere.
 */
final class Names {
  private static final Pattern PLAIN = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  private Names() {}

  static void require(String what, String value) {
    if (!PLAIN.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what
              + " name must be 1 to 63 of a-z 0-9 _ - and begin with a letter or digit, got '"
              + value
              + "'");
    }
  }
}
