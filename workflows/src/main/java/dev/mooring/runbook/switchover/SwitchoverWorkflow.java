package dev.mooring.runbook.switchover;

import dev.mooring.runbook.RunMessages;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Moves the primary of a streaming cluster to one of its standbys, as planned and without loss.
 * Runbook page: {@code docs/runbooks/switchover.md}.
 */
@WorkflowInterface
public interface SwitchoverWorkflow extends RunMessages {

  /** Runs once; see {@link SwitchoverRequest} for the request. */
  @WorkflowMethod(name = "Switchover")
  RoleChangeResult switchOver(RawRequest request);
}
