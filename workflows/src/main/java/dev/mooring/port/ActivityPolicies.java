package dev.mooring.port;

import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The time limits and retries of a call to a port, by the verb of its name. Every call has a
 * heartbeat, sent each second by the worker: it shows that the worker lives. Whether a host answers
 * is limited by the adapter.
 */
public enum ActivityPolicies {
  /**
   * {@code observe…}, {@code read…}: no effect; retried for a minute in all, but not after an error
   * of our own ({@link FailureCode#BUG}), which another attempt would repeat.
   */
  OBSERVE(Duration.ofSeconds(30), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** As {@link #OBSERVE}, for an undo: it is retried after every failure. */
  OBSERVE_TO_UNDO(Duration.ofSeconds(30), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** {@code ensure…}: idempotent; retried after observing, for three minutes in all. */
  ENSURE(Duration.ofSeconds(90), Duration.ofMinutes(3), Wait.FOR_A_WORKER),
  /**
   * As {@link #ENSURE}, but a cancellation waits for its end: over SQL nothing marks a call that
   * comes after its undo, so none may come; and while no client waits, the run has time.
   */
  ENSURE_TO_ITS_END(Duration.ofSeconds(90), Duration.ofMinutes(3), Wait.FOR_A_WORKER),
  /**
   * A checkpoint: a server with much to write, or one that spreads it, may take an hour. The
   * heartbeat still shows a lost worker in seconds.
   */
  CHECKPOINT(
      Wait.FOR_A_CHECKPOINT.plusMinutes(5),
      Wait.FOR_A_CHECKPOINT.multipliedBy(2),
      Wait.FOR_A_WORKER),
  /** {@code release…}, {@code revert…}: undo; retried ten minutes, then an operator is asked. */
  UNDO(Duration.ofSeconds(90), Duration.ofMinutes(10), Wait.FOR_A_WORKER),
  /**
   * What an outage waits for, because no instance accepts writes before it is done: retried for
   * three minutes, then an operator is notified, and the caller tries again.
   */
  GIVE_BACK(Duration.ofMinutes(3), Duration.ofMinutes(3), Duration.ofMinutes(3)),
  /**
   * An observation inside an outage: it waits for a worker like any other, but one attempt has ten
   * seconds at most, for a server that is silent.
   */
  OBSERVE_BRIEFLY(Duration.ofSeconds(10), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** What a run can continue without: a site that is lost does not block the run. */
  GLANCE(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(5)),
  /** The receipt of a run that a person stopped: it ends at once, even if a site is lost. */
  LAST_WORD(Duration.ofSeconds(90), Duration.ofMinutes(3), Duration.ofSeconds(3));

  /** The queue of workflows, locks and the cluster file; every worker serves it. */
  public static final String SHARED_QUEUE = "mooring";

  /** No site's name ends like this. */
  private static final String OF_WATCHES = ".watch";

  /** How long an observation that a run acts on waits for a worker, which may be restarting. */
  public static final Duration LOOK_AGAIN_TAKEN_WITHIN = Duration.ofSeconds(15);

  /** How long a watch waits for a worker before its site counts as unwatched. */
  public static final Duration WATCH_TAKEN_WITHIN = Wait.FOR_A_WORKER;

  /** How long an observation waits for a worker to take the call. */
  public static final Duration LOOK_TAKEN_WITHIN = Duration.ofSeconds(2);

  /** The queue of notices: an unreachable recipient takes no slot from the calls of runs. */
  public static final String NOTICES_QUEUE = SHARED_QUEUE + ".notices";

  /** Added to the time limit for ending processes: a fence also takes this, with a lost worker. */
  private static final Duration FENCED_BESIDE = Duration.ofSeconds(15);

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** Sent each second: within an observation of seconds another worker must have time for it. */
  private static final Duration HEARTBEAT_OF_A_LOOK = Duration.ofSeconds(3);

  private static final RetryOptions AGAIN =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(200))
          .setBackoffCoefficient(2)
          .setMaximumInterval(Duration.ofSeconds(10))
          .build();

  /**
   * By our code, never by a class: a worker whose build lacks an activity, which another may have,
   * throws {@code IllegalArgumentException} too.
   */
  private static final RetryOptions AGAIN_UNLESS_A_BUG =
      AGAIN.toBuilder().setDoNotRetry(FailureCode.BUG.name()).build();

  /** An activity's own failure is its answer; the loss of its worker is none. */
  private static final RetryOptions ONLY_WHERE_THE_WORKER_IS_LOST =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(200))
          .setBackoffCoefficient(2)
          .setDoNotRetry(
              Stream.concat(
                      Arrays.stream(FailureCode.values()).map(Enum::name),
                      Stream.of("TemporalTimeout:StartToClose"))
                  .toArray(String[]::new))
          .build();

  /** Longer than a slow mail server takes for all its answers. */
  private static final Duration A_NOTICE = Duration.ofMinutes(2);

  private static final Duration A_NOTICE_IN_ALL = Duration.ofDays(1);

  /** A command over SSH takes some seconds, and 32 run at once. */
  private static final Duration A_FILE = Duration.ofMillis(200);

  /** How long a server may take for a checkpoint. */
  public static final Duration CHECKPOINT_AT_MOST = Wait.FOR_A_CHECKPOINT;

  private final Duration startToClose;
  private final Duration scheduleToClose;
  private final Duration scheduleToStart;

  ActivityPolicies(Duration startToClose, Duration scheduleToClose, Duration scheduleToStart) {
    this.startToClose = startToClose;
    this.scheduleToClose = scheduleToClose;
    this.scheduleToStart = scheduleToStart;
  }

  /** The limits that several policies share, which an enum's own constants can't hold. */
  private static final class Wait {
    static final Duration FOR_A_WORKER = Duration.ofSeconds(45);
    static final Duration FOR_A_CHECKPOINT = Duration.ofHours(2);

    private Wait() {}
  }

  /** The queue of a site's hosts, databases and stores. */
  public static String queueOf(SiteName site) {
    return SHARED_QUEUE + "-" + site;
  }

  /** The queue of a site's watches: they last long, and take no slot from the calls of runs. */
  public static String watchQueueOf(SiteName site) {
    return queueOf(site) + OF_WATCHES;
  }

  /** The site of that queue. */
  public static SiteName siteOf(String queue) {
    int end = queue.endsWith(OF_WATCHES) ? queue.length() - OF_WATCHES.length() : queue.length();
    return new SiteName(queue.substring(SHARED_QUEUE.length() + 1, end));
  }

  public ActivityOptions options(String queue, String summary) {
    ActivityOptions.Builder options =
        build(queue, summary, startToClose, scheduleToClose, scheduleToStart).toBuilder();
    if (this == OBSERVE) {
      options.setRetryOptions(AGAIN_UNLESS_A_BUG);
    }
    if (this == ENSURE_TO_ITS_END) {
      options.setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED);
    }
    return options.build();
  }

  /** Options for one attempt, if the caller reads the state before the next one. */
  public ActivityOptions oneAttempt(String queue, String summary) {
    return options(queue, summary).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /** Options for an {@code await…} that waits on a host for at most that long. */
  public static ActivityOptions await(String queue, String summary, Duration atMost) {
    Duration attempt = atMost.plus(Duration.ofSeconds(30));
    return build(queue, summary, attempt, attempt.multipliedBy(2), Wait.FOR_A_WORKER);
  }

  /** The same for a call that also waits that long for a worker. */
  public static ActivityOptions awaitAnyTime(String queue, String summary, Duration atMost) {
    return await(queue, summary, atMost).toBuilder().setScheduleToStartTimeout(atMost).build();
  }

  /**
   * Options for a watch, which its caller begins again after every ending: its result is reported
   * at once.
   *
   * @param takenWithin how long it waits for a worker
   */
  public static ActivityOptions watch(
      String queue, String summary, Duration atMost, Duration takenWithin) {
    Duration attempt = atMost.plus(Duration.ofMinutes(2));
    return build(queue, summary, attempt, attempt.plus(takenWithin), takenWithin).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /**
   * Options for an act inside an outage: no attempt, and no wait for a worker, lasts longer than
   * that.
   */
  public static ActivityOptions within(String queue, String summary, Duration left) {
    return build(queue, summary, left, left, left);
  }

  /**
   * Options for fencing an instance on its host.
   *
   * @param endWithin the time limit for ending its processes
   */
  public static ActivityOptions fence(String queue, InstanceId instance, Duration endWithin) {
    return within(queue, "fence " + instance + " on its host", endWithin.plus(FENCED_BESIDE));
  }

  /**
   * As {@link #within}, for an act without which the run continues: its failure is its answer, and
   * it is retried only after the loss of a worker.
   */
  public static ActivityOptions withoutInsisting(String queue, String summary, Duration left) {
    return within(queue, summary, left).toBuilder()
        .setRetryOptions(ONLY_WHERE_THE_WORKER_IS_LOST)
        .build();
  }

  /**
   * Options for an {@code observe…} that checks that many files one by one: as {@link #OBSERVE},
   * plus the time for the files. The heartbeat still detects a lost worker.
   */
  public static ActivityOptions observeFiles(String queue, String summary, long files) {
    return await(queue, summary, A_FILE.multipliedBy(files)).toBuilder()
        .setRetryOptions(AGAIN_UNLESS_A_BUG)
        .build();
  }

  /** Options for a notice: its recipient may be unreachable for hours, and no run waits. */
  public static ActivityOptions notice(String summary) {
    return build(NOTICES_QUEUE, summary, A_NOTICE, A_NOTICE_IN_ALL, A_NOTICE_IN_ALL).toBuilder()
        .setRetryOptions(
            RetryOptions.newBuilder()
                .setInitialInterval(Duration.ofSeconds(2))
                .setBackoffCoefficient(2)
                .setMaximumInterval(Duration.ofMinutes(5))
                .build())
        .build();
  }

  /** The same for a person who waits to see whether a notice arrives: one attempt. */
  public static ActivityOptions noticeOnce(String summary) {
    return notice(summary).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /** Options for an observation that a person waits for: one attempt; silence is an answer too. */
  public static ActivityOptions look(String queue, String summary, Duration answeredWithin) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setSummary(summary)
        .setScheduleToStartTimeout(LOOK_TAKEN_WITHIN)
        .setStartToCloseTimeout(answeredWithin)
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /**
   * Options for an observation of something that may be gone: silence is an answer, but the loss of
   * a worker is none. If another worker is there, it observes instead; the call does not wait for
   * one to start. It is not repeated after a result or failure of its own, or without an answer in
   * time; only after the loss of its worker.
   */
  public static ActivityOptions lookDespiteLoss(
      String queue, String summary, Duration answeredWithin) {
    return build(
            queue,
            summary,
            answeredWithin,
            answeredWithin.plus(LOOK_TAKEN_WITHIN),
            LOOK_TAKEN_WITHIN)
        .toBuilder()
        .setHeartbeatTimeout(HEARTBEAT_OF_A_LOOK)
        .setRetryOptions(ONLY_WHERE_THE_WORKER_IS_LOST)
        .build();
  }

  /**
   * Options for an observation that a run acts on. The loss of a worker does not count as silence
   * of the observed instance: another worker is awaited, and observes again.
   */
  public static ActivityOptions lookAgain(String queue, String summary, Duration answeredWithin) {
    return build(
        queue,
        summary,
        answeredWithin,
        answeredWithin.plus(LOOK_AGAIN_TAKEN_WITHIN).multipliedBy(2),
        LOOK_AGAIN_TAKEN_WITHIN);
  }

  private static ActivityOptions build(
      String queue,
      String summary,
      Duration startToClose,
      Duration scheduleToClose,
      Duration scheduleToStart) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(queue)
        .setSummary(summary)
        .setStartToCloseTimeout(startToClose)
        .setScheduleToCloseTimeout(scheduleToClose)
        .setScheduleToStartTimeout(scheduleToStart)
        .setHeartbeatTimeout(HEARTBEAT)
        .setRetryOptions(AGAIN)
        .build();
  }
}
