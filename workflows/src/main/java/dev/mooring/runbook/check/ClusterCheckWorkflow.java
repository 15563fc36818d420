package dev.mooring.runbook.check;

import dev.mooring.runbook.Progress;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Checks what the runbooks of a cluster need, before a runbook stops because of it. It changes
 * nothing, takes no lock and writes no receipt. Runbook page: {@code docs/runbooks/check.md}.
 */
@WorkflowInterface
public interface ClusterCheckWorkflow {

  /** Checks once; see {@link CheckRequest} for the request. */
  @WorkflowMethod(name = "ClusterCheck")
  CheckResult check(RawRequest request);

  /** The progress of the run. */
  @QueryMethod
  Progress progress();
}
