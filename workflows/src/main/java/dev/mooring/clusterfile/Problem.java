package dev.mooring.clusterfile;

import java.util.Comparator;

/**
 * A problem of a cluster file, at its place in an editor.
 *
 * @param line the line, from 1
 * @param column the column, from 1
 * @param path the setting, such as {@code instances[3].port}; empty for the file as a whole
 * @param message the fact in lower case, then {@code HINT:} sentences; never holds a secret
 */
public record Problem(int line, int column, String path, String message)
    implements Comparable<Problem> {
  private static final Comparator<Problem> READING_ORDER =
      Comparator.comparingInt(Problem::line)
          .thenComparingInt(Problem::column)
          .thenComparing(Problem::path)
          .thenComparing(Problem::message);

  /** Quoted parts of a file must not speak to the terminal that shows them. */
  public Problem {
    path = path.replaceAll("\\p{Cntrl}", "?");
    message = message.replaceAll("\\p{Cntrl}", "?");
  }

  /** Whether another problem has the same place. */
  boolean isAtThePlaceOf(Problem other) {
    return line == other.line && column == other.column;
  }

  @Override
  public int compareTo(Problem other) {
    return READING_ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
