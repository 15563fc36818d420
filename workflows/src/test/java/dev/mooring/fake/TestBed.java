package dev.mooring.fake;

import dev.mooring.contract.Limit;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.check.ClusterCheckImpl;
import dev.mooring.runbook.check.ClusterCheckWorkflow;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.lock.LockWorkflowImpl;
import dev.mooring.runbook.notice.NoticeImpl;
import dev.mooring.runbook.publish.PublishCycleWorkflow;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.status.ClusterStatusImpl;
import dev.mooring.runbook.status.ClusterStatusWorkflow;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.activity.Activity;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.testservice.v1.LockTimeSkippingRequest;
import io.temporal.api.testservice.v1.TestServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.DataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The runbooks over a {@link FakeCluster}, in Temporal's own test server, where waiting takes no
 * time. Every call of a port goes through {@link ActivityFaults}, and what it carried is kept.
 */
public final class TestBed implements AutoCloseable {
  /** One for all beds: what it learns of a type is a fifth of a short run's processor time. */
  private static final DataConverter CONVERTER = RunbookDataConverter.create();

  private static final Duration RUN_TIMEOUT = Duration.ofHours(2);

  /** Real time where a call is under way: then the test server's clock stands still. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** More than a test's runs ever lose. */
  private static final int TIME_LOCKS = 1_000;

  /**
   * By default each worker polls with five threads of each kind; with few the tests of this module
   * take 96 s in place of 130.
   */
  private static final WorkerOptions FEW_POLLERS =
      WorkerOptions.newBuilder()
          .setMaxConcurrentWorkflowTaskPollers(2)
          .setMaxConcurrentActivityTaskPollers(1)
          .build();

  /**
   * Each worker takes quarters of a second to end, and four seconds where a call is under way. Only
   * so many end at once: then closing waits.
   */
  private static final ThreadPoolExecutor CLOSING =
      new ThreadPoolExecutor(
          16,
          16,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(8),
          TestBed::daemon,
          new ThreadPoolExecutor.CallerRunsPolicy());

  private final FakeWitnesses witnesses;
  private final FakeWatch watch;
  private final FakeCluster world;
  private final Optional<FakePatroni> patroni;
  private final ActivityFaults faults = new ActivityFaults();
  private final FakeNotices notices = new FakeNotices();

  private final TestWorkflowEnvironment temporal;
  private final PassingTime passing;
  private final Worker shared;

  /** The runbooks over that cluster. */
  public TestBed(Cluster cluster) {
    this(
        new FakeCluster(cluster),
        Stream.concat(
                RunbookClasses.ALL.stream().map(RunbookClasses::implementation),
                Stream.of(
                    ReplicationWatchImpl.class, ClusterStatusImpl.class, ClusterCheckImpl.class))
            .toArray(Class<?>[]::new));
  }

  /** The same, with no worker at one site. */
  public static TestBed unserved(Cluster cluster, SiteName site) {
    return new TestBed(
        new FakeCluster(cluster), List.of(site), ClusterStatusImpl.class, ClusterCheckImpl.class);
  }

  /** These workflow types over that world. */
  public TestBed(FakeCluster world, Class<?>... workflows) {
    this(world, List.of(), workflows);
  }

