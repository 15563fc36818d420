package dev.mooring.runbook.checks;

import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.RunContext;
import java.util.List;

/** The common part of the runbooks that change who is the primary. */
public abstract class RoleChangeRun extends AnsweringRun {
  /** A run with this context. */
  protected RoleChangeRun(RunContext context) {
    super(context);
  }

  /**
   * The result, with the plan and all that was proved so far.
   *
   * @param checks the rows as last observed
   */
  protected final RoleChangeResult ended(List<CheckRow> checks, String outcome, String headline) {
    return new RoleChangeResult(
        outcome,
        headline,
        context.plan().digest(),
        checks,
        degraded(),
        proofs(),
        run.atItsEnd().steps());
  }
}
