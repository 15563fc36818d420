package dev.mooring.runbook.checks;

import dev.mooring.runbook.RunResult;
import java.util.List;

/** The result of a runbook that checked rows. */
public interface CheckedResult extends RunResult {

  /** The rows, also those that are good. */
  List<CheckRow> checks();
}
