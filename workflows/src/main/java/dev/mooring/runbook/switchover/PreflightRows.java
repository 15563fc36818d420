package dev.mooring.runbook.switchover;

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

  /** Adds one of {@link PreflightRow#must}. */
  void row(boolean holds, String looked, String seen, String limit, String remedy) {
    rows.add(PreflightRow.must(holds, looked, seen, limit, remedy));
  }

  /** Adds one of {@link PreflightRow#wanted}. */
  void wanted(boolean holds, String looked, String seen, String limit, String remedy) {
    rows.add(PreflightRow.wanted(holds, looked, seen, limit, remedy));
  }

  /** Adds one of {@link PreflightRow#by}. */
  void row(
      PreflightRule rule, boolean holds, String looked, String seen, String limit, String remedy) {
    boolean overridden = overrides.contains(rule.text());
    rows.add(PreflightRow.by(rule, overridden, holds, looked, seen, limit, remedy));
  }
}
