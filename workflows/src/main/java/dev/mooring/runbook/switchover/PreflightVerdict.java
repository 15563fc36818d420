package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.switchover.PreflightRow.Judged;
import java.util.List;

/** What all rows of a look come to: whether they stand against what is planned, and how. */
public final class PreflightVerdict {
  private PreflightVerdict() {}

  /** What stands against it, with what mends each; empty where nothing does. */
  public static List<String> against(List<PreflightRow> rows) {
    return rows.stream()
        .filter(row -> row.judged() == Judged.WRONG)
        .map(row -> row.inWords() + "; " + row.remedy())
        .toList();
  }

  /** Refuses the run where anything does. */
  public static void refuseOn(List<String> against) {
    if (!against.isEmpty()) {
      throw RunbookStop.refused(FailureCode.PREFLIGHT, String.join("; ", against));
    }
  }

  /** Rules that are broken by their names, and would refuse the run otherwise. */
  public static List<String> broken(List<PreflightRow> rows) {
    return rows.stream()
        .filter(row -> row.judged() == Judged.OVERRIDDEN)
        .map(PreflightRow::rule)
        .distinct()
        .toList();
  }

  /** Each row, as a plan shows it. */
  public static List<Fact> facts(List<PreflightRow> rows) {
    return rows.stream().map(PreflightRow::fact).toList();
  }
}
