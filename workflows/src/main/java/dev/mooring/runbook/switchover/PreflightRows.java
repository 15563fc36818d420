package dev.mooring.runbook.switchover;

import dev.mooring.runbook.switchover.PreflightRow.Judged;
import java.util.ArrayList;
import java.util.List;

/** The rows of a preflight as they come together. */
final class PreflightRows {
  private final List<String> overrides;
  private final List<PreflightRow> rows = new ArrayList<>();

  /**
   * @param overrides rules that are broken by their names
   */
  PreflightRows(List<String> overrides) {
    this.overrides = overrides;
  }

  List<PreflightRow> all() {
    return List.copyOf(rows);
  }

  void row(boolean holds, String looked, String seen, String limit, String remedy) {
    rows.add(
        new PreflightRow(
            looked, seen, limit, holds ? Judged.GOOD : Judged.WRONG, "", holds ? "" : remedy));
  }

  /** A row that stands against no move, and is told where it does not hold. */
  void wanted(boolean holds, String looked, String seen, String limit, String remedy) {
    rows.add(
        new PreflightRow(
            looked, seen, limit, holds ? Judged.GOOD : Judged.WARNED, "", holds ? "" : remedy));
  }

  void row(
      PreflightRule rule, boolean holds, String looked, String seen, String limit, String remedy) {
    Judged broken = overrides.contains(rule.text()) ? Judged.OVERRIDDEN : Judged.WRONG;
    rows.add(
        new PreflightRow(
            looked, seen, limit, holds ? Judged.GOOD : broken, rule.text(), holds ? "" : remedy));
  }
}