  private TestBed(FakeCluster world, List<SiteName> without, Class<?>... workflows) {
    this.world = world;
    this.witnesses = new FakeWitnesses(world);
    this.watch = new FakeWatch(world);
    this.patroni = world.cluster().patroni().map(policy -> new FakePatroni(policy, world));
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowServiceStubsOptions(ExpiringCalls.options())
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder().setDataConverter(CONVERTER).build())
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(world.clusterFiles().compared(), faults)
                        .build())
                .build());
    register(SearchAttributes.CLUSTER, SearchAttributes.STEP, SearchAttributes.OUTCOME);
    register(SearchAttributes.RESTORE_POINT, SearchAttributes.NEEDS_OPERATOR);
    temporal.registerSearchAttribute(
        "TemporalScheduledById", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
    shared = temporal.newWorker(ActivityPolicies.SHARED_QUEUE, FEW_POLLERS);
    shared.registerWorkflowImplementationTypes(workflows);
    shared.registerWorkflowImplementationTypes(LockWorkflowImpl.class, NoticeImpl.class);
    shared.registerActivitiesImplementations(world.files(), world.runs());
    temporal
        .newWorker(ActivityPolicies.NOTICES_QUEUE, FEW_POLLERS)
        .registerActivitiesImplementations(notices);
    for (Site site : world.cluster().sites()) {
      if (!without.contains(site.name())) {
        serve(site.name());
      }
    }
    TakenLocks locks = new TakenLocks(temporal.getWorkflowClient());
    world.runs().taken(locks::held);
    world.runs().stopped(locks::stop);
    world.attemptsBy(() -> Activity.getExecutionContext().getInfo().getAttempt());
    passing = new PassingTime(temporal);
    world.elapsesBy(passing::of);
    temporal.start();
  }

  /** What people were told. */
  public FakeNotices notices() {
    return notices;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "closing");
    thread.setDaemon(true);
    return thread;
  }

  private void serve(SiteName site) {
    temporal
        .newWorker(ActivityPolicies.watchQueueOf(site), FEW_POLLERS)
        .registerActivitiesImplementations(watch);
    Worker worker = temporal.newWorker(ActivityPolicies.queueOf(site), FEW_POLLERS);
    patroni.ifPresent(worker::registerActivitiesImplementations);
    worker.registerActivitiesImplementations(
        world.instances(),
        world.databases(),
        world.archives(),
        world.evidence(),
        world.roles(),
        new FakeCopies(world),
        new FakeAccess(world),
        new FakeAccounts(world),
        new FakePrimaries(world),
        new FakeFailovers(world),
        new FakeRehearsals(world),
        witnesses,
        world.replication(),
        world.endpoints(),
        world.manifests(),
        world.receipts(),
        world.files(),
        world.runs());
  }

  private void register(SearchAttributeKey<?>... keys) {
    for (SearchAttributeKey<?> key : keys) {
      temporal.registerSearchAttribute(key.getName(), key.getValueType());
    }
  }

  /** Patroni, where the cluster file says that it runs the members. */
  public FakePatroni patroni() {
    return patroni.orElseThrow();
  }

  /** The cluster behind the ports. */
  public FakeCluster world() {
    return world;
  }

  /** What is done to the calls of ports. */
  public ActivityFaults faults() {
    return faults;
  }

  /** The test server's environment. */
  public TestWorkflowEnvironment temporal() {
    return temporal;
  }

  /** The worker of the runbooks, for replays. */
  public Worker sharedWorker() {
    return shared;
  }

  /** A client with the runbooks' data converter. */
  public WorkflowClient client() {
    return temporal.getWorkflowClient();
  }

  /**
   * Options of a run under that id. A workflow task that takes longer than its time is done again
   * from the beginning of the run, and takes no less then: one of a thousand instances took over
   * the usual 10 s on a busy machine, for ever.
   */
  public static WorkflowOptions options(String id) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(id)
        .setWorkflowTaskTimeout(Limit.seconds(30))
        .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
        .setWorkflowRunTimeout(RUN_TIMEOUT)
        .build();
  }

  /**
   * Lets no time be skipped from now on. Else the test server (1.38.0) now and then counts a time
   * lock too few, and skips to when the lock of an earlier run would time out: 3650 days later.
   * What a port waits for in vain then costs the cluster's time alone, or each test would wait for
   * it.
   */
  public TestBed keepTime() {
    var time = TestServiceGrpc.newBlockingStub(temporal.getWorkflowServiceStubs().getRawChannel());
    for (int i = 0; i < TIME_LOCKS; i++) {
      time.lockTimeSkipping(LockTimeSkippingRequest.getDefaultInstance());
    }
    world.elapsesBy(waited -> () -> {});
    return this;
  }

  /** The watch of members and hosts. */
  public FakeWatch watch() {
    return watch;
  }

  /** A watch ends after so many looks from now on. */
  public void watchesEndAfter(int looks) {
    witnesses.watchesEndAfter(looks);
  }

  /** The worker of that site is so from now on. */
  public void hears(String site, FakeWitnesses.Ear ear) {
    witnesses.hears(site, ear);
  }

  /** Watches saw a primary write so long before that fell silent, or not at all. */
  public void sawItWrite(Optional<Duration> before) {
    witnesses.sawItWrite(before);
  }

  /** Waits for a run, without any time lock that the test server lost on the way. */
  public <R> R awaiting(String run, Supplier<R> wait) {
    return LostLocks.awaiting(temporal, passing, run, wait);
  }

  /** Lets time pass while a run is open that does nothing but wait. */
  public void passes(String run, Duration time) {
    awaiting(
        run,
        () -> {
          temporal.sleep(time);
          return time;
        });
  }

  /**
   * Lets time pass until a run that is open says that in its headline, for as long as runs may
   * take.
   */
  public void until(String run, String says) {
    WorkflowStub open = client().newUntypedWorkflowStub(run);
    awaiting(
        run,
        () -> {
          Duration pause = FIRST_PAUSE;
          Duration passed = Duration.ZERO;
          while (!open.query("progress", Progress.class).headline().contains(says)) {
            if (passed.compareTo(RUN_TIMEOUT.minusMinutes(5)) > 0) {
              throw new AssertionError(
                  "not said: "
                      + says
                      + ", but "
                      + open.query("progress", Progress.class).headline());
            }
            temporal.sleep(pause);
            passed = passed.plus(pause);
            pause = DurationText.twice(pause, LONGEST_PAUSE);
          }
          return passed;
        });
  }

  /** A PublishCycle that was not started yet. */
  public PublishCycleWorkflow publishing(String id) {
    return client().newWorkflowStub(PublishCycleWorkflow.class, options(id));
  }

  /** A DrConsume that was not started yet. */
  public DrConsumeWorkflow consuming(String id) {
    return client().newWorkflowStub(DrConsumeWorkflow.class, options(id));
  }

  /** What that run noted under this attribute for the Web UI and for searches, in its order. */
  public List<String> noted(String run, SearchAttributeKey<?> attribute) {
    return client().fetchHistory(run).getEvents().stream()
        .filter(HistoryEvent::hasUpsertWorkflowSearchAttributesEventAttributes)
        .map(HistoryEvent::getUpsertWorkflowSearchAttributesEventAttributes)
        .map(noted -> noted.getSearchAttributes().getIndexedFieldsMap().get(attribute.getName()))
        .filter(Objects::nonNull)
        .map(value -> value.getData().toStringUtf8())
        .toList();
  }

  /** Publishes to the end. */
  public PublishResult publish(RawRequest request) {
    try {
      return awaiting("publish", () -> publishing("publish").publish(request));
    } finally {
      closeChildren();
    }
  }

  /** Looks where the cluster stands. */
  public StatusResult status(RawRequest request) {
    ClusterStatusWorkflow status =
        client().newWorkflowStub(ClusterStatusWorkflow.class, options("status"));
    return awaiting("status", () -> status.look(request));
  }

  /** Checks what the cluster has for its runbooks. */
  public CheckResult check(RawRequest request) {
    ClusterCheckWorkflow check =
        client().newWorkflowStub(ClusterCheckWorkflow.class, options("check"));
    return awaiting("check", () -> check.check(request));
  }

  /** Consumes to the end. */
  public ConsumeResult consume(RawRequest request) {
    try {
      return awaiting("consume", () -> consuming("consume").consume(request));
    } finally {
      closeChildren();
    }
  }

  /**
   * What the server does with the locks of closed runs, and the test server does not.
   *
   * @return how many were open
   */
  public long closeChildren() {
    return world.cluster().sites().stream().filter(site -> terminated(site.name())).count();
  }

  private boolean terminated(SiteName site) {
    try {
      client()
          .newUntypedWorkflowStub(LockWorkflow.idOf(world.cluster().name(), site))
          .terminate("by parent close policy");
      return true;
    } catch (WorkflowNotFoundException neverTaken) {
      return false;
    }
  }

  /** The ending of a run that did not complete. */
  public static Ended ended(Runnable run) {
    try {
      run.run();
    } catch (WorkflowFailedException e) {
      if (e.getCause() instanceof ApplicationFailure failure) {
        return new Ended(
            failure.getType(),
            failure.getOriginalMessage(),
            failure.getDetails().getSize() == 0
                ? new EndingRecord("", "", "", "", "")
                : failure.getDetails().get(EndingRecord.class));
      }
      throw e;
    }
    throw new AssertionError("the run completed");
  }

  /** How a run ended: the failure's type and message, and the record in its details. */
  public record Ended(String type, String message, EndingRecord record) {}

  /** The history of the last run with that id, as JSON. */
  public String history(String workflowId) {
    return client().fetchHistory(workflowId).toJson(false);
  }

  /** The names of the activities of a run in the order they were completed or begun. */
  public List<String> events(String workflowId) {
    return Histories.events(client().fetchHistory(workflowId));
  }

  /** Stands still inside a call until the latch opens, or a test that went wrong is over. */
  public static void awaitOver(CountDownLatch latch) {
    try {
      if (!latch.await(Limit.seconds(60).toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nobody let the call go on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stub of a run that exists. */
  public WorkflowStub run(WorkflowExecution execution) {
    return client().newUntypedWorkflowStub(execution.getWorkflowId());
  }

  /** Stops serving; that all of it has ended is waited for beside the tests that follow. */
  @Override
  public void close() {
    CLOSING.execute(temporal::close);
    List<String> refused = world.clusterFiles().compared().refused();
    if (!refused.isEmpty()) {
      throw new AssertionError("a worker refuses this: " + refused);
    }
  }
}
