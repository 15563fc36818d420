package dev.mooring.runbook.failover;

import dev.mooring.runbook.RunMessages;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Promotes a standby of a streaming cluster when its primary is gone. Runbook page: {@code
 * docs/runbooks/failover.md}.
 */
@WorkflowInterface
public interface FailoverWorkflow extends RunMessages {

  /**
   * Runs once; see {@link FailoverRequest} for the request.
   *
   * @param carried of the run that this one continues; nothing if a person starts it
   */
  @WorkflowMethod(name = "Failover")
  RoleChangeResult failOver(RawRequest request, @Nullable RehearsalsCarried carried);
}
