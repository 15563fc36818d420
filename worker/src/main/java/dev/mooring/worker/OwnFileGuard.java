package dev.mooring.worker;

import com.google.protobuf.Timestamp;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import dev.mooring.topology.ClusterName;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.Header;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses what neither this worker's own cluster file allows, nor a version of it that was here
 * after the run began, before anything is done. Another attempt follows if another worker, or this
 * one a minute later, may know more.
 */
abstract class OwnFileGuard extends RequestGuard {
  private static final Logger log = LoggerFactory.getLogger(OwnFileGuard.class);
  private static final long ANSWERED_SECONDS = 2;
  private static final int ASKED_AT_MOST = 3;
  private static final int RUNS_AT_MOST = 1_000;

  private final ClusterFiles files;
  private final Supplier<WorkflowClient> client;
  private final FailureCode code;
  private final Map<String, Instant> beginnings = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param client of the service that says when a run began
   * @param code of a refusal
   */
  OwnFileGuard(ClusterFiles files, Supplier<WorkflowClient> client, FailureCode code) {
    this.files = files;
    this.client = client;
    this.code = code;
  }

  /** Why a version of the file does not allow it, with that file's name; empty if it does. */
  abstract Optional<String> refusal(Asked asked, ClusterEntries version, String file);

  /** Counts refusals there. */
  final void report(MeterRegistry registry, String metric, String description) {
    FunctionCounter.builder(metric, refused, AtomicLong::get)
        .description(description)
        .register(registry);
  }

  /** A request, with the activity that it is for, and what came beside it. */
  record Asked(ForCall request, ActivityInfo activity, Header header) {}

  @Override
  final void check(ForCall request, ActivityInfo activity, Header header) {
    Asked asked = new Asked(request, activity, header);
    ClusterName cluster = request.call().cluster();
    String file = "the file of cluster " + cluster + files.whose();
    Optional<String> why = refusal(asked, entries(cluster), file);
    if (why.isEmpty()) {
      return;
    }
    Instant began = began(activity);
    if (files.entriesSince(cluster, began).stream()
        .allMatch(version -> refusal(asked, version, file).isPresent())) {
      refused.incrementAndGet();
      log.warn(
          "refused {} of {} {}: {}",
          activity.getActivityType(),
          activity.getWorkflowType(),
          activity.getWorkflowId(),
          why.get());
      throw ApplicationFailure.newBuilder()
          .setMessage(why.get())
          .setType(code.name())
          .setNonRetryable(!isForAnyWorker(activity) && files.isKnownSince(cluster, began))
          .build();
    }
  }

  /**
   * Files may differ in notices: another worker that takes it may have the run's own. So may one
   * that is older than this.
   */
  private static boolean isForAnyWorker(ActivityInfo activity) {
    return activity.getActivityTaskQueue().equals(ActivityPolicies.NOTICES_QUEUE);
  }

  /** A worker without the file leaves what another can do, such as a notice, to another attempt. */
  private ClusterEntries entries(ClusterName cluster) {
    try {
      return files.entries(cluster);
    } catch (ApplicationFailure unusable) {
      throw ApplicationFailure.newFailureWithCause(
          unusable.getOriginalMessage(), unusable.getType(), unusable);
    }
  }

  /** When the activity's run began, by the service's account, which is asked once. */
  private Instant began(ActivityInfo activity) {
    String run = activity.getWorkflowRunId();
    Instant known = beginnings.get(run);
    if (known != null) {
      return known;
    }
    try {
      Instant began = began(execution(activity));
      if (beginnings.size() >= RUNS_AT_MOST) {
        beginnings.clear();
      }
      beginnings.put(run, began);
      return began;
    } catch (StatusRuntimeException unknown) {
      throw notKnown("when run " + run + " began", unknown);
    }
  }

  /** The run id that the activity's run had before any reset. */
  final String originalRun(ActivityInfo activity) {
    try {
      return first(execution(activity), ASKED_AT_MOST)
          .getWorkflowExecutionStartedEventAttributes()
          .getOriginalExecutionRunId();
    } catch (StatusRuntimeException unknown) {
      throw notKnown("what run " + activity.getWorkflowRunId() + " was reset from", unknown);
    }
  }

  private static ApplicationFailure notKnown(String what, StatusRuntimeException cause) {
    return ApplicationFailure.newFailureWithCause(
        what + " is not known: " + cause.getStatus().getCode(),
        FailureCode.CLUSTER_FILE_DIFFERS.name(),
        cause);
  }

  private static WorkflowExecution execution(ActivityInfo activity) {
    return WorkflowExecution.newBuilder()
        .setWorkflowId(activity.getWorkflowId())
        .setRunId(activity.getWorkflowRunId())
        .build();
  }

  /**
   * By the service's account. A reset keeps the first event of a run; a child sends what its parent
   * read, as long as the service knows that.
   */
  private Instant began(WorkflowExecution run) {
    HistoryEvent first = first(run, ASKED_AT_MOST);
    var started = first.getWorkflowExecutionStartedEventAttributes();
    if (started.hasParentWorkflowExecution()) {
      try {
        return began(started.getParentWorkflowExecution());
      } catch (StatusRuntimeException unknown) {
        if (unknown.getStatus().getCode() != Status.Code.NOT_FOUND) {
          throw unknown;
        }
      }
    }
    Timestamp at = first.getEventTime();
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  private HistoryEvent first(WorkflowExecution run, int times) {
    WorkflowClient of = client.get();
    try {
      return of.getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(ANSWERED_SECONDS, TimeUnit.SECONDS)
          .getWorkflowExecutionHistory(
              GetWorkflowExecutionHistoryRequest.newBuilder()
                  .setNamespace(of.getOptions().getNamespace())
                  .setExecution(run)
                  .setMaximumPageSize(1)
                  .build())
          .getHistory()
          .getEvents(0);
    } catch (StatusRuntimeException unanswered) {
      if (times == 1) {
        throw unanswered;
      }
      return first(run, times - 1);
    }
  }
}
