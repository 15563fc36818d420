package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.evidence.StoresByKind;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.temporal.ClosedRuns;
import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.contract.Limit;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.dev.temporal.TemporalClient;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.HistoryExport;
import dev.mooring.worker.HistoryFigures;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.EncodedValues;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.DynamicWorkflow;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How runs that are over are looked at: runs of a real Temporal, stores in real directories, of
 * which some never answer, as those of a dead file server do.
 */
@Tag("all")
class HistoryObservationsIT {
  private static final String QUEUE = "looks";

  @TempDir static Path directory;
  private static LocalTemporal temporal;
  private static TemporalClient connected;
  private static WorkflowClient client;
  private static WorkerFactory workers;

  /** Any runbook, over at once. */
  public static final class Ending implements DynamicWorkflow {
    @Override
    public String execute(EncodedValues unused) {
      return "over";
    }
  }

  /** A clock that was set by so much. */
  private static final class SetClock extends Clock {
    private volatile Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
      return Clock.systemUTC().instant().plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("times are UTC");
    }
  }

  @BeforeAll
  static void raise() throws IOException {
    temporal = LocalTemporal.up("history-looks");
    connected = new TemporalClient(temporal.address());
    client = connected.client();
    workers = WorkerFactory.newInstance(client);
    workers.newWorker(QUEUE).registerWorkflowImplementationTypes(Ending.class);
    workers.start();
    Files.writeString(directory.resolve("signing.pub"), SampleKeys.PUBLIC);
    Path key = Files.writeString(directory.resolve("signing.pem"), SampleKeys.PRIVATE);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  @AfterAll
  static void strike() {
    workers.shutdownNow();
    connected.close();
    temporal.close();
  }

  /** A cluster's file, and where its histories are going to stand. */
  private static Path cluster(Path configuration, String name) throws IOException {
    Files.createDirectories(configuration);
    Path store = Files.createDirectories(directory.resolve("store"));
    try (InputStream file =
        Objects.requireNonNull(ClusterFileParser.class.getResourceAsStream("harbour.yaml"))) {
      Files.writeString(
          configuration.resolve(name + ".yaml"),
          new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .replace("cluster: harbour", "cluster: " + name)
              .replace("/var/lib/mooring/evidence", store.toString())
              .replace("/etc/mooring/signing", directory.resolve("signing").toString()));
    }
    return Files.createDirectories(store.resolve(name + "/histories"));
  }

  /** A run of the cluster that is over, and that Temporal lists. */
  private static WorkflowExecution run(String cluster) throws InterruptedException {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            "PublishCycle",
            WorkflowOptions.newBuilder()
                .setWorkflowId("mooring:" + cluster + ":publish")
                .setTaskQueue(QUEUE)
                .setTypedSearchAttributes(
                    io.temporal.common.SearchAttributes.newBuilder()
                        .set(SearchAttributes.CLUSTER, cluster)
                        .build())
                .build());
    WorkflowExecution started = run.start();
    run.getResult(String.class);
    awaitListed(cluster, started.getRunId());
    return started;
  }

  private static void awaitListed(String cluster, String run) throws InterruptedException {
    ClosedRuns runs = new ClosedRuns(client);
    while (runs.since(new ClusterName(cluster), Instant.EPOCH).stream()
        .noneMatch(one -> one.run().equals(run))) {
      Thread.sleep(20);
    }
  }

  private static HistoryExport export(Path configuration, Clock clock) {
    return new HistoryExport(
            new ClosedRuns(client),
            new ClusterFiles(configuration),
            new StoreHistories(
                new StoresByKind(new Hosts(Limit.seconds(5)), name -> Optional.empty()),
                name -> Optional.empty()),
            List.of(new SiteName("east")),
            clock)
        .started();
  }

  private static HistoryFigures await(
      HistoryExport export, String cluster, Predicate<HistoryFigures> so)
      throws InterruptedException {
    HistoryFigures seen = export.figures().get(new ClusterName(cluster));
    while (seen == null || !so.test(seen)) {
      Thread.sleep(20);
      seen = export.figures().get(new ClusterName(cluster));
    }
    return seen;
  }

  private static HistoryFigures seen(HistoryExport export, String cluster) {
    return Objects.requireNonNull(export.figures().get(new ClusterName(cluster)));
  }

  /** A file in the place of a run's record of which no byte ever comes. */
  private static Path silent(Path histories, WorkflowExecution run)
      throws IOException, InterruptedException {
    Path file = histories.resolve("silent_" + run.getRunId() + ".json");
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    return file;
  }

  private static List<String> names(Path histories) throws IOException {
    try (Stream<Path> files = Files.list(histories)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_store_that_never_answers_holds_up_no_other_cluster() throws Exception {
    Path configuration = directory.resolve("hung");
    Path hung = cluster(configuration, "adrift");
    Path well = cluster(configuration, "buoy");
    Path silent = silent(hung, run("adrift"));
    run("buoy");
    try (HistoryExport export = export(configuration, Clock.systemUTC())) {
      // opened for writing once the look reads it
      OutputStream unanswered = Files.newOutputStream(silent);
      Instant looked = await(export, "buoy", f -> f.kept() == 1).looked().orElse(Instant.EPOCH);
      run("buoy");
      await(export, "buoy", f -> f.kept() == 2 && f.looked().filter(looked::isBefore).isPresent());
      assertThat(names(well)).hasSize(4);

      HistoryFigures adrift = seen(export, "adrift");
      assertThat(adrift.looked()).as("an alert sees that").isEmpty();
      Files.delete(silent);
      unanswered.close();
      assertThat(await(export, "adrift", f -> f.looked().isPresent()).kept()).isEqualTo(1);
    }
  }

  /** Nothing is known to be missing until the store said what it has. */
  @Test
  void a_look_at_all_runs_tells_none_as_waiting_that_is_kept() throws Exception {
    Path configuration = directory.resolve("hourly");
    Path histories = cluster(configuration, "cove");
    WorkflowExecution run = run("cove");
    SetClock clock = new SetClock();
    try (HistoryExport export = export(configuration, clock)) {
      await(export, "cove", f -> f.kept() == 1 && f.looked().isPresent());
      Path silent = silent(histories, run);
      clock.by = Duration.ofHours(1);
      OutputStream unanswered = Files.newOutputStream(silent);
      HistoryFigures meanwhile = seen(export, "cove");
      assertThat(meanwhile.waiting()).isZero();
      assertThat(meanwhile.oldest()).isEmpty();
      Files.delete(silent);
      unanswered.close();
      Instant hourly = Instant.now().plus(Duration.ofMinutes(59));
      await(export, "cove", f -> f.looked().orElseThrow().isAfter(hourly));
      assertThat(seen(export, "cove").failures()).isZero();
    }
  }

  @Test
  void a_planted_record_keeps_no_history_from_being_missed() throws Exception {
    Path configuration = directory.resolve("planted");
    Path histories = cluster(configuration, "dock");
    String run = run("dock").getRunId();
    Path planted = Files.writeString(histories.resolve(run + "_" + run + ".json"), "{}");
    try (HistoryExport export = export(configuration, Clock.systemUTC())) {
      HistoryFigures broken = await(export, "dock", f -> f.failures() > 0 && f.waiting() == 1);
      assertThat(broken.oldest()).isPresent();
      assertThat(broken.kept()).isZero();

      Files.delete(planted);
      await(export, "dock", f -> f.kept() == 1 && f.waiting() == 0);
      assertThat(names(histories)).hasSize(2);
    }
  }

  @Test
  void two_workers_at_once_keep_and_count_each_history_once() throws Exception {
    Path configuration = directory.resolve("two");
    Path histories = cluster(configuration, "estuary");
    for (int i = 0; i < 5; i++) {
      run("estuary");
    }
    try (HistoryExport one = export(configuration, Clock.systemUTC());
        HistoryExport two = export(configuration, Clock.systemUTC())) {
      HistoryFigures of = await(one, "estuary", f -> f.looked().isPresent());
      HistoryFigures other = await(two, "estuary", f -> f.looked().isPresent());

      assertThat(of.kept() + other.kept()).isEqualTo(5);
      assertThat(List.of(of, other)).allMatch(f -> f.waiting() == 0 && f.failures() == 0);
      assertThat(names(histories)).hasSize(10);
    }
  }

  @Test
  void each_part_of_a_reset_run_has_a_history_under_the_run_that_was_reset() throws Exception {
    Path configuration = directory.resolve("reset");
    Path histories = cluster(configuration, "fjord");
    WorkflowExecution run = run("fjord");
    String again =
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .resetWorkflowExecution(
                ResetWorkflowExecutionRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .setWorkflowExecution(run)
                    .setWorkflowTaskFinishEventId(4)
                    .setRequestId(UUID.randomUUID().toString())
                    .setReason("by hand")
                    .build())
            .getRunId();
    awaitListed("fjord", again);

    try (HistoryExport export = export(configuration, Clock.systemUTC())) {
      await(export, "fjord", f -> f.kept() == 2);
      assertThat(names(histories))
          .hasSize(4)
          .contains(
              run.getRunId() + "_" + run.getRunId() + ".json",
              run.getRunId() + "_" + again + ".json");
    }
  }
}
