package dev.mooring.runbook;

import java.util.List;

/**
 * Rows of a plan that are compared side by side, such as the candidates of a failover.
 *
 * @param title what the rows are, one word
 * @param headings of the columns, the most important first
 * @param rows each with a cell per heading; an unknown cell is empty
 * @param inWords the names of the plan's measured facts that say the same at length
 */
public record PlanTable(String title, List<String> headings, List<Row> rows, List<String> inWords) {
  public PlanTable {
    headings = List.copyOf(headings);
    rows = List.copyOf(rows);
    inWords = List.copyOf(inWords);
  }

  /** One row. */
  public record Row(List<String> cells) {
    public Row {
      cells = List.copyOf(cells);
    }
  }
}
