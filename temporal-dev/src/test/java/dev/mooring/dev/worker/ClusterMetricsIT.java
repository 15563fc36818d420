package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.endtoend.Mooring;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.status.StatusResult;
import io.temporal.client.WorkflowFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real worker's metrics tell of a cluster, as promtool reads them: one life of a cluster.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("all")
public class ClusterMetricsIT {
  private static final int WAL_FILE_BYTES = 1 << 20;
  private static final double LATER_THAN = 1_700_000_000;
  private static final Pattern BACKUP_START =
      Pattern.compile("START WAL LOCATION: .* \\(file ([0-9A-F]{24})\\)");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What promtool dislikes and is not ours to name; see docs/reference/metrics.md. */
  private static final Pattern EXCUSED =
      Pattern.compile(
          "temporal_\\w+ no help text"
              + "|(temporal_workflow_active_thread_count|whpg_dr_sync_receipts_recent_count)"
              + " non-histogram and non-summary metrics should not have \"_count\" suffix");

  /** No hook is called and no watch runs here; {@code OnCallNight} has them. */
  public static final List<String> NOT_HERE =
      List.of(
          "mooring_hook_calls_total",
          "mooring_diagnosis",
          "mooring_watch_open",
          "mooring_watch_looked_timestamp_seconds");

  @TempDir static Path directory;
  private static Lab lab;
  private static LocalTemporal temporal;
  private static WorkerProgram worker;

  @BeforeAll
  static void raise() throws IOException, InterruptedException {
    lab = Lab.up(LabPlan.fleet(1).withWalFileMegabytes(1));
    temporal = LocalTemporal.up("cluster-metrics");
    worker = begin("--log-format=json");
  }

  private static WorkerProgram begin(String... more) throws IOException, InterruptedException {
    WorkerProgram begun =
        WorkerProgram.start(
            directory,
            lab.environment(),
            Stream.concat(
                    Stream.of(
                        "--site=east",
                        "--site=west",
                        "--config-dir=" + lab.configDirectory(),
                        "--address=" + temporal.address(),
                        "--metrics-name=whpg_dr_sync",
                        "--evidence-every=1"),
                    Stream.of(more))
                .toArray(String[]::new));
    begun.awaitHealth(200);
    return begun;
  }

  @AfterAll
  static void strike() {
    worker.close();
    temporal.close();
    lab.close();
  }

  @Test
  @Order(1)
  void serves_the_floor_of_each_copy_that_a_run_looked_at() throws Exception {
    assertThat(worker.get("/metrics").body()).doesNotContain("mooring_archive_floor");

    StartedRun.of(
        temporal.address(), "ClusterStatus", lab.name(), run -> run.getResult(StatusResult.class));
    String served = worker.awaitMetric("mooring_archive_floor_bytes{");

    String labels =
        "{cluster=\"" + lab.name() + "\",content=\"0\",instance=\"west-0\",site=\"west\"}";
    assertThat(figure(served, "mooring_archive_floor_bytes" + labels))
        .isEqualTo((double) backupStart(lab.instance("west-0")) * WAL_FILE_BYTES);
    assertThat(figure(served, "mooring_archive_floor_seen_timestamp_seconds" + labels))
        .isGreaterThan(LATER_THAN);
    assertThat(served)
        .doesNotContain("instance=\"east-0\"")
        .as("nothing stands for what is not there yet")
        .doesNotContain("mooring_restore_point_", "mooring_moored_point_");
  }

  @Test
  @Order(2)
  void serves_what_a_publish_and_a_consume_proved() throws Exception {
    publish();
    StartedRun.of(
        temporal.address(), "DrConsume", consume(), run -> run.getResult(ConsumeResult.class));
    String served = worker.awaitMetric("mooring_moored_point_timestamp_seconds{");

    double point = figure(served, "mooring_restore_point_timestamp_seconds" + of(""));
    assertThat(point).isGreaterThan(LATER_THAN);
    assertThat(figure(served, "mooring_archive_proof_timestamp_seconds" + of("content=\"0\"")))
        .isEqualTo(point);
    assertThat(figure(served, "mooring_moored_point_timestamp_seconds" + of("site=\"west\"")))
        .isBetween(point - 2, point + 2);
    assertThat(figure(served, "mooring_proved_timestamp_seconds" + of("site=\"west\"")))
        .isGreaterThan(point);
    assertThat(
            figure(
                served,
                "mooring_replay_bytes" + of("site=\"west\",content=\"0\",instance=\"west-0\"")))
        .isPositive();
    for (String runbook : List.of("PublishCycle", "DrConsume")) {
      assertThat(figure(served, runs("completed", runbook))).isEqualTo(1);
    }
    assertThat(
            figure(
                served,
                "mooring_step_duration_seconds_count{cluster=\""
                    + lab.name()
                    + "\",runbook=\"DrConsume\",step=\"START_ALL\"}"))
        .isEqualTo(1);
    assertThat(served)
        .contains("mooring_run_ended_timestamp_seconds{")
        .contains("runbook=\"DrConsume\",site=\"west\",outcome=\"completed\"");
  }

