package dev.mooring.runbook.status;

import dev.mooring.runbook.Progress;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Says where a cluster stands: changes nothing, takes no lock, leaves no receipt, and ends within
 * seconds, also if servers or hosts do not answer. Runbook page: {@code docs/runbooks/status.md}.
 */
@WorkflowInterface
public interface ClusterStatusWorkflow {

  /** Looks once; see {@link StatusRequest} for what may be typed. */
  @WorkflowMethod(name = "ClusterStatus")
  StatusResult look(RawRequest request);

  /** Where the run stands. */
  @QueryMethod
  Progress progress();
}
