package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowSemaphore;
import java.time.Duration;
import java.util.function.Function;

/**
 * Observes many things in parallel, at most 32 at a time, each within seconds. A server that does
 * not answer is unseen, with the reason; it does not delay the others.
 */
public final class Observations {
  private static final int IN_FLIGHT = 32;

  private final Duration answeredWithin;
  private final Duration takenWithin;
  private final Options options;
  private final WorkflowSemaphore slots = Workflow.newWorkflowSemaphore(IN_FLIGHT);

  /** The activity options of an observation, by queue, summary and time limit. */
  private interface Options {
    ActivityOptions of(String queue, String summary, Duration answeredWithin);
  }

  /**
   * Observations that no run acts on.
   *
   * @param answeredWithin how long a host, a server or a store may take
   */
  public Observations(Duration answeredWithin) {
    this(answeredWithin, ActivityPolicies.LOOK_TAKEN_WITHIN, ActivityPolicies::look);
  }

  private Observations(Duration answeredWithin, Duration takenWithin, Options options) {
    this.answeredWithin = answeredWithin;
    this.takenWithin = takenWithin;
    this.options = options;
  }

  /** Observations that a run acts on: after the loss of a worker the call is repeated. */
  public static Observations toAct(Duration answeredWithin) {
    return new Observations(
        answeredWithin, ActivityPolicies.LOOK_AGAIN_TAKEN_WITHIN, ActivityPolicies::lookAgain);
  }

  /** Observations that no run waits long for: if a worker is lost, another one takes the call. */
  public static Observations despiteLoss(Duration answeredWithin) {
    return new Observations(
        answeredWithin, ActivityPolicies.LOOK_TAKEN_WITHIN, ActivityPolicies::lookDespiteLoss);
  }

  /**
   * One observation.
   *
   * @param what is observed, as the beginning of a sentence
   * @param queue whose workers observe
   * @param ifSilent the code if there is no answer
   * @param inHistory what is observed, for the activity's summary
   */
  public record At(String what, String queue, FailureCode ifSilent, String inHistory) {

    /** Something that is no host. */
    public At(String what, String queue, FailureCode ifSilent) {
      this(what, queue, ifSilent, what);
    }

    /**
     * Something on a host; the summary names its instances.
     *
     * @param what is observed, as written before the name of the host
     */
    public static At on(HostWork work, String what, FailureCode ifSilent) {
      return new At(
          what + " " + work.host().name(),
          ActivityPolicies.queueOf(work.site()),
          ifSilent,
          what + " " + work.inWords());
    }
  }

  /**
   * Begins an observation by a port's method, as {@code port -> port::method}.
   *
   * @throws TemporalFailure out of the promise only if the run is cancelled
   */
  public <P, A, R> Promise<Observed<R>> begin(
      At at, Class<P> port, Function<P, Functions.Func1<A, R>> method, A request) {
    slots.acquire();
    String summary = "look at " + at.inHistory();
    P stub = Workflow.newActivityStub(port, options.of(at.queue(), summary, answeredWithin));
    return Async.function(method.apply(stub), request)
        .handle(
            (result, failure) -> {
              slots.release();
              return failure instanceof TemporalFailure failed
                  ? unseen(at, failed)
                  : new Observed.Seen<>(result);
            });
  }

  private <R> Observed<R> unseen(At at, TemporalFailure failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutFailure timeout) {
        return unanswered(at, timeout.getTimeoutType());
      }
    }
    Explained explained = Explained.unlessStopped(failure);
    return new Observed.Unseen<>(explained.code(), explained.sentence());
  }

  private <R> Observed<R> unanswered(At at, TimeoutType kind) {
    if (kind == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START) {
      return new Observed.Unseen<>(
          FailureCode.NO_WORKER,
          String.format(
              "no worker serves the queue %s: none took a task from it within %s",
              at.queue(), DurationText.of(takenWithin)));
    }
    return new Observed.Unseen<>(
        at.ifSilent(), at.what() + " did not answer within " + DurationText.of(answeredWithin));
  }
}
