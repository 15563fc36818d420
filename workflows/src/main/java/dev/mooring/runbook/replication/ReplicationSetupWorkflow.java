package dev.mooring.runbook.replication;

import dev.mooring.runbook.Progress;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Streaming replication of a cluster: seen standby by standby. Runbook page: {@code
 * docs/runbooks/replication.md}.
 */
@WorkflowInterface
public interface ReplicationSetupWorkflow {

  /** Acts once; see {@link ReplicationRequest} for what may be typed. */
  @WorkflowMethod(name = "ReplicationSetup")
  ReplicationResult setUp(RawRequest request);

  /** Where the run stands. */
  @QueryMethod
  Progress progress();
}
