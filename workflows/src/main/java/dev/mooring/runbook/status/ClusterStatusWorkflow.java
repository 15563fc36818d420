package dev.mooring.runbook.status;

import dev.mooring.runbook.Progress;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Reports the state of a cluster. It changes nothing, takes no lock, writes no receipt, and ends
 * within seconds, even if servers or hosts do not answer. Runbook page: {@code
 * docs/runbooks/status.md}.
 */
@WorkflowInterface
public interface ClusterStatusWorkflow {

  /** Observes once; see {@link StatusRequest} for the request. */
  @WorkflowMethod(name = "ClusterStatus")
  StatusResult look(RawRequest request);

  /** The progress of the run. */
  @QueryMethod
  Progress progress();
}
