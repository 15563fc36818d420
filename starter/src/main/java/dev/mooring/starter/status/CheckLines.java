package dev.mooring.starter.status;

import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.List;

/** A check for people: the verdict, everything read, then what is wrong and its remedy. */
public final class CheckLines {
  private CheckLines() {}

  /**
   * The result as lines, the verdict first.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  public static List<String> of(CheckResult result, int width) {
    List<String> lines = new ArrayList<>(List.of(result.headline(), ""));
    Table table = new Table("subject", "id", "", "seen", "limit");
    result
        .rows()
        .forEach(row -> table.row(row.subject(), row.id(), word(row), row.seen(), row.limit()));
    lines.addAll(table.lines(width));
    for (CheckRow row : result.rows()) {
      if (row.verdict() != Judged.GOOD) {
        lines.add("");
        lines.add(word(row) + "  " + row.inShort());
        lines.add("       fix: " + row.remedy());
      }
    }
    return lines;
  }

  private static String word(CheckRow row) {
    return switch (row.verdict()) {
      case GOOD -> "good";
      case WARNING -> "warning";
      case OVERRIDDEN -> "overridden";
      case WRONG -> "WRONG";
    };
  }
}
