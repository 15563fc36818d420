package dev.mooring.runbook;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs of which histories are wanted, each played over a fresh fake cluster. Kept and replayed are
 * at most three of a runbook: one that completed, one that failed or was rolled back, one in which
 * a worker or a server was lost. The others are played where a test wants them.
 */
public enum Scenario {
  PUBLISH_COMPLETED(Scenario::publish),
  PUBLISH_FAILED_NOT_READY(
      bed -> {
        bed.world().trouble().archiverFails(0);
        ended(() -> publish(bed));
      }),
  PUBLISH_LATE_POINT(
      bed -> {
        bed.world().trouble().archiverStalls(0);
        ended(() -> publish(bed));
        bed.world().trouble().archiverWorks(0);
        publish(bed);
      }),
  CONSUME_COMPLETED(
      bed -> {
        publish(bed);
        consume(bed);
      }),
  CONSUME_SECOND_START(
      bed -> {
        publish(bed);
        bed.world().trouble().killInReplay(1, 1);
        consume(bed);
      }),
  CONSUME_REFUSED(bed -> ended(() -> consume(bed))),
  CONSUME_PLANNED(
      bed -> {
        publish(bed);
        bed.consume(Typed.json("{'cluster':'harbour','site':'west','mode':'plan'}"));
      }),
  CONSUME_ROLLED_BACK(
      bed -> {
        publish(bed);
        stopped(bed, "consume", "observeChain", Scenario::rollBack, () -> consume(bed));
      }),
  CONSUME_CANCELLED(
      bed -> {
        publish(bed);
        stopped(bed, "consume", "observeChain", WorkflowStub::cancel, () -> consume(bed));
      }),
  CONSUME_STUCK(
      bed -> {
        publish(bed);
        bed.faults().plan(call -> call.method().equals("ensureTarget"), Fault.OUTCOME_UNKNOWN);
        bed.faults().plan(call -> call.method().equals("revertTarget"), Fault.FAILS);
        ended(() -> consume(bed));
      }),
  CHECK_COMPLETED(
      bed -> {
        publish(bed);
        bed.check(PublishOf.HARBOUR);
      }),
  CHECK_WRONG(
      bed -> {
        bed.world().trouble().hostAnswers("w0", false);
        bed.world().trouble().crashPrimary(0);
        bed.check(PublishOf.HARBOUR);
      }),
  STATUS_COMPLETED(
      bed -> {
        publish(bed);
        consume(bed);
        bed.status(PublishOf.HARBOUR);
      }),
  STATUS_DEAD_HOST(
      bed -> {
        bed.world().trouble().hostAnswers("w0", false);
        bed.status(PublishOf.HARBOUR);
      }),
  SWITCHOVER_COMPLETED(Strait::synchronous, SwitchoverPlays::completed),
  SWITCHOVER_ROLLED_BACK(Strait::synchronous, SwitchoverPlays::rolledBack),
  SWITCHOVER_WORKERS_LOST(Strait::synchronous, SwitchoverPlays::workersLost),
  SWITCHOVER_BY_PATRONI(Strait::byPatroni, SwitchoverPlays::completed),
  FAILOVER_COMPLETED(Strait::synchronous, FailoverPlays::approvedWhileItWaits),
  FAILOVER_ATTESTED(Strait::synchronous, FailoverPlays::attested),
  FAILOVER_POWERED_OFF(FailoverPlays::fencedByCommand, FailoverPlays::poweredOff),
  FAILOVER_ROLLED_BACK(Strait::synchronous, FailoverPlays::rolledBack),
  FAILOVER_WORKERS_LOST(Strait::synchronous, FailoverPlays::workersLost),
  FAILOVER_BY_PATRONI(Strait::byPatroni, FailoverPlays::byPatroni),
  START_COMPLETED(Strait::cluster, StartPlays::completed),
  START_ROLLED_BACK(Strait::cluster, StartPlays::rolledBack),
  START_WORKERS_LOST(Strait::cluster, StartPlays::workersLost),
  RESILVER_REWOUND(Harbour::strait, ResilverPlays::rewound),
  RESILVER_COPIED(Harbour::strait, ResilverPlays::copied),
  RESILVER_RETRIED(Strait::cluster, ResilverPlays::retried),
  RESILVER_FAILED_COPY(Harbour::strait, ResilverPlays::failedCopy),
  FAILBACK_COMPLETED(Strait::cluster, FailbackPlays::completed),
  FAILBACK_ROLLED_BACK(Strait::cluster, FailbackPlays::rolledBack),
  WATCH_CANCELLED(Strait::cluster, WatchPlays::cancelled),
  REPLICATION_SET_UP(Strait::synchronous, ReplicationPlays::setUp),
  REPLICATION_RESTARTED(Strait::cluster, ReplicationPlays::restarted),
  REPLICATION_ROLLED_BACK(Strait::cluster, ReplicationPlays::rolledBack);

