package dev.mooring.worker.page;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.ObserveService;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.wire.RawRequest;
import dev.mooring.worker.page.ClusterSeen.WaitingRun;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads all clusters for the page, as {@code mooring status} does, while a person reads it: at most
 * once in ten seconds, however many readers there are. The page changes nothing.
 */
public final class ClusterPages implements AutoCloseable {
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A status run that no worker takes ends automatically. */
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(42);

  /** For a cluster without a status the page still shows the runs that wait. */
  private static final Duration AFTER_STATUS = Duration.ofSeconds(1);

  private final WorkflowClient client;
  private final ClusterFiles files;
  private final RunActivities runs;
  private final String webUi;
  private final Duration within;
  private final Map<ClusterName, CompletableFuture<ClusterSeen>> looks = new ConcurrentHashMap<>();
  private final ExecutorService looking =
      Executors.newCachedThreadPool(DaemonThreads.named("page"));
  private Optional<CompletableFuture<String>> last = Optional.empty();
  private long lastEnded;

  /**
   * Reads through the workers of that client's namespace.
   *
   * @param webUi where Temporal's Web UI is for a cluster whose file does not name it; or empty
   * @param within how long the page waits for the status of a cluster, at most
   */
  public ClusterPages(
      WorkflowClient client,
      ClusterFiles files,
      RunActivities runs,
      String webUi,
      Duration within) {
    this.client = client;
    this.files = files;
    this.runs = runs;
    this.webUi = webUi.replaceFirst("/+$", "");
    this.within = within;
  }

  /** The page as HTML: one that is being made, one at most ten seconds old, or a new one. */
  public synchronized CompletableFuture<String> page() {
    boolean isFresh =
        last.isPresent() && (!last.get().isDone() || System.nanoTime() - lastEnded < KEPT_NANOS);
    if (!isFresh) {
      last = Optional.of(CompletableFuture.supplyAsync(this::made, looking));
    }
    return last.orElseThrow();
  }

  private String made() {
    List<CompletableFuture<ClusterSeen>> looks = files.names().stream().map(this::begun).toList();
    String page =
        ClusterPage.of(looks.stream().map(CompletableFuture::join).toList(), Instant.now());
    ended();
    return page;
  }

  /** An observation that has not ended is waited for again: no second observation is begun. */
  private CompletableFuture<ClusterSeen> begun(ClusterName name) {
    ClusterSeen silent = unseen(name, "no answer within " + DurationText.of(within), List.of());
    return looks
        .compute(
            name,
            (cluster, before) ->
                before == null || before.isDone()
                    ? CompletableFuture.supplyAsync(() -> look(cluster), looking)
                    : before)
        .copy()
        .completeOnTimeout(silent, within.plus(AFTER_STATUS).toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void ended() {
    lastEnded = System.nanoTime();
  }

  private ClusterSeen look(ClusterName cluster) {
    CompletableFuture<List<WaitingRun>> waiting =
        CompletableFuture.supplyAsync(() -> waiting(cluster), looking);
    try {
      return new ClusterSeen(cluster, Optional.of(status(cluster)), "", waiting.join());
    } catch (TimeoutException silent) {
      String why = "ClusterStatus gave no answer within " + DurationText.of(within);
      return unseen(cluster, why, waiting.join());
    } catch (RuntimeException failed) {
      return unseen(cluster, said(failed), waiting.join());
    }
  }

  private static ClusterSeen unseen(ClusterName cluster, String why, List<WaitingRun> waiting) {
    return new ClusterSeen(cluster, Optional.empty(), why, waiting);
  }

  private static String said(Throwable failed) {
    Throwable why = failed;
    while (why.getCause() != null && !(why instanceof ApplicationFailure)) {
      why = why.getCause();
    }
    return why instanceof ApplicationFailure refused
        ? refused.getOriginalMessage()
        : String.valueOf(why.getMessage());
  }

  private StatusResult status(ClusterName cluster) throws TimeoutException {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            "ClusterStatus",
            WorkflowOptions.newBuilder()
                .setWorkflowId(RunIds.status(cluster) + ":" + UUID.randomUUID())
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setStaticSummary("status of " + cluster + ", for the page of a worker")
                .setWorkflowRunTimeout(CLOSED_WITHIN)
                .build());
    run.start(
        new RawRequest(
            JsonNodeFactory.instance
                .objectNode()
                .put("cluster", cluster.value())
                .put("receipts", 0)));
    return run.getResult(within.toMillis(), TimeUnit.MILLISECONDS, StatusResult.class);
  }

  /** If Temporal can't be asked for them, the status says so. */
  private List<WaitingRun> waiting(ClusterName cluster) {
    List<OpenRun> open;
    try {
      open = runs.observeService(new ObserveService(cluster, List.of())).open();
    } catch (RuntimeException unasked) {
      return List.of();
    }
    String ui = webUi(cluster);
    return open.stream().map(run -> asked(run, link(ui, run))).toList().stream()
        .flatMap(asked -> asked.join().stream())
        .toList();
  }

  /** A run that gives no answer hides no other one. */
  private CompletableFuture<Optional<WaitingRun>> asked(OpenRun run, String link) {
    Duration atMost = within.dividedBy(2);
    WaitingRun silent = unasked(run, link, "no answer within " + DurationText.of(atMost));
    return CompletableFuture.supplyAsync(() -> waiting(run, link), looking)
        .exceptionally(failed -> Optional.of(unasked(run, link, said(failed))))
        .completeOnTimeout(Optional.of(silent), atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static WaitingRun unasked(OpenRun run, String link, String why) {
    return shown(run, false, "can't be asked: " + why, List.of(), link);
  }

  private static WaitingRun shown(
      OpenRun run, boolean waits, String headline, List<String> plan, String link) {
    String id = run.workflowId();
    return new WaitingRun(run.runbook(), id, waits, headline, plan, "mooring follow " + id, link);
  }

  private Optional<WaitingRun> waiting(OpenRun open, String link) {
    WorkflowStub run = client.newUntypedWorkflowStub(open.workflowId());
    Progress progress = run.query("progress", Progress.class);
    if (progress.steps().stream().noneMatch(ClusterPages::waits)) {
      return Optional.empty();
    }
    List<String> plan = run.query("plan", Plan.class).lines();
    return Optional.of(
        shown(
            open, true, progress.headline(), plan.stream().limit(Plan.LINES_SHOWN).toList(), link));
  }

  private String webUi(ClusterName cluster) {
    try {
      return files.read(cluster).policies().notices().stream()
          .map(NoticePolicy::webUi)
          .filter(url -> !url.isEmpty())
          .findFirst()
          .orElse(webUi);
    } catch (RuntimeException unreadable) {
      return webUi;
    }
  }

  private String link(String ui, OpenRun open) {
    return ui.isEmpty()
        ? ""
        : String.format(
            "%s/namespaces/%s/workflows/%s",
            ui, client.getOptions().getNamespace(), open.workflowId());
  }

  private static boolean waits(StepProgress step) {
    return step.state().equals("held")
        || (step.state().equals("running") && step.step().startsWith("APPROVE"));
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
