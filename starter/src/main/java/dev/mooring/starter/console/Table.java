package dev.mooring.starter.console;

import java.util.ArrayList;
import java.util.List;

/** Rows under headings, as plain text: two spaces between columns, dashes under the headings. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these headings. */
  public Table(String... headings) {
    this(List.of(headings));
  }

  /** A table with these headings. */
  public Table(List<String> headings) {
    rows.add(List.copyOf(headings));
  }

  /** Adds a row; an empty cell is shown as a dash. */
  public Table row(String... cells) {
    return row(List.of(cells));
  }

  /** Adds a row; an empty cell is shown as a dash. */
  public Table row(List<String> cells) {
    if (cells.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          cells.size() + " cells under " + rows.get(0).size() + " headings");
    }
    rows.add(cells.stream().map(cell -> cell.isEmpty() ? "-" : cell).toList());
    return this;
  }

  /** Whether it has no row. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The table as lines. */
  public List<String> lines() {
    List<Integer> widths = new ArrayList<>();
    for (int column = 0; column < rows.get(0).size(); column++) {
      int at = column;
      widths.add(rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(line(row, widths));
    }
    lines.add(1, line(widths.stream().map("-"::repeat).toList(), widths));
    return lines;
  }

  private static String line(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      line.append(cells.get(column));
      line.append(" ".repeat(widths.get(column) - cells.get(column).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