  private static final Map<String, String> PLAYED = new ConcurrentHashMap<>();

  @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
  private final Consumer<TestBed> play;

  @SuppressWarnings("ImmutableEnumChecker") // a method reference
  private final Supplier<Cluster> cluster;

  Scenario(Consumer<TestBed> play) {
    this(() -> Harbour.cluster(2), play);
  }

  Scenario(Supplier<Cluster> cluster, Consumer<TestBed> play) {
    this.cluster = cluster;
    this.play = play;
  }

  /** What is typed for a publish. */
  private static final class PublishOf {
    static final RawRequest HARBOUR = Typed.json("{'cluster':'harbour'}");
  }

  /** What is typed for a consume. */
  private static final class ConsumeOf {
    static final RawRequest WEST = Typed.json("{'cluster':'harbour','site':'west'}");
  }

  /** Whether its history is kept among the resources. */
  boolean isKept() {
    return !Set.of(
            CONSUME_REFUSED,
            CONSUME_PLANNED,
            CONSUME_STUCK,
            CONSUME_ROLLED_BACK,
            RESILVER_COPIED,
            FAILOVER_POWERED_OFF,
            FAILOVER_ATTESTED,
            FAILOVER_BY_PATRONI,
            SWITCHOVER_BY_PATRONI)
        .contains(this);
  }

  /**
   * A history as JSON, as it is kept, or of a run that is played now.
   *
   * @param scenario its runbook and name, such as {@code consume/completed}
   */
  public static String history(String scenario) {
    try (InputStream kept =
        Scenario.class.getResourceAsStream("/histories/" + scenario + ".json")) {
      return kept == null
          ? PLAYED.computeIfAbsent(scenario, Scenario::play)
          : new String(kept.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String play(String scenario) {
    return valueOf(scenario.replace('/', '_').replace('-', '_').toUpperCase(Locale.ROOT)).play();
  }

  /** The runbook's directory among the histories. */
  String runbook() {
    return name().toLowerCase(Locale.ROOT).substring(0, name().indexOf('_'));
  }

  /**
   * The workflow id of a run of that runbook's directory: a watch has the one that it must have.
   */
  public static String runId(String runbook) {
    return runbook.equals("watch") ? RunIds.watch(new ClusterName("strait")) : runbook;
  }

  /** The scenario's file there. */
  String file() {
    return name().toLowerCase(Locale.ROOT).substring(name().indexOf('_') + 1).replace('_', '-')
        + ".json";
  }

  /** Plays the scenario; the history of its last run, as JSON. */
  String play() {
    try (TestBed bed = new TestBed(cluster.get())) {
      play.accept(bed);
      return bed.history(runId(runbook()));
    }
  }

  private static void publish(TestBed bed) {
    bed.publish(PublishOf.HARBOUR);
  }

  private static void consume(TestBed bed) {
    bed.consume(ConsumeOf.WEST);
  }

  private static void rollBack(WorkflowStub run) {
    run.signal("decideBySignal", Typed.json("{'decision':'roll-back','by':'alice'}"));
  }

  private static void ended(Runnable run) {
    Ended ended = TestBed.ended(run);
    if (ended.type().isEmpty()) {
      throw new AssertionError("the run has no ending");
    }
  }

  /** Stops a run once, inside a call that goes on until the run is over. */
  private static void stopped(
      TestBed bed, String id, String method, Consumer<WorkflowStub> how, Runnable run) {
    CountDownLatch over = new CountDownLatch(1);
    AtomicBoolean reported = new AtomicBoolean();
    bed.faults()
        .before(
            call -> call.method().equals(method),
            () -> {
              if (reported.compareAndSet(false, true)) {
                how.accept(bed.client().newUntypedWorkflowStub(id));
              }
              TestBed.awaitOver(over);
            });
    try {
      run.run();
      throw new AssertionError(id + " was stopped in " + method + " and completed");
    } catch (WorkflowFailedException stopped) {
      over.countDown();
    }
  }
}
