package dev.mooring.runbook.checks;

import dev.mooring.runbook.RunResult;
import java.util.List;

/** The answer of a runbook that looks at rows before it acts. */
public interface CheckedResult extends RunResult {

  /** The rows, as they were seen last. */
  List<CheckRow> checks();
}