  @Test
  @Order(3)
  void serves_the_reference_tools_five_names_with_1_for_success() throws Exception {
    String served = awaitSuccess("success_recovery_point_validated", 1);
    String dr = "mode=\"dr\",cluster=\"" + lab.name() + "\",site=\"west\"}";

    assertThat(figure(served, "whpg_dr_sync_latest_ready{" + dr)).isEqualTo(1);
    assertThat(figure(served, "whpg_dr_sync_drift{" + dr)).isZero();
    assertThat(figure(served, "whpg_dr_sync_last_waited_seconds{" + dr)).isNotNegative();
    String kind = dr.replace("\"dr\"", "\"dr\",kind=\"ok\"");
    assertThat(figure(served, "whpg_dr_sync_receipts_recent_count{" + kind)).isEqualTo(1);
    assertThat(figure(served, "whpg_dr_sync_receipts_recent_count{" + kind.replace("ok", "other")))
        .isZero();
  }

  @Test
  @Order(4)
  void promtool_finds_no_fault_with_what_is_named_here() throws Exception {
    List<String> complaints = Promtool.complaintsAbout(worker.get("/metrics").body(), directory);

    assertThat(complaints).filteredOn(one -> !EXCUSED.matcher(one).matches()).isEmpty();
  }

  @Test
  @Order(5)
  void status_tells_the_same_names_and_puts_them_in_a_file_whole() throws Exception {
    Path file = Files.createDirectory(directory.resolve("collected")).resolve("mooring.prom");
    Files.writeString(file, "# what was there before\n");
    String line = "status --format prometheus --metrics-name dr_sync --output " + file;
    Mooring mooring = new Mooring(lab.environment(), temporal.address());
    Answer answer = mooring.typeUntilInOrder(line);
    String reported = Files.readString(file);

    assertThat(answer.out()).isEmpty();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    try (Stream<Path> beside = Files.list(file.getParent())) {
      assertThat(beside).containsExactly(file);
    }
    String cluster = "{cluster=\"" + lab.name() + "\"";
    assertThat(reported)
        .contains("\nmooring_status_level" + cluster + "} 0\n")
        .contains("\nmooring_archive_proof_timestamp_seconds" + cluster + ",content=\"0\"} ")
        .contains("\nmooring_moored_point_timestamp_seconds" + cluster + ",site=\"west\"} ")
        .contains("\ndr_sync_status_code{mode=\"dr\",status=\"success_recovery_point_validated\",")
        .contains(",runbook=\"PublishCycle\",site=\"east\",outcome=\"completed\"} ");
    assertThat(Promtool.complaintsAbout(reported, directory))
        .containsExactly(
            "dr_sync_receipts_recent_count non-histogram and non-summary metrics should not have"
                + " \"_count\" suffix");
  }

  @Test
  @Order(6)
  void serves_every_figure_that_its_page_names_and_no_other() throws Exception {
    List<String> named =
        Pattern.compile("(?m)^\\| `(mooring_[a-z_]+)` \\|")
            .matcher(Files.readString(Path.of("..", "docs", "reference", "metrics.md")))
            .results()
            .map(row -> row.group(1))
            .toList();
    List<String> served =
        worker
            .get("/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("# TYPE mooring_"))
            .map(line -> line.split(" ", -1)[2])
            .filter(name -> !name.equals("mooring_step_duration_seconds_max"))
            .toList();

    assertThat(named).containsAll(NOT_HERE);
    assertThat(served)
        .containsExactlyInAnyOrderElementsOf(
            named.stream().filter(name -> !NOT_HERE.contains(name)).toList());
  }

  @Test
  @Order(7)
  void tells_the_same_of_the_cluster_after_a_restart_before_any_run() throws Exception {
    String name = "mooring_restore_point_timestamp_seconds" + of("");
    double before = figure(worker.get("/metrics").body(), name);

    assertThat(worker.terminated()).isEqualTo(143);
    worker.close();
    worker = begin("--log-format=json");
    String served = worker.awaitMetric("mooring_restore_point_timestamp_seconds{");

    assertThat(figure(served, name)).isEqualTo(before);
    assertThat(served).contains("mooring_proved_timestamp_seconds{", "mooring_points_behind{");
    assertThat(served).doesNotContain("mooring_runs_total");
  }

  @Test
  @Order(8)
  void tells_of_a_refused_consume_with_minus_1() throws Exception {
    publish();
    try (Stream<Path> archived = Files.list(lab.archive(0))) {
      for (Path file :
          archived.filter(f -> f.getFileName().toString().matches("[0-9A-F]{24}")).toList()) {
        Files.delete(file);
      }
    }
    StartedRun.of(
        temporal.address(),
        "DrConsume",
        consume(),
        run ->
            assertThatThrownBy(() -> run.getResult(String.class))
                .isInstanceOf(WorkflowFailedException.class));

    String served = awaitSuccess("preflight_failed_missing_wal", -1);
    assertThat(figure(served, runs("refused", "DrConsume"))).isEqualTo(1);
    assertThat(served).contains("runbook=\"DrConsume\",site=\"west\",outcome=\"refused\"");
    assertThat(figure(served, "mooring_points_behind" + of("site=\"west\""))).isEqualTo(1);
  }

  @Test
  @Order(9)
  void logs_one_json_object_per_line_that_says_what_it_is_about() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : worker.said().lines().toList()) {
      lines.add(JSON.readTree(line));
    }

