package dev.mooring.fake;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Stands before every port and lets calls fail, repeat or lose their reply, as a test asks. */
public final class ActivityFaults extends WorkerInterceptorBase {
  private final List<Planned> planned = new ArrayList<>();
  private final List<Carried> carried = new ArrayList<>();

  /** What happens to a call. */
  public enum Fault {
    /** It is not made, for a reason that another attempt does not fix. */
    FAILS,
    /** It is not made in its first attempt. */
    FAILS_ONCE,
    /** It is made, and its first reply is lost. */
    LOSES_REPLY,
    /** It is made, and no reply ever comes. */
    OUTCOME_UNKNOWN,
    /** It is made, and each worker that makes it is lost before it replies. */
    WORKERS_LOST,
    /** No worker takes it. */
    UNSERVED,
    /** It is made twice in one attempt. */
    REPEATS,
    /** Nothing happens to it. */
    NONE
  }

  /**
   * A call of a port.
   *
   * @param method the port's method
   * @param step the step it was made for, or empty where it carries none
   */
  public record Called(String method, String step) {}

  /** What one call carried. */
  public record Carried(Called call, Object argument, Object result) {}

  private int running;

  private record Planned(Predicate<Called> which, Fault fault, Runnable before, boolean again) {}

  /** Every call that matches meets that fault. */
  public synchronized void plan(Predicate<Called> which, Fault fault) {
    planned.add(new Planned(which, fault, () -> {}, true));
  }

  /** Something happens right before every call that matches. */
  public synchronized void before(Predicate<Called> which, Runnable what) {
    planned.add(new Planned(which, Fault.NONE, what, true));
  }

  /** Something happens right before the first attempt of every call that matches. */
  public synchronized void beforeFirst(Predicate<Called> which, Runnable what) {
    planned.add(new Planned(which, Fault.NONE, what, false));
  }

  /** Nothing happens to any call from now on. */
  public synchronized void mend() {
    planned.clear();
  }

  /** What every completed call carried, in order. */
  public synchronized List<Carried> carried() {
    return List.copyOf(carried);
  }

  /** The calls that were completed, in order. */
  public List<Called> calls() {
    return carried().stream().map(Carried::call).toList();
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Before(next);
  }

  private synchronized List<Planned> matching(Called called) {
    return planned.stream().filter(plan -> plan.which().test(called)).toList();
  }

  private synchronized void begins(int change) {
    running += change;
    notifyAll();
  }

  /** Waits until no call is under way any more. */
  public synchronized void awaitQuiet() throws InterruptedException {
    while (running > 0) {
      wait(TimeUnit.SECONDS.toMillis(1));
    }
  }

  private synchronized void keep(Carried call) {
    carried.add(call);
  }

  private static Called called(String type, Object argument) {
    String method = Character.toLowerCase(type.charAt(0)) + type.substring(1);
    if (argument instanceof ForCall of) {
      return new Called(method, of.call().step());
    }
    return new Called(method, "");
  }

  private final class Before extends ActivityInboundCallsInterceptorBase {
    private String type = "";
    private int attempt;
    private @Nullable ActivityExecutionContext made;

    Before(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext context) {
      type = context.getInfo().getActivityType();
      attempt = context.getInfo().getAttempt();
      made = context;
      super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      begins(1);
      try {
        return executed(input);
      } finally {
        begins(-1);
      }
    }

    private ActivityOutput executed(ActivityInput input) {
      Object argument = input.getArguments()[0];
      Called called = called(type, argument);
      boolean lost = false;
      for (Planned plan : matching(called)) {
        if (plan.again() || attempt == 1) {
          plan.before().run();
        }
        meet(plan.fault(), input);
        lost |= plan.fault() == Fault.WORKERS_LOST;
      }
      ActivityOutput output = super.execute(input);
      if (lost) {
        Objects.requireNonNull(made).doNotCompleteOnReturn();
        return output;
      }
      keep(new Carried(called, argument, output.getResult()));
      return output;
    }

    private void meet(Fault fault, ActivityInput input) {
      switch (fault) {
        case FAILS ->
            throw ApplicationFailure.newNonRetryableFailure(
                "it could not be done", FailureCode.HOST_REFUSED.name());
        case FAILS_ONCE -> {
          if (attempt == 1) {
            throw ApplicationFailure.newFailure(
                "not this time", FailureCode.HOST_UNREACHABLE.name());
          }
        }
        case LOSES_REPLY -> {
          if (attempt == 1) {
            super.execute(input);
            throw ApplicationFailure.newFailure(
                "the answer was lost", FailureCode.OUTCOME_UNKNOWN.name());
          }
        }
        case OUTCOME_UNKNOWN -> {
          super.execute(input);
          throw ApplicationFailure.newNonRetryableFailure(
              "no answer ever came", FailureCode.OUTCOME_UNKNOWN.name());
        }
        case UNSERVED ->
            throw ApplicationFailure.newNonRetryableFailure(
                "no worker took it", FailureCode.NO_WORKER.name());
        case REPEATS -> super.execute(input);
        case WORKERS_LOST, NONE -> {}
      }
    }
  }
}
