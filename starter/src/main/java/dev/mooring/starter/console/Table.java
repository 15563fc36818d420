package dev.mooring.starter.console;

import dev.mooring.quoting.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Rows under headings, as plain text: two spaces between columns, dashes under the headings.
 * Columns are in the order of their importance: on a narrow terminal cells are wrapped between
 * words, and columns that still do not fit are dropped from the right, and named.
 */
public final class Table {
  /** The width without a terminal: every row is one line. */
  public static final int UNLIMITED = 0;

  /** A word up to this length is never broken, such as the name of a WAL file. */
  private static final int UNBROKEN = 24;

  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these headings. */
  public Table(String... headings) {
    this(List.of(headings));
  }

  /** A table with these headings; if all are blank they are not shown. */
  public Table(List<String> headings) {
    rows.add(List.copyOf(headings));
  }

  /** Adds a row; an empty cell is shown as a dash. */
  public Table row(String... cells) {
    return row(List.of(cells));
  }

  /** Adds a row; an empty cell is shown as a dash, the end of a line in one as a blank. */
  public Table row(List<String> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells under " + rows.get(0).size() + " headings");
    }
    rows.add(
        cells.stream()
            .map(cell -> cell.isEmpty() ? "-" : Printable.escaped(cell.replaceAll("\\R", " ")))
            .toList());
    return this;
  }

  /** Whether it has no row. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /**
   * The table as lines.
   *
   * @param width how many columns of text a line may have, or {@link #UNLIMITED}; the first column
   *     is shown however narrow that is
   */
  public List<String> lines(int width) {
    return lines(width, "");
  }

  /** The same lines behind an indent, which counts as part of the width. */
  public List<String> lines(int width, String indent) {
    int own = width == UNLIMITED ? UNLIMITED : Math.max(1, width - indent.length());
    return unindented(own, indent.length()).stream().map(line -> indent + line).toList();
  }

  private List<String> unindented(int width, int indent) {
    List<Integer> widths = ofColumns(String::length);
    int whole = total(widths);
    if (width == UNLIMITED || whole <= width) {
      return drawn(widths);
    }
    List<Integer> least = ofColumns(Table::longestWord);
    int shown = least.size();
    while (shown > 1 && total(least.subList(0, shown)) > width) {
      shown--;
    }
    List<String> lines = drawn(narrowed(widths.subList(0, shown), least, width));
    List<String> dropped = rows.get(0).subList(shown, least.size());
    if (!dropped.isEmpty()) {
      String names = String.join(", ", dropped.stream().filter(name -> !name.isEmpty()).toList());
      String limit = "not shown in " + (width + indent) + " columns: ";
      lines.addAll(wrapped(limit + names, width));
      String remedy = "HINT: set COLUMNS=" + (whole + indent) + " to see all columns.";
      lines.addAll(wrapped(remedy, width));
    }
    return lines;
  }

  private List<Integer> ofColumns(ToIntFunction<String> ofCell) {
    List<Integer> widths = new ArrayList<>();
    for (int column = 0; column < rows.get(0).size(); column++) {
      int at = column;
      widths.add(rows.stream().mapToInt(row -> ofCell.applyAsInt(row.get(at))).max().orElse(0));
    }
    return widths;
  }

  private static int total(List<Integer> widths) {
    return widths.stream().mapToInt(width -> width + GAP).sum() - GAP;
  }

  private static int longestWord(String cell) {
    return Stream.of(cell.split(" ", -1))
        .mapToInt(word -> Math.min(word.length(), UNBROKEN))
        .max()
        .orElse(0);
  }

  /** The widest column is narrowed first, down to its longest word. */
  private static List<Integer> narrowed(List<Integer> natural, List<Integer> least, int width) {
    List<Integer> widths = new ArrayList<>(natural);
    while (total(widths) > width) {
      int widest = -1;
      for (int column = 0; column < widths.size(); column++) {
        if (widths.get(column) > least.get(column)
            && (widest < 0 || widths.get(column) > widths.get(widest))) {
          widest = column;
        }
      }
      if (widest < 0) {
        return widths;
      }
      widths.set(widest, widths.get(widest) - 1);
    }
    return widths;
  }

  /** Draws as many columns as there are widths. */
  private List<String> drawn(List<Integer> widths) {
    List<String> lines = new ArrayList<>();
    boolean headed = rows.get(0).stream().anyMatch(heading -> !heading.isBlank());
    for (List<String> row : headed ? rows : rows.subList(1, rows.size())) {
      List<List<String>> cells = new ArrayList<>();
      for (int column = 0; column < widths.size(); column++) {
        cells.add(wrapped(row.get(column), widths.get(column)));
      }
      int height = cells.stream().mapToInt(List::size).max().orElse(1);
      for (int at = 0; at < height; at++) {
        int line = at;
        lines.add(
            line(cells.stream().map(c -> line < c.size() ? c.get(line) : "").toList(), widths));
      }
      if (headed && lines.size() == height) {
        lines.add(line(widths.stream().map("-"::repeat).toList(), widths));
      }
    }
    return lines;
  }

  /** Wraps a cell between words; a word wider than the column is broken. */
  private static List<String> wrapped(String cell, int width) {
    if (cell.length() <= width) {
      return List.of(cell);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : cell.split(" ", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      if (line.length() > 0) {
        line.append(' ');
      }
      line.append(word);
      for (int end = end(line, width); end < line.length(); end = end(line, width)) {
        lines.add(line.substring(0, end));
        line.delete(0, end);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /** How much of the text fits into that width, one character at least and none in part. */
  private static int end(CharSequence text, int width) {
    int end = Math.min(Math.max(1, width), text.length());
    boolean within =
        end > 0
            && end < text.length()
            && Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end));
    if (!within) {
      return end;
    }
    return end > 1 ? end - 1 : end + 1;
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      line.append(cells.get(column));
      line.append(" ".repeat(widths.get(column) - cells.get(column).length() + GAP));
    }
    return line.toString().stripTrailing();
  }
}