    assertThat(lines).allMatch(line -> line.isObject() && line.hasNonNull("formattedMessage"));
    assertThat(lines)
        .as("the ending, said by the run")
        .anySatisfy(
            line -> {
              assertThat(line.at("/level").asText()).isEqualTo("ERROR");
              assertThat(line.at("/formattedMessage").asText())
                  .startsWith("DrConsume ends Refused");
              assertThat(line.at("/mdc/cluster").asText()).isEqualTo(lab.name());
              assertThat(line.at("/mdc/runbook").asText()).isEqualTo("DrConsume");
              assertThat(line.at("/mdc/run").asText()).isNotEmpty();
              assertThat(line.at("/mdc/step").asText()).isEqualTo("PROVE_CHAIN");
            });
    assertThat(lines)
        .as("a stack trace is within its line")
        .anyMatch(line -> line.at("/throwable/stepArray").size() > 10);
  }

  @Test
  @Order(10)
  void logs_of_an_attempt_that_failed_where_it_was_made() throws Exception {
    lab.faults().signalAllSsh(lab.host("w0"), Signal.KILL);
    StartedRun.of(
        temporal.address(), "ClusterStatus", lab.name(), run -> run.getResult(StatusResult.class));

    JsonNode failed = null;
    while (failed == null) {
      Thread.sleep(50);
      for (String line : worker.said().lines().toList()) {
        JsonNode read = JSON.readTree(line);
        failed = read.at("/mdc/host").asText().equals("w0") ? read.get("mdc") : failed;
      }
    }
    assertThat(failed.get("cluster").asText()).isEqualTo(lab.name());
    assertThat(failed.get("site").asText()).isEqualTo("west");
    assertThat(failed.get("instance").asText()).isEqualTo("west-0");
    assertThat(failed.get("runbook").asText()).isEqualTo("ClusterStatus");
    assertThat(failed.get("step").asText()).isEqualTo("LOOK");
    assertThat(failed.get("attempt").asText()).isEqualTo("1");
    assertThat(failed.get("run").asText()).isNotEmpty();
    assertThat(failed.get("epoch").asText()).isEqualTo("0");
  }

  /** A figure that is not there would silence the alert on it. */
  @Test
  @Order(11)
  void tells_that_a_store_was_never_read() throws Exception {
    Path file = Files.writeString(directory.resolve("in-the-place-of-a-store"), "no directory\n");
    String away =
        Files.readString(lab.clusterFile())
            .replace(lab.evidenceStore().toString(), file.resolve("store").toString())
            .replaceFirst("(?m)^(cluster: *\"?)" + lab.name(), "$1away");
    Path added = Files.writeString(lab.configDirectory().resolve("away.yaml"), away);
    try {
      String served =
          worker.awaitMetric("mooring_evidence_read_timestamp_seconds{cluster=\"away\"");

      while (!worker.said().contains("the evidence of away can't be read for the metrics")) {
        Thread.sleep(50);
      }
      assertThat(worker.said())
          .containsPattern("evidence of away can't be read .*" + file.getFileName());
      String read = "mooring_evidence_read_timestamp_seconds";
      assertThat(figure(served, read + "{cluster=\"away\"}")).isZero();
      assertThat(figure(served, read + of(""))).isGreaterThan(LATER_THAN);
    } finally {
      Files.delete(added);
    }
  }

  private static void publish() {
    StartedRun.of(
        temporal.address(), "PublishCycle", lab.name(), run -> run.getResult(PublishResult.class));
  }

  private static Map<String, String> consume() {
    return Map.of("cluster", lab.name(), "site", "west");
  }

  /** Its metrics, once a look at the evidence brought the last receipt's status. */
  private static String awaitSuccess(String status, int code) throws InterruptedException {
    return worker.awaitMetric(
        "whpg_dr_sync_status_code{mode=\"dr\",status=\""
            + status
            + "\",cluster=\""
            + lab.name()
            + "\",site=\"west\"} "
            + code);
  }

  private static String of(String more) {
    return "{cluster=\"" + lab.name() + "\"" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  private static String runs(String outcome, String runbook) {
    return String.format(
        "mooring_runs_total{cluster=\"%s\",outcome=\"%s\",runbook=\"%s\"}",
        lab.name(), outcome, runbook);
  }

  private static double figure(String served, String name) {
    return served
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in:\n" + served));
  }

  /** The number of the file that the copy's base backup begins in, of timeline 1. */
  private static long backupStart(LabInstance copy) throws Exception {
    Matcher label =
        BACKUP_START.matcher(Files.readString(copy.dataDirectory().resolve("backup_label")));
    assertThat(label.find()).isTrue();
    String file = label.group(1);
    long filesPerLog = (1L << 32) / WAL_FILE_BYTES;
    return Long.parseLong(file.substring(8, 16), 16) * filesPerLog
        + Long.parseLong(file.substring(16), 16);
  }
}
