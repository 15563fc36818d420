package dev.mooring.fake;

import com.google.protobuf.Timestamp;
import dev.mooring.contract.Limit;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.testservice.v1.TestServiceGrpc;
import io.temporal.api.testservice.v1.UnlockTimeSkippingRequest;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps time passing while a test waits for a run. The test server (1.38.0) loses time locks: it
 * takes one for each call, and never gives it back where the call is cancelled before a worker took
 * it. From then on every wait takes its real time, and one of hours never ends. Where nothing was
 * done for the run over a moment, and no more than that moment passed, one is given back.
 */
final class LostLocks {
  /**
   * A try that waits for a worker is not told from one that waits for its time: a worker takes it
   * much sooner.
   */
  private static final Duration BETWEEN_LOOKS = Limit.seconds(1).dividedBy(4);

  /** Time that is skipped goes a thousand times as fast. */
  private static final int AT_REAL_PACE = 2;

  private final TestWorkflowEnvironment temporal;
  private final PassingTime passing;
  private final String run;
  private @Nullable Look before;

  private LostLocks(TestWorkflowEnvironment temporal, PassingTime passing, String run) {
    this.temporal = temporal;
    this.passing = passing;
    this.run = run;
  }

  /** Waits for a run: a test does nothing else meanwhile. */
  static <R> R awaiting(
      TestWorkflowEnvironment temporal, PassingTime passing, String run, Supplier<R> wait) {
    LostLocks lost = new LostLocks(temporal, passing, run);
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
  private record Look(int events, Set<String> calls, boolean waits, long millis, long nanos) {
    /** Whether it waits for the same as then; a call may have been tried in vain meanwhile. */
    boolean stoodStillSince(Look before) {
      return before.waits
          && waits
          && events == before.events
          && calls.equals(before.calls)
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
    } catch (WorkflowException | StatusRuntimeException notStartedOrBusy) {
      before = null;
    }
  }

  private Look look() {
    WorkflowClient client = temporal.getWorkflowClient();
    long nanos = System.nanoTime();
    long millis = temporal.currentTimeMillis();
    DescribeWorkflowExecutionResponse seen =
        client.newUntypedWorkflowStub(run).describe().getRawDescription();
    WorkflowExecutionHistory history = client.fetchHistory(run);
    boolean waits =
        seen.getWorkflowExecutionInfo().getStatus()
                == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            && seen.getPendingActivitiesList().stream().allMatch(this::waits)
            && Histories.isTaskOver(history);
    Set<String> calls =
        seen.getPendingActivitiesList().stream()
            .map(PendingActivityInfo::getActivityId)
            .collect(Collectors.toSet());
    return new Look(history.getEvents().size(), calls, waits, millis, nanos);
  }

  /** It waits for its next attempt, or lets nothing but time pass in this one. */
  private boolean waits(PendingActivityInfo call) {
    return isBetweenAttempts(call) || passing.isWaiting(call.getActivityId());
  }

  /** Its state does not tell: the test server says STARTED until it is over. */
  private static boolean isBetweenAttempts(PendingActivityInfo call) {
    return call.hasLastAttemptCompleteTime()
        && !instant(call.getLastAttemptCompleteTime()).isBefore(instant(call.getLastStartedTime()));
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
