package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.Instance;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowSemaphore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One activity for each host, at most 32 at a time. All are waited for before a conclusion, so a
 * failed host never leaves another's outcome unread.
 */
public final class FanOut {
  private static final int IN_FLIGHT = 32;

  /** How often an act is attempted if its answers are lost. */
  private static final int TRIES = 5;

  /** After these it is unknown whether the act was done, or it was not begun. */
  private static final List<FailureCode> LOST =
      List.of(
          FailureCode.OUTCOME_UNKNOWN, FailureCode.WORKER_LOST, FailureCode.DATABASE_UNREACHABLE);

  private FanOut() {}

  /**
   * Calls a port once for each host.
   *
   * @param options of the call for one host
   * @param request the argument for one host
   * @param method the port's method, as {@code port -> port::method}: a bound method reference
   *     takes no thread per call
   * @throws TemporalFailure of the first host that failed, after all have answered or failed
   * @throws RuntimeException if an answer can't be read: a bug, which blocks the run until a fixed
   *     worker is deployed
   */
  public static <P, A, R> List<R> onHosts(
      Class<P> port,
      List<HostWork> work,
      Function<HostWork, ActivityOptions> options,
      Function<HostWork, A> request,
      Function<P, Functions.Func1<A, R>> method) {
    return all(answers(port, work, options, request, method, answer -> {}));
  }

  /**
   * The same; the caller gets failures as soon as a host has answered, while others are awaited.
   *
   * @param within the instances of an answer that failed
   * @param onFailure gets all failures so far: {@code instance: message} of each, or the host's
   *     name with the reason
   */
  public static <P, A, R> List<R> onHosts(
      Class<P> port,
      List<HostWork> work,
      Function<HostWork, ActivityOptions> options,
      Function<HostWork, A> request,
      Function<P, Functions.Func1<A, R>> method,
      Function<R, List<InstanceFailure>> within,
      Consumer<String> onFailure) {
    List<String> failures = new ArrayList<>();
    Consumer<HostAnswer<R>> onAnswer =
        answer -> {
          String failed = answer.failed(within);
          if (!failed.isEmpty()) {
            failures.add(failed);
            onFailure.accept(String.join("; ", failures));
          }
        };
    return all(answers(port, work, options, request, method, onAnswer));
  }

