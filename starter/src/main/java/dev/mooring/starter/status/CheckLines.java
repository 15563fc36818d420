package dev.mooring.starter.status;

import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.check.CheckRow;
import dev.mooring.runbook.check.CheckRow.Judged;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import java.util.ArrayList;
import java.util.List;

/** A check for a person: the verdict, everything looked at, then what is wrong and its remedy. */
public final class CheckLines {
  private CheckLines() {}

  /**
   * The result as lines, the verdict first.
   *
   * @param width how wide a table may be, or {@link Table#UNLIMITED}
   */
  public static List<String> of(CheckResult result, int width) {
    List<String> lines = new ArrayList<>(List.of(result.headline(), ""));
    Table table = new Table("looked at", "", "seen", "limit");
    result.rows().forEach(row -> table.row(row.looked(), word(row), row.seen(), row.limit()));
    lines.addAll(table.lines(width));
    for (CheckRow row : result.rows()) {
      if (row.judged() != Judged.GOOD) {
        lines.add("");
        lines.add(word(row) + "  " + row.looked() + ": " + row.seen());
        lines.add("       mend it: " + row.remedy());
      }
    }
    return lines;
  }

  private static String word(CheckRow row) {
    return switch (row.judged()) {
      case GOOD -> "good";
      case WARNING -> "warning";
      case WRONG -> "WRONG";
    };
  }

  /** What a command that shows it exits with. */
  public static ExitCode exitCode(CheckResult result) {
    return switch (result.worst()) {
      case GOOD -> ExitCode.DONE;
      case WARNING -> ExitCode.STATUS_WARNING;
      case WRONG -> ExitCode.STATUS_CRITICAL;
    };
  }
}
