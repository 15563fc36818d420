package dev.mooring.runbook.publish;

import dev.mooring.runbook.RunMessages;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Publishes one restore point: created on every content, archived, proved from the archived bytes,
 * then named by LATEST. Runbook page: {@code docs/runbooks/publish.md}.
 */
@WorkflowInterface
public interface PublishCycleWorkflow extends RunMessages {

  /** Runs one cycle; see {@link PublishRequest} for the request. */
  @WorkflowMethod(name = "PublishCycle")
  PublishResult publish(RawRequest request);
}