  /**
   * Does something with each, 32 at a time; all have ended before the first failure, in their
   * order, is thrown.
   */
  public static <M, R> List<R> onEach(List<M> members, Function<M, R> act) {
    WorkflowSemaphore slots = Workflow.newWorkflowSemaphore(IN_FLIGHT);
    List<Promise<R>> begun =
        members.stream().map(member -> Async.function(() -> inSlot(slots, member, act))).toList();
    List<R> results = new ArrayList<>();
    List<TemporalFailure> failures = new ArrayList<>();
    for (Promise<R> one : begun) {
      try {
        results.add(one.get());
      } catch (TemporalFailure e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    return results;
  }

  private static <M, R> R inSlot(WorkflowSemaphore slots, M member, Function<M, R> act) {
    slots.acquire();
    try {
      return act.apply(member);
    } finally {
      slots.release();
    }
  }

  private static <R> List<R> all(List<HostAnswer<R>> answers) {
    List<R> results = new ArrayList<>();
    List<TemporalFailure> failures = new ArrayList<>();
    for (HostAnswer<R> one : answers) {
      if (one.failure() instanceof TemporalFailure failure) {
        failures.add(failure);
      } else {
        results.add(one.result());
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    return results;
  }

  /**
   * The same for hosts that need not answer. If the run is cancelled meanwhile, the cancellation is
   * thrown.
   *
   * @param unanswered makes the result for a host that gave no answer, from a failure for each of
   *     its instances
   */
  public static <P, A, R> List<R> onHostsThatAnswer(
      Class<P> port,
      List<HostWork> work,
      Function<HostWork, ActivityOptions> options,
      Function<HostWork, A> request,
      Function<P, Functions.Func1<A, R>> method,
      BiFunction<HostWork, List<InstanceFailure>, R> unanswered) {
    List<R> results = new ArrayList<>();
    for (HostAnswer<R> one : answers(port, work, options, request, method, answer -> {})) {
      if (one.failure() instanceof TemporalFailure failure) {
        results.add(unanswered.apply(one.work(), silent(one.work().instances(), failure)));
      } else {
        results.add(one.result());
      }
    }
    return results;
  }

  private static <P, A, R> List<HostAnswer<R>> answers(
      Class<P> port,
      List<HostWork> work,
      Function<HostWork, ActivityOptions> options,
      Function<HostWork, A> request,
      Function<P, Functions.Func1<A, R>> method,
      Consumer<HostAnswer<R>> onAnswer) {
    WorkflowSemaphore slots = Workflow.newWorkflowSemaphore(IN_FLIGHT);
    List<Promise<HostAnswer<R>>> answers = new ArrayList<>();
    for (HostWork host : work) {
      slots.acquire();
      P stub = Workflow.newActivityStub(port, options.apply(host));
      answers.add(
          Async.function(method.apply(stub), request.apply(host))
              .handle(
                  (result, failure) -> {
                    slots.release();
                    HostAnswer<R> answer = new HostAnswer<>(host, result, failure);
                    onAnswer.accept(answer);
                    return answer;
                  }));
    }
    List<HostAnswer<R>> all = new ArrayList<>();
    for (Promise<HostAnswer<R>> answer : answers) {
      HostAnswer<R> one = answer.get();
      if (one.failure() != null && !(one.failure() instanceof TemporalFailure)) {
        throw one.failure();
      }
      all.add(one);
    }
    return all;
  }

  /**
   * A failure for each of these instances, which were asked together. If the run is cancelled
   * meanwhile, the cancellation is thrown.
   *
   * @throws IllegalStateException if an answer can't be read: a bug, which blocks the run until a
   *     fixed worker is deployed
   */
  public static List<InstanceFailure> silent(List<Instance> instances, Throwable failure) {
    if (!(failure instanceof TemporalFailure failed)) {
      throw new IllegalStateException("an answer can't be read", failure);
    }
    Explained why = Explained.unlessStopped(failed);
    return instances.stream()
        .map(i -> new InstanceFailure(i.id(), why.code(), why.sentence()))
        .toList();
  }

  /** Fails the run if any instance could not be asked; names each of them. */
  public static void failOn(List<InstanceFailure> failures) {
    if (!failures.isEmpty()) {
      throw RunbookStop.failed(failures.get(0).code(), inWords(failures));
    }
  }

  /** The same for the answers of several hosts. */
  public static <R> void failOn(
      List<R> answers, Function<? super R, List<InstanceFailure>> failures) {
    failOn(answers.stream().flatMap(answer -> failures.apply(answer).stream()).toList());
  }

  /**
   * Does an act that may be done twice, such as a checkpoint or a WAL switch. If an answer was
   * lost, or no connection was made, the whole act is repeated, five times in all.
   *
   * @param failuresOf the failures in an answer
   * @return the answer in which no instance failed
   * @throws RunbookStop if an instance failed otherwise, or its answers were lost each time
   */
  public static <R> R untilAnswered(
      Supplier<R> act, Function<R, List<InstanceFailure>> failuresOf) {
    for (int tries = TRIES; ; tries--) {
      R answer = act.get();
      List<InstanceFailure> failures = failuresOf.apply(answer);
      if (tries <= 1
          || failures.isEmpty()
          || !failures.stream().allMatch(one -> LOST.contains(one.code()))) {
        failOn(failures);
        return answer;
      }
    }
  }

  /** Every failure as {@code instance: message}. */
  public static String inWords(List<InstanceFailure> failures) {
    List<String> words = new ArrayList<>();
    failures.forEach(f -> words.add(f.instance() + ": " + f.message()));
    return String.join("; ", words);
  }

  private record HostAnswer<R>(
      HostWork work, R result, @org.jspecify.annotations.Nullable RuntimeException failure) {
    /** The failures as text, or empty: a cancelled run is no failure of a host. */
    String failed(Function<R, List<InstanceFailure>> within) {
      if (failure == null) {
        return inWords(within.apply(result));
      }
      if (!(failure instanceof TemporalFailure failed)) {
        return "";
      }
      Explained why = Explained.of(failed);
      return why.code() == FailureCode.CANCELLED ? "" : work.host().name() + ": " + why.sentence();
    }
  }
}
