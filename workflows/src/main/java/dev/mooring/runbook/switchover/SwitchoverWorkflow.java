package dev.mooring.runbook.switchover;

import dev.mooring.runbook.RunMessages;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Moves the primary of a cluster that streams to one of its standbys, on purpose and with nothing
 * lost. Runbook page: {@code docs/runbooks/switchover.md}.
 */
@WorkflowInterface
public interface SwitchoverWorkflow extends RunMessages {

  /** Runs once; see {@link SwitchoverRequest} for what may be typed. */
  @WorkflowMethod(name = "Switchover")
  RoleChangeResult switchOver(RawRequest request);
}
