package dev.mooring.runbook.replication;

import dev.mooring.runbook.RunMessages;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Streaming replication of a cluster: seen standby by standby, set up, removed. Runbook page:
 * {@code docs/runbooks/replication.md}.
 */
@WorkflowInterface
public interface ReplicationSetupWorkflow extends RunMessages {

  /** Acts once; see {@link ReplicationRequest} for what may be typed. */
  @WorkflowMethod(name = "ReplicationSetup")
  ReplicationResult setUp(RawRequest request);
}
