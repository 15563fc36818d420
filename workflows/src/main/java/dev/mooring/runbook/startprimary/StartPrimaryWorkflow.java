package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.RunMessages;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Starts a stopped primary of a cluster that streams, if the other side shows that it may start.
 * Runbook page: {@code docs/runbooks/start-primary.md}.
 */
@WorkflowInterface
public interface StartPrimaryWorkflow extends RunMessages {

  /** Runs once; see {@link StartPrimaryRequest} for what may be typed. */
  @WorkflowMethod(name = "StartPrimary")
  RoleChangeResult start(RawRequest request);
}
