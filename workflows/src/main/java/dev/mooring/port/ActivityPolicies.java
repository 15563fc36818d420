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
 * How long a call to a port may take and how often it is tried, by the verb it begins with. Every
 * call has a heartbeat, beaten each second by the worker: it means that the worker lives. That a
 * host answers is the adapter's own deadline.
 */
public enum ActivityPolicies {
  /**
   * {@code observe…}, {@code read…}: no effect; tried again freely, for a minute in all, but not
   * after an error of our own ({@link FailureCode#BUG}), which another attempt would meet again.
   */
  OBSERVE(Duration.ofSeconds(30), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** As {@link #OBSERVE}, for an undo: it is tried again after every failure. */
  OBSERVE_TO_UNDO(Duration.ofSeconds(30), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** {@code ensure…}: idempotent; tried again after looking, for three minutes in all. */
  ENSURE(Duration.ofSeconds(90), Duration.ofMinutes(3), Wait.FOR_A_WORKER),
  /**
   * As {@link #ENSURE}, and a stop waits for its end: over SQL nothing marks a call that comes
   * after its undo, so none may; and if no client waits for the run, no run need hurry.
   */
  ENSURE_TO_ITS_END(Duration.ofSeconds(90), Duration.ofMinutes(3), Wait.FOR_A_WORKER),
  /**
   * A checkpoint: a server with much to write, or one that spreads it, takes an hour over it and
   * nothing is wrong. The heartbeat still shows a lost worker in seconds.
   */
  CHECKPOINT(
      Wait.FOR_A_CHECKPOINT.plusMinutes(5),
      Wait.FOR_A_CHECKPOINT.multipliedBy(2),
      Wait.FOR_A_WORKER),
  /** {@code release…}, {@code revert…}: undo; tried for ten minutes before a person is asked. */
  UNDO(Duration.ofSeconds(90), Duration.ofMinutes(10), Wait.FOR_A_WORKER),
  /**
   * What an outage waits for, because no instance accepts writes before it is done: tried for three
   * minutes, then a person is notified, and the caller tries again.
   */
  GIVE_BACK(Duration.ofMinutes(3), Duration.ofMinutes(3), Duration.ofMinutes(3)),
  /**
   * A look inside an outage: a worker is waited for as for any other, but of a server that is
   * silent no more is asked than whether one try is answered.
   */
  OBSERVE_BRIEFLY(Duration.ofSeconds(10), Duration.ofSeconds(60), Wait.FOR_A_WORKER),
  /** What a run can go on without: a site that is gone does not block the run. */
  GLANCE(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(5)),
  /** The receipt of a run that a person stopped: it ends at once, also when a site is gone. */
  LAST_WORD(Duration.ofSeconds(90), Duration.ofMinutes(3), Duration.ofSeconds(3));

  /** The queue of workflows, locks and the cluster file; every worker serves it. */
  public static final String SHARED_QUEUE = "mooring";

  /** No name of a site ends so. */
  private static final String OF_WATCHES = ".watch";

  /** How long a look waits that a run acts by: a worker that was lost is up again by then. */
  public static final Duration LOOK_AGAIN_TAKEN_WITHIN = Duration.ofSeconds(15);

  /** How long a watch waits for a worker before its site counts as not watched. */
  public static final Duration WATCH_TAKEN_WITHIN = Wait.FOR_A_WORKER;

  /** How long a reading caller waits for a worker to take the call. */
  public static final Duration LOOK_TAKEN_WITHIN = Duration.ofSeconds(2);

  /** The queue of notices: one that is out of reach takes no place from what runs need. */
  public static final String NOTICES_QUEUE = SHARED_QUEUE + ".notices";

  /** What a fence takes beside the end of what still runs, a worker that is lost meanwhile too. */
  private static final Duration FENCED_BESIDE = Duration.ofSeconds(15);

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** Beaten each second: within a look of some seconds another worker must have time for it. */
  private static final Duration HEARTBEAT_OF_A_LOOK = Duration.ofSeconds(3);

  private static final RetryOptions AGAIN =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(200))
          .setBackoffCoefficient(2)
          .setMaximumInterval(Duration.ofSeconds(10))
          .build();

  /**
   * By our code, never by a class: that a worker's build lacks an activity, which another may have,
   * is an {@code IllegalArgumentException} too.
   */
  private static final RetryOptions AGAIN_UNLESS_A_BUG =
      AGAIN.toBuilder().setDoNotRetry(FailureCode.BUG.name()).build();

  /** What an activity itself ends with is its answer; that its worker is not heard of is none. */
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

  /** Longer than a slow mail server takes for all of its answers. */
  private static final Duration A_NOTICE = Duration.ofMinutes(2);

  private static final Duration A_NOTICE_IN_ALL = Duration.ofDays(1);

  /** A command over SSH takes some seconds, and 32 run at once. */
  private static final Duration A_FILE = Duration.ofMillis(200);

  /** How long a server may take to end a checkpoint. */
  public static final Duration CHECKPOINT_AT_MOST = Wait.FOR_A_CHECKPOINT;

  private final Duration startToClose;
  private final Duration scheduleToClose;
  private final Duration scheduleToStart;

  ActivityPolicies(Duration startToClose, Duration scheduleToClose, Duration scheduleToStart) {
    this.startToClose = startToClose;
    this.scheduleToClose = scheduleToClose;
    this.scheduleToStart = scheduleToStart;
  }

  /** The waits that several policies share; an enum's own constants are not there yet for them. */
  private static final class Wait {
    static final Duration FOR_A_WORKER = Duration.ofSeconds(45);
    static final Duration FOR_A_CHECKPOINT = Duration.ofHours(2);

    private Wait() {}
  }

  /** The queue of a site's hosts, databases and stores. */
  public static String queueOf(SiteName site) {
    return SHARED_QUEUE + "-" + site;
  }

  /** The queue of a site's watches, which last: they take no place of what a run waits for. */
  public static String watchQueueOf(SiteName site) {
    return queueOf(site) + OF_WATCHES;
  }

  /** The owner of that queue. */
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

  /** Options of one attempt of a call, if the caller reads the state before the next one. */
  public ActivityOptions oneAttempt(String queue, String summary) {
    return options(queue, summary).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /** Options of an {@code await…}, which waits on a host for at most that long. */
  public static ActivityOptions await(String queue, String summary, Duration atMost) {
    Duration attempt = atMost.plus(Duration.ofSeconds(30));
    return build(queue, summary, attempt, attempt.multipliedBy(2), Wait.FOR_A_WORKER);
  }

  /** The same of a call that also waits as long for a worker that takes it. */
  public static ActivityOptions awaitAnyTime(String queue, String summary, Duration atMost) {
    return await(queue, summary, atMost).toBuilder().setScheduleToStartTimeout(atMost).build();
  }

  /**
   * Options of a watch, which its caller begins anew after every ending: the result of one is
   * reported at once.
   *
   * @param takenWithin how long a worker is waited for that takes it
   */
  public static ActivityOptions watch(
      String queue, String summary, Duration atMost, Duration takenWithin) {
    Duration attempt = atMost.plus(Duration.ofMinutes(2));
    return build(queue, summary, attempt, attempt.plus(takenWithin), takenWithin).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /**
   * Options of an act inside an outage: no attempt of it, and no wait for a worker, lasts beyond
   * that.
   */
  public static ActivityOptions within(String queue, String summary, Duration left) {
    return build(queue, summary, left, left, left);
  }

  /**
   * Options of the act that fences an instance on its host.
   *
   * @param endWithin what still runs there has to end in
   */
  public static ActivityOptions fence(String queue, InstanceId instance, Duration endWithin) {
    return within(queue, "fence " + instance + " on its host", endWithin.plus(FENCED_BESIDE));
  }

  /**
   * As {@link #within}, of an act without which the run continues: what it ends with is its answer,
   * and only a worker that is lost is another try.
   */
  public static ActivityOptions withoutInsisting(String queue, String summary, Duration left) {
    return within(queue, summary, left).toBuilder()
        .setRetryOptions(ONLY_WHERE_THE_WORKER_IS_LOST)
        .build();
  }

  /**
   * Options of an {@code observe…} that asks about that many files one by one: as {@link #OBSERVE},
   * and longer by what they take. A worker that is gone is still detected by the heartbeat.
   */
  public static ActivityOptions observeFiles(String queue, String summary, long files) {
    return await(queue, summary, A_FILE.multipliedBy(files)).toBuilder()
        .setRetryOptions(AGAIN_UNLESS_A_BUG)
        .build();
  }

  /** Options of a notice: its recipient may be out of reach for hours, and no run waits. */
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

  /** The same for a person who waits to see whether one arrives: one attempt. */
  public static ActivityOptions noticeOnce(String summary) {
    return notice(summary).toBuilder()
        .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
        .build();
  }

  /** Options of a look that a person waits for: one attempt, and silence is an answer too. */
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
   * Options of a reading of what is gone: silence is an answer, and a worker that is lost in it is
   * none. Another one that is there reads in its place; no call waits until one is up again. What
   * the reading itself reports, and that it got no answer in time, is not asked for again.
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
   * Options of a reading that a run acts by. A worker that is lost in it is no silence of what it
   * read: another is waited for, and reads again.
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
