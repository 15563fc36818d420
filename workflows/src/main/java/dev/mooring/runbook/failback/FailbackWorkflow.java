package dev.mooring.runbook.failback;

import dev.mooring.runbook.RunMessages;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Moves the primary back to its former site: resilvers the old side, waits until it has caught up,
 * and moves the primary to it once a person approves that. Runbook page: {@code
 * docs/runbooks/failback.md}.
 */
@WorkflowInterface
public interface FailbackWorkflow extends RunMessages {

  /** Runs once; see {@link FailbackRequest} for what may be typed. */
  @WorkflowMethod(name = "Failback")
  RoleChangeResult failBack(RawRequest request);
}
