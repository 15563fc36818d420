package dev.mooring.runbook.watch;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/**
 * A schedule's run of ReplicationWatch. Temporal adds the time to its workflow id, so it can't be
 * the watch, which has one id. It starts the watch as a child that outlives it: Temporal refuses
 * the child while the watch is open, so an open watch and its pause stay as they are. As a run of
 * the same type it needs neither a workflow type nor a port of its own.
 */
final class ScheduledWatch {
  private ScheduledWatch() {}

  /** Whether a schedule started this run: its id is the watch's, with a time. */
  static boolean isOf(ClusterName cluster) {
    String id = Workflow.getInfo().getWorkflowId();
    return !id.equals(RunIds.watch(cluster)) && RunIds.typed(id).equals(RunIds.watch(cluster));
  }

  /** Starts the watch unless it is open, and returns what became of it, in words. */
  static String ensure(ClusterName cluster, @Nullable RawRequest request) {
    ReplicationWatchWorkflow watch =
        Workflow.newChildWorkflowStub(
            ReplicationWatchWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.watch(cluster))
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setCancellationType(ChildWorkflowCancellationType.ABANDON)
                .setStaticSummary("watch " + cluster + ", started by a schedule")
                .build());
    Async.procedure(watch::watch, request, null, null);
    try {
      Workflow.getWorkflowExecution(watch).get();
      return RunIds.watch(cluster) + " was started";
    } catch (ChildWorkflowFailure failure) {
      if (failure.getCause() instanceof WorkflowExecutionAlreadyStarted) {
        return RunIds.watch(cluster) + " is open already";
      }
      throw failure;
    }
  }
}
