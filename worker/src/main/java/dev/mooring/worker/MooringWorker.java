package dev.mooring.worker;

import dev.mooring.activities.clusterfile.KeptClusterFiles;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.check.ClusterCheckImpl;
import dev.mooring.runbook.lock.LockWorkflowImpl;
import dev.mooring.runbook.notice.NoticeImpl;
import dev.mooring.runbook.status.ClusterStatusImpl;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.topology.SiteName;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A worker that serves the shared queue and the queues of its sites, from its construction on.
 * Closing it gives running acts some time to finish, then interrupts them: another worker finds on
 * the hosts what they began.
 */
public final class MooringWorker implements AutoCloseable {
  /** The workflows that only read, and the workflows that runbooks use. */
  private static final List<Class<?>> OTHERS =
      List.of(
          ClusterStatusImpl.class,
          ClusterCheckImpl.class,
          ReplicationWatchImpl.class,
          LockWorkflowImpl.class,
          NoticeImpl.class);

  private static final int ACTIVITIES_AT_ONCE = 32;
  private static final int NOTICES_AT_ONCE = 8;

  /** One activity for each watched cluster, for as long as it is watched. */
  private static final int WATCHES_AT_ONCE = 200;

  private static final Duration DEAD_WORKER_HOLDS_RUN = Duration.ofSeconds(2);

  /**
   * How long a runbook may compute without a wait before the SDK takes it for hung: by default a
   * second, which a busy machine needs to judge a thousand instances. A task has ten seconds.
   */
  private static final Duration DECISION_AT_MOST = Duration.ofSeconds(5);

  private static final long GRACE_SECONDS = 20;
  private static final long INTERRUPTED_SECONDS = 5;

  /** Below the worker's own directory: versions of cluster files that runs began with. */
  private static final String KEPT_FILES = "cluster-files";

  private final Adapters adapters;
  private final OwnEntries ownEntries;
  private final SignedActs signedActs;
  private final WorkerHeartbeats heartbeats = new WorkerHeartbeats();
  private final WorkerFactory factory;
  private final List<String> queues = new ArrayList<>();

  /**
   * Starts serving.
   *
   * @param client a client whose data converter is {@code RunbookDataConverter}
   * @param environment where secret references are looked up
   * @param home the home directory of the account the worker runs as
   * @param more interceptors beside the worker's own
   */
  public MooringWorker(
      WorkflowClient client,
      WorkerConfig config,
      Map<String, String> environment,
      Path home,
      List<WorkerInterceptor> more) {
    this(client, config, environment, home, more, true);
  }

  /**
   * A worker for one plan, on a Temporal service that ends with it: it keeps no histories.
   *
   * @param sites all sites that it reaches
   * @param configDirectory where the cluster files are
   */
  public static MooringWorker ofOnePlan(
      WorkflowClient client,
      List<SiteName> sites,
      Path configDirectory,
      Map<String, String> environment,
      Path home,
      WorkerInterceptor more) {
    WorkerConfig config =
        new WorkerConfig(
            sites,
            configDirectory,
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.empty(), Optional.empty()));
    return new MooringWorker(client, config, environment, home, List.of(more), false);
  }

  private MooringWorker(
      WorkflowClient client,
      WorkerConfig config,
      Map<String, String> environment,
      Path home,
      List<WorkerInterceptor> more,
      boolean keepsHistories) {
    this.adapters =
        new Adapters(
            client, config, environment, home, keptFiles(environment, home, keepsHistories));
    this.ownEntries = new OwnEntries(adapters.clusterFiles(), () -> client);
    this.signedActs =
        new SignedActs(
            adapters.clusterFiles(), () -> client, client.getOptions().getDataConverter());
    this.factory =
        WorkerFactory.newInstance(
            client,
            WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptors(more)).build());
    Worker shared = worker(ActivityPolicies.SHARED_QUEUE, ACTIVITIES_AT_ONCE);
    shared.registerWorkflowImplementationTypes(
        Stream.concat(
                RunbookClasses.ALL.stream().map(RunbookClasses::implementation), OTHERS.stream())
            .toArray(Class<?>[]::new));
    shared.registerActivitiesImplementations(adapters.shared());
    for (SiteName site : config.sites()) {
      worker(ActivityPolicies.queueOf(site), ACTIVITIES_AT_ONCE)
          .registerActivitiesImplementations(adapters.ofSite());
      worker(ActivityPolicies.watchQueueOf(site), WATCHES_AT_ONCE)
          .registerActivitiesImplementations(adapters.watch());
    }
    worker(ActivityPolicies.NOTICES_QUEUE, NOTICES_AT_ONCE)
        .registerActivitiesImplementations(adapters.notices());
    adapters.clusterFiles().readAll();
    factory.start();
    if (keepsHistories) {
      adapters.histories().started();
    }
  }

  /** Of each call, the last of them is asked first. */
  private WorkerInterceptor[] interceptors(List<WorkerInterceptor> more) {
    List<WorkerInterceptor> interceptors = new ArrayList<>(more);
    interceptors.add(new ResetRuns(adapters.runs()));
    interceptors.add(heartbeats);
    interceptors.add(signedActs);
    interceptors.add(ownEntries);
    interceptors.add(new OwnErrors());
    interceptors.add(new RunLabels());
    return interceptors.toArray(WorkerInterceptor[]::new);
  }

  private static KeptClusterFiles keptFiles(
      Map<String, String> environment, Path home, boolean onDisk) {
    Path directory = stateDirectory(environment, home).resolve(KEPT_FILES);
    return new KeptClusterFiles(Optional.of(directory).filter(any -> onDisk), Clock.systemUTC());
  }

  /** Where this worker keeps what outlasts it; systemd names that of its unit. */
  static Path stateDirectory(Map<String, String> environment, Path home) {
    return Stream.of("MOORING_STATE_DIR", "STATE_DIRECTORY")
        .map(name -> environment.getOrDefault(name, "").split(":", -1)[0])
        .filter(directory -> !directory.isBlank())
        .findFirst()
        .map(Path::of)
        .orElseGet(() -> home.resolve(".local/state/mooring"));
  }

  /** Registers what it counts itself. */
  void report(MeterRegistry registry) {
    adapters.histories().report(registry);
    ownEntries.report(registry);
    signedActs.report(registry);
  }

  private Worker worker(String queue, int activitiesAtOnce) {
    queues.add(queue);
    return factory.newWorker(
        queue,
        WorkerOptions.newBuilder()
            .setMaxConcurrentActivityExecutionSize(activitiesAtOnce)
            .setDefaultDeadlockDetectionTimeout(DECISION_AT_MOST.toMillis())
            .setStickyQueueScheduleToStartTimeout(DEAD_WORKER_HOLDS_RUN)
            .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
            .setDefaultHeartbeatThrottleInterval(Duration.ofSeconds(1))
            .setAllowActivityHeartbeatDuringShutdown(true)
            .build());
  }

  /** The queues it serves. */
  public List<String> queues() {
    return List.copyOf(queues);
  }

  /** The adapters it acts and looks with. */
  Adapters adapters() {
    return adapters;
  }

  /** True while it takes tasks. */
  public boolean isServing() {
    return factory.isStarted() && !factory.isShutdown();
  }

  @Override
  public void close() {
    factory.shutdown();
    adapters.endWatches();
    factory.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    if (!factory.isTerminated()) {
      factory.shutdownNow();
      factory.awaitTermination(INTERRUPTED_SECONDS, TimeUnit.SECONDS);
    }
    heartbeats.close();
    adapters.close();
  }
}
