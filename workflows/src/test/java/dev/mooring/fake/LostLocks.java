package dev.mooring.fake;

import com.google.protobuf.Timestamp;
import dev.mooring.contract.Limit;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.testservice.v1.TestServiceGrpc;
import io.temporal.api.testservice.v1.UnlockTimeSkippingRequest;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflow.v1.PendingChildExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowException;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private boolean over;

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
      lost.end();
      looks.cancel(false);
      looking.shutdown();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "lost locks");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Where a run stands.
   *
   * @param calls those that are open
   * @param waits whether it does nothing but wait
   */
  private record Standing(int events, Set<String> calls, boolean waits) {}

  /** Where the run and those that it began stand, and where the time stands. */
  private record Look(List<Standing> runs, long millis, long nanos) {
    /** Whether all wait for the same as then; a call may have been tried in vain meanwhile. */
    boolean stoodStillSince(Look before) {
      return runs.equals(before.runs)
          && runs.stream().allMatch(Standing::waits)
          && TimeUnit.MILLISECONDS.toNanos(millis - before.millis)
              < AT_REAL_PACE * (nanos - before.nanos);
    }
  }

  /** None is given back after the wait. */
  private synchronized void end() {
    over = true;
  }

  private synchronized void giveBack() {
    if (over) {
      return;
    }
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
    long nanos = System.nanoTime();
    long millis = temporal.currentTimeMillis();
    DescribeWorkflowExecutionResponse seen = described(run);
    Stream<Standing> begun =
        seen.getPendingChildrenList().stream()
            .map(PendingChildExecutionInfo::getWorkflowId)
            .map(child -> standing(child, described(child)));
    return new Look(Stream.concat(Stream.of(standing(run, seen)), begun).toList(), millis, nanos);
  }

  private DescribeWorkflowExecutionResponse described(String id) {
    return temporal.getWorkflowClient().newUntypedWorkflowStub(id).describe().getRawDescription();
  }

  private Standing standing(String id, DescribeWorkflowExecutionResponse seen) {
    WorkflowExecutionHistory history = temporal.getWorkflowClient().fetchHistory(id);
    List<PendingActivityInfo> calls = seen.getPendingActivitiesList();
    boolean waits =
        seen.getWorkflowExecutionInfo().getStatus()
                == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            && calls.stream().allMatch(this::waits)
            && Histories.isTaskOver(history);
    Set<String> open =
        calls.stream().map(PendingActivityInfo::getActivityId).collect(Collectors.toSet());
    return new Standing(history.getEvents().size(), open, waits);
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
