package dev.mooring.runbook;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.publish.PublishCycleWorkflow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The runs whose histories are kept: every ending of every runbook. Each is played over a fresh
 * fake cluster.
 */
enum Scenario {
  PUBLISH_COMPLETED(Scenario::publish),
  PUBLISH_PLANNED(bed -> bed.publish(Typed.json("{'cluster':'harbour','mode':'plan'}"))),
  PUBLISH_REFUSED(
      bed -> {
        bed.world().trouble().crashPrimary(0);
        ended(() -> publish(bed));
      }),
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
  PUBLISH_LOCK_HELD(
      bed -> {
        held(bed, "east");
        ended(() -> bed.publishing("publish").publish(PublishOf.HARBOUR));
      }),
  PUBLISH_SKIPPED(
      bed -> {
        held(bed, "east");
        bed.client()
            .newWorkflowStub(PublishCycleWorkflow.class, scheduled("publish"))
            .publish(PublishOf.HARBOUR);
      }),
  PUBLISH_ROLLED_BACK(
      bed -> stopped(bed, "publish", "awaitArchived", Scenario::rollBack, () -> publish(bed))),
  PUBLISH_CANCELLED(
      bed -> stopped(bed, "publish", "awaitArchived", WorkflowStub::cancel, () -> publish(bed))),
  PUBLISH_BAD_INPUT(bed -> ended(() -> bed.publish(Typed.json("{'claster':'harbour'}")))),
  CONSUME_COMPLETED(
      bed -> {
        publish(bed);
        consume(bed);
      }),
  CONSUME_ALREADY_THERE(
      bed -> {
        publish(bed);
        consume(bed);
        consume(bed);
      }),
  CONSUME_SECOND_START(
      bed -> {
        publish(bed);
        bed.world().trouble().killInReplay(1, 1);
        consume(bed);
      }),
  CONSUME_REFUSED(bed -> ended(() -> consume(bed))),
  CONSUME_FAILED_MISMATCH(
      bed -> {
        publish(bed);
        bed.world().trouble().killInReplay(1, 2);
        ended(() -> consume(bed));
      }),
  CONSUME_FAILED_UNDONE(
      bed -> {
        publish(bed);
        bed.faults().plan(call -> call.method().equals("ensureTarget"), Fault.OUTCOME_UNKNOWN);
        ended(() -> consume(bed));
      }),
  CONSUME_PLANNED(
      bed -> {
        publish(bed);
        bed.consume(Typed.json("{'cluster':'harbour','site':'west','mode':'plan'}"));
      }),
  CONSUME_LOCK_HELD(
      bed -> {
        held(bed, "west");
        ended(() -> bed.consuming("consume").consume(ConsumeOf.WEST));
      }),
  CONSUME_SKIPPED(
      bed -> {
        held(bed, "west");
        bed.client()
            .newWorkflowStub(DrConsumeWorkflow.class, scheduled("consume"))
            .consume(ConsumeOf.WEST);
      }),
  CONSUME_BAD_INPUT(
      bed -> ended(() -> bed.consume(Typed.json("{'cluster':'harbour','sight':'west'}")))),
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
  CONSUME_SIGNALLED(
      bed -> {
        publish(bed);
        bed.faults()
            .before(
                call -> call.method().equals("observeChain"),
                () ->
                    bed.client()
                        .newUntypedWorkflowStub("consume")
                        .signal("published", "mooring:harbour:publish"));
        consume(bed);
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
  CHECK_EACH_STORE(
      Harbour::inSeveralStores,
      bed -> {
        bed.world().storeIsOut("/mnt/third");
        bed.check(PublishOf.HARBOUR);
      }),
  /** Kept from before stores were proved one by one; played anew it is as the one above. */
  CHECK_STORES_AT_ONCE(Harbour::inSeveralStores, bed -> bed.check(PublishOf.HARBOUR)),
  CHECK_REHEARSED(bed -> bed.check(Typed.json("{'cluster':'harbour','fences':'rehearse'}"))),
  CHECK_BAD_INPUT(bed -> ended(() -> bed.check(Typed.json("{'claster':'harbour'}")))),
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
  /** Kept from before a Greenplum's catalogue was read; played anew it is as the one below. */
  STATUS_WITHOUT_CATALOGUE(Harbour::dock, bed -> bed.status(Typed.json("{'cluster':'dock'}"))),
  STATUS_OF_GREENPLUM(Harbour::dock, bed -> bed.status(Typed.json("{'cluster':'dock'}"))),
  STATUS_REFUSED(bed -> ended(() -> bed.status(Typed.json("{'cluster':'haven'}")))),
  STATUS_BAD_INPUT(bed -> ended(() -> bed.status(Typed.json("{'claster':'harbour'}")))),
  SWITCHOVER_PLANNED(Strait::synchronous, SwitchoverPlays::planned),
  SWITCHOVER_COMPLETED(Strait::synchronous, SwitchoverPlays::completed),
  SWITCHOVER_REFUSED(Strait::synchronous, SwitchoverPlays::refused),
  SWITCHOVER_FAILED(Strait::synchronous, SwitchoverPlays::failed),
  SWITCHOVER_ROLLED_BACK(Strait::synchronous, SwitchoverPlays::rolledBack),
  SWITCHOVER_CANCELLED(Strait::synchronous, SwitchoverPlays::cancelledInPause),
  SWITCHOVER_OUTCOME_UNKNOWN(Strait::synchronous, SwitchoverPlays::outcomeUnknown),
  SWITCHOVER_RETRIED(Strait::synchronous, SwitchoverPlays::retried),
  SWITCHOVER_STUCK(Strait::synchronous, SwitchoverPlays::stuck),
  SWITCHOVER_BAD_INPUT(Strait::synchronous, SwitchoverPlays::badInput),
  SWITCHOVER_BY_PATRONI(Strait::byPatroni, SwitchoverPlays::completed),
  SWITCHOVER_BY_PATRONI_UNKNOWN(Strait::byPatroni, SwitchoverPlays::outcomeOfPatroniUnknown),
  FAILOVER_PLANNED(Strait::synchronous, FailoverPlays::planned),
  FAILOVER_COMPLETED(Strait::synchronous, FailoverPlays::completed),
  FAILOVER_UNATTENDED(FailoverPlays::withoutAPerson, FailoverPlays::unattended),
  FAILOVER_ATTESTED(Strait::synchronous, FailoverPlays::attested),
  FAILOVER_POWERED_OFF(FailoverPlays::fencedByCommand, FailoverPlays::poweredOff),
  FAILOVER_REFUSED(Strait::synchronous, FailoverPlays::refused),
  FAILOVER_FAILED(Strait::synchronous, FailoverPlays::failed),
  FAILOVER_ROLLED_BACK(Strait::synchronous, FailoverPlays::rolledBack),
  FAILOVER_CANCELLED(Strait::synchronous, FailoverPlays::cancelledInFence),
  FAILOVER_OUTCOME_UNKNOWN(Strait::synchronous, FailoverPlays::outcomeUnknown),
  FAILOVER_RETRIED(Strait::synchronous, FailoverPlays::retried),
  FAILOVER_STUCK(Strait::synchronous, FailoverPlays::stuck),
  FAILOVER_BAD_INPUT(Strait::synchronous, FailoverPlays::badInput),
  FAILOVER_BY_PATRONI(Strait::byPatroni, FailoverPlays::byPatroni),
  START_PLANNED(Strait::cluster, StartPlays::planned),
  START_COMPLETED(Strait::cluster, StartPlays::completed),
  START_OVERRIDDEN(Strait::cluster, StartPlays::overridden),
  START_REFUSED(Strait::cluster, StartPlays::refused),
  START_FAILED(Strait::cluster, StartPlays::failed),
  START_ROLLED_BACK(Strait::cluster, StartPlays::rolledBack),
  START_CANCELLED(Strait::cluster, StartPlays::cancelledUnderTheLocks),
  START_OUTCOME_UNKNOWN(Strait::cluster, StartPlays::outcomeUnknown),
  START_RETRIED(Strait::cluster, StartPlays::retried),
  START_STUCK(Strait::cluster, StartPlays::stuck),
  START_BAD_INPUT(Strait::cluster, StartPlays::badInput),
  RESILVER_NOTHING_TO_DO(Harbour::strait, ResilverPlays::nothingToDo),
  RESILVER_PLANNED(Strait::cluster, ResilverPlays::planned),
  RESILVER_FOLLOWED(Harbour::strait, ResilverPlays::followed),
  RESILVER_REWOUND(Harbour::strait, ResilverPlays::rewound),
  RESILVER_COPIED(Harbour::strait, ResilverPlays::copied),
  RESILVER_LOST(Strait::cluster, ResilverPlays::lost),
  RESILVER_WITH_COMMANDS(
      () -> Strait.around("echo before {instance}", "exit 3"), ResilverPlays::lost),
  RESILVER_RETRIED(Strait::cluster, ResilverPlays::retried),
  RESILVER_REFUSED(Strait::cluster, ResilverPlays::refused),
  RESILVER_FAILED_COPY(Harbour::strait, ResilverPlays::failedCopy),
  RESILVER_ROLLED_BACK(Strait::cluster, ResilverPlays::rolledBack),
  RESILVER_CANCELLED(Strait::cluster, ResilverPlays::cancelledInCopy),
  RESILVER_STUCK(Strait::cluster, ResilverPlays::stuck),
  RESILVER_BAD_INPUT(Strait::cluster, ResilverPlays::badInput),
  RESILVER_BY_PATRONI(Strait::byPatroni, ResilverPlays::byPatroni),
  FAILBACK_PLANNED(Strait::cluster, FailbackPlays::planned),
  FAILBACK_COMPLETED(Strait::cluster, FailbackPlays::completed),
  FAILBACK_REJECTED(Strait::cluster, FailbackPlays::rejected),
  FAILBACK_REFUSED(Strait::cluster, FailbackPlays::refused),
  FAILBACK_FAILED(Strait::cluster, FailbackPlays::failed),
  FAILBACK_ROLLED_BACK(Strait::cluster, FailbackPlays::rolledBack),
  FAILBACK_CANCELLED(Strait::cluster, FailbackPlays::cancelledInCopy),
  FAILBACK_STUCK(Strait::cluster, FailbackPlays::stuck),
  FAILBACK_BAD_INPUT(Strait::cluster, FailbackPlays::badInput),
  REPLICATION_VERIFIED(Strait::synchronous, ReplicationPlays::verified),
  REPLICATION_DOWN(Strait::synchronous, ReplicationPlays::down),
  REPLICATION_PLANNED(Strait::cluster, ReplicationPlays::planned),
  REPLICATION_SET_UP(Strait::synchronous, ReplicationPlays::setUp),
  REPLICATION_CONNECTED_ANEW(Strait::cascade, ReplicationPlays::connectedAnew),
  REPLICATION_RESTARTED(Strait::cluster, ReplicationPlays::restarted),
  REPLICATION_REMOVED(Strait::synchronous, ReplicationPlays::removed),
  REPLICATION_ADOPTED(Strait::cluster, ReplicationPlays::adopted),
  REPLICATION_REFUSED(Strait::cluster, ReplicationPlays::refused),
  REPLICATION_UNDONE(Strait::cluster, ReplicationPlays::undone),
  REPLICATION_ROLLED_BACK(Strait::cluster, ReplicationPlays::rolledBack),
  REPLICATION_CANCELLED(Strait::cluster, ReplicationPlays::cancelledInCopies),
  REPLICATION_STUCK(Strait::cluster, ReplicationPlays::stuck),
  REPLICATION_BAD_INPUT(Strait::synchronous, ReplicationPlays::badInput);

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

  /** The runbook's directory among the histories. */
  String runbook() {
    return name().toLowerCase(Locale.ROOT).substring(0, name().indexOf('_'));
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
      return bed.history(runbook());
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

  /** Options of a run that a schedule starts. */
  private static WorkflowOptions scheduled(String id) {
    return WorkflowOptions.newBuilder(TestBed.options(id))
        .setTypedSearchAttributes(
            SearchAttributes.newBuilder()
                .set(SearchAttributeKey.forKeyword("TemporalScheduledById"), "every 5 min")
                .build())
        .build();
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
    AtomicBoolean told = new AtomicBoolean();
    bed.faults()
        .before(
            call -> call.method().equals(method),
            () -> {
              if (told.compareAndSet(false, true)) {
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

  private static void held(TestBed bed, String site) {
    String id = "mooring-lock:harbour:" + site;
    FakeRuns runs = bed.world().runs();
    ClusterName harbour = new ClusterName("harbour");
    Holder holder =
        new Holder("tuesday", runs.open(harbour, "tuesday", "PublishCycle"), "PublishCycle");
    LockWorkflow lock = bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(id));
    WorkflowClient.start(lock::hold, holder);
    runs.lock(id, holder);
  }
}
