package dev.mooring.port;

import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/**
 * How long a call to a port may take and how often it is tried, by the verb it begins with. Every
 * call has a heartbeat, beaten each second by the worker: it means that the worker lives. That a
 * host answers is the adapter's own deadline.
 */
public enum ActivityPolicies {
  /** {@code observe…}, {@code read…}: no effect; tried again freely, for a minute in all. */
  OBSERVE(Duration.ofSeconds(30), Duration.ofSeconds(60)),
  /** {@code ensure…}: idempotent; tried again after looking, for three minutes in all. */
  ENSURE(Duration.ofSeconds(90), Duration.ofMinutes(3)),
  /** {@code release…}, {@code revert…}: undo; tried for ten minutes before a person is asked. */
  UNDO(Duration.ofSeconds(90), Duration.ofMinutes(10));

  /** The queue of workflows, locks and the cluster file; every worker serves it. */
  public static final String SHARED_QUEUE = "mooring";

  /** How long somebody who only looks waits for a worker to take the look. */
  public static final Duration LOOK_TAKEN_WITHIN = Duration.ofSeconds(2);

  /** How long somebody who only looks waits for a host, a server or a store. */
  public static final Duration LOOK_ANSWERED_WITHIN = Duration.ofSeconds(3);

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration WORKER_MUST_TAKE_IT = Duration.ofSeconds(45);

  private final Duration startToClose;
  private final Duration scheduleToClose;

  ActivityPolicies(Duration startToClose, Duration scheduleToClose) {
    this.startToClose = startToClose;
    this.scheduleToClose = scheduleToClose;
  }

  /** The queue of a site's hosts, databases and stores. */
  public static String queueOf(SiteName site) {
    return SHARED_QUEUE + "-" + site;
  }

  /** Options of one call. */
  public ActivityOptions options(String queue, String summary) {
    return build(queue, summary, startToClose, scheduleToClose);
  }

  /** Options of an {@code await…}, which waits on a host for at most that long. */
  public static ActivityOptions await(String queue, String summary, Duration atMost) {
    Duration attempt = atMost.plus(Duration.ofSeconds(30));
    return build(queue, summary, attempt, attempt.multipliedBy(2));
  }

  /** Options of a look that a person waits for: one attempt, and silence is an answer too. */
  public static ActivityOptions look(String queue, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setSummary(summary)
        .setScheduleToStartTimeout(LOOK_TAKEN_WITHIN)
        .setStartToCloseTimeout(LOOK_ANSWERED_WITHIN)
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  private static ActivityOptions build(
      String queue, String summary, Duration startToClose, Duration scheduleToClose) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setSummary(summary)
        .setStartToCloseTimeout(startToClose)
        .setScheduleToCloseTimeout(scheduleToClose)
        .setScheduleToStartTimeout(WORKER_MUST_TAKE_IT)
        .setHeartbeatTimeout(HEARTBEAT)
        .setRetryOptions(
            RetryOptions.newBuilder()
                .setInitialInterval(Duration.ofMillis(200))
                .setBackoffCoefficient(2)
                .setMaximumInterval(Duration.ofSeconds(10))
                .build())
        .build();
  }
}
