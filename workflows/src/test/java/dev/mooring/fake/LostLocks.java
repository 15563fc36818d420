package dev.mooring.fake;

import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.testservice.v1.TestServiceGrpc;
import io.temporal.api.testservice.v1.UnlockTimeSkippingRequest;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps time passing while a test waits for a run. The test server (1.38.0) loses time locks: it
 * takes one for each call, and never gives it back where the call is cancelled before a worker took
 * it. From then on every wait takes its real time, and one of hours never ends. Where nothing was
 * done for the run over a second, and no more than that second passed, one is given back.
 */
final class LostLocks {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** Time that is skipped goes a thousand times as fast. */
  private static final int AT_REAL_PACE = 2;

  private final TestWorkflowEnvironment temporal;
  private final String run;
  private @Nullable Look before;

  private LostLocks(TestWorkflowEnvironment temporal, String run) {
    this.temporal = temporal;
    this.run = run;
  }

  /** Waits for a run: a test does nothing else meanwhile. */
  static <R> R awaiting(TestWorkflowEnvironment temporal, String run, Supplier<R> wait) {
    LostLocks lost = new LostLocks(temporal, run);
    ScheduledExecutorService looking =
        Executors.newSingleThreadScheduledExecutor(LostLocks::daemon);
    ScheduledFuture<?> looks =
        looking.scheduleWithFixedDelay(
            lost::giveBack, 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return wait.get();
    } finally {
      looks.cancel(false);
      looking.shutdown();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "lost locks");
    thread.setDaemon(true);
    return thread;
  }

  /** What stands in the way of time that is skipped, and where the time stands. */
  private record Look(
      DescribeWorkflowExecutionResponse seen, boolean waits, long millis, long nanos) {
    boolean stoodStillSince(Look before) {
      return before.waits
          && waits
          && seen.equals(before.seen)
          && TimeUnit.MILLISECONDS.toNanos(millis - before.millis)
              < AT_REAL_PACE * (nanos - before.nanos);
    }
  }

  private void giveBack() {
    try {
      Look now = look();
      if (before != null && now.stoodStillSince(before)) {
        TestServiceGrpc.newBlockingStub(temporal.getWorkflowServiceStubs().getRawChannel())
            .unlockTimeSkipping(UnlockTimeSkippingRequest.getDefaultInstance());
      }
      before = now;
    } catch (WorkflowNotFoundException | StatusRuntimeException notStartedOrBusy) {
      before = null;
    }
  }

  private Look look() {
    WorkflowClient client = temporal.getWorkflowClient();
    long nanos = System.nanoTime();
    long millis = temporal.currentTimeMillis();
    DescribeWorkflowExecutionResponse seen =
        client.newUntypedWorkflowStub(run).describe().getRawDescription();
    boolean waits =
        seen.getWorkflowExecutionInfo().getStatus()
                == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            && seen.getPendingActivitiesList().stream().allMatch(LostLocks::isBetweenAttempts)
            && Histories.isTaskOver(client.fetchHistory(run));
    return new Look(seen, waits, millis, nanos);
  }

  private static boolean isBetweenAttempts(PendingActivityInfo call) {
    return call.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        && call.getAttempt() > 1;
  }
}
