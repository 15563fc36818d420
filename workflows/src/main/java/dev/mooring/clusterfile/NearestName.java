package dev.mooring.clusterfile;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that a mistyped name most likely means. */
public final class NearestName {
  private NearestName() {}

  /** The nearest known name, unless none is near. */
  public static Optional<String> of(String written, Collection<String> known) {
    String plain = plain(written);
    return known.stream()
        .filter(name -> distance(plain, plain(name)) <= Math.max(1, name.length() / 3))
        .min(
            Comparator.comparingInt((String name) -> distance(plain, plain(name)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** A HINT sentence: the nearest name, or all of them if they are few. */
  static String hint(String written, Collection<String> known) {
    return of(written, known)
        .map(name -> " HINT: did you mean '" + name + "'?")
        .orElseGet(
            () ->
                known.isEmpty() || known.size() > 12
                    ? ""
                    : " HINT: known here: " + String.join(", ", known) + ".");
  }

  /** data_directory, data-directory and DataDirectory are the same slip. */
  private static String plain(String name) {
    return name.replaceAll("[_-]", "").toLowerCase(Locale.ROOT);
  }

  /** Levenshtein's distance, two neighbours changing places counting as one edit. */
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
