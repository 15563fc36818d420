package dev.mooring.dev.endtoend;

import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lets a worker's runs wait for less long than the product's do, and for the same things. */
final class Impatience extends WorkerInterceptorBase {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final Duration A_GLANCE = Duration.ofSeconds(15);
  private static final Duration GIVEN_UP_AFTER = ThisMachine.takes(Duration.ofSeconds(15));
  private static final Duration NOTICED_AFTER = ThisMachine.takes(Duration.ofSeconds(2));
  private static final int WORKERS = 6;

  private final UnaryOperator<ActivityOptions> shorter;
  private final UnaryOperator<Object> wanted;

  private Impatience(UnaryOperator<ActivityOptions> shorter) {
    this(shorter, what -> what);
  }

  private Impatience(UnaryOperator<ActivityOptions> shorter, UnaryOperator<Object> wanted) {
    this.shorter = shorter;
    this.wanted = wanted;
  }

  /** Nobody waits longer than that for standbys to come to stream. */
  static Impatience withStandbysFor(Duration time) {
    return new Impatience(
        options -> options,
        what ->
            what instanceof AwaitStreaming wait && wait.atMost().compareTo(time) > 0
                ? new AwaitStreaming(
                    wait.call(),
                    wait.access(),
                    wait.primary(),
                    wait.standbys(),
                    wait.names(),
                    time,
                    wait.fork())
                : what);
  }

  /**
   * A look is given up after a quarter of its minute, in which it is tried at least twice, so that
   * a test needs no minute to see what the last attempt leads to.
   */
  static Impatience givesUpSoon() {
    return givesUpAfter(GIVEN_UP_AFTER);
  }

  /** The same after another time: longer than a host's script may be silent, to hear it named. */
  static Impatience givesUpAfter(Duration time) {
    return new Impatience(
        asked ->
            A_MINUTE.equals(asked.getScheduleToCloseTimeout())
                ? ActivityOptions.newBuilder(asked).setScheduleToCloseTimeout(time).build()
                : asked);
  }

  /**
   * A look that may be tried for a minute, and what a run can go on without, is tried once: for
   * what is not there and does not come back.
   */
  static Impatience asksOnce() {
    Set<Duration> tried = Set.of(A_MINUTE, A_GLANCE);
    return new Impatience(
        asked ->
            tried.contains(
                    Objects.requireNonNullElse(asked.getScheduleToCloseTimeout(), Duration.ZERO))
                ? ActivityOptions.newBuilder(asked)
                    .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                    .build()
                : asked);
  }

  /**
   * Every activity is tried again soon after its worker's last beat, and what the workers after
   * that need to start is not taken from the time that it has.
   */
  static Impatience ofKilledWorkers() {
    return new Impatience(
        asked ->
            ActivityOptions.newBuilder(asked)
                .setHeartbeatTimeout(NOTICED_AFTER)
                .setScheduleToCloseTimeout(longer(asked.getScheduleToCloseTimeout()))
                .setScheduleToStartTimeout(longer(asked.getScheduleToStartTimeout()))
                .build());
  }

  private static @Nullable Duration longer(@Nullable Duration asked) {
    return asked == null ? null : asked.multipliedBy(WORKERS);
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(new Shorter(outbound));
      }
    };
  }

  private final class Shorter extends WorkflowOutboundCallsInterceptorBase {
    Shorter(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
      return super.executeActivity(
          new ActivityInput<>(
              input.getActivityName(),
              input.getResultClass(),
              input.getResultType(),
              Stream.of(input.getArgs()).map(wanted).toArray(),
              shorter.apply(input.getOptions()),
              input.getHeader()));
    }
  }
}
