package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.HostClock;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.runbook.publish.PublishResult;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers before stores that take no history, or never answer: it is counted, told of before
 * Temporal forgets, and other clusters' evidence and histories go on.
 */
@Tag("all")
class HistoryExportIT {
  @TempDir static Path directory;
  private static Lab lab;
  private static LocalTemporal temporal;
  private static WorkerProgram worker;

  @BeforeAll
  static void raise() throws Exception {
    lab = Lab.up(LabPlan.fleet(1).withWalFileMegabytes(1));
    temporal = LocalTemporal.up("history-export");
    worker = begin(Map.of());
  }

  @AfterAll
  static void strike() {
    worker.close();
    temporal.close();
    lab.close();
  }

  private static WorkerProgram begin(Map<String, String> more) throws Exception {
    Map<String, String> environment = new HashMap<>(lab.environment());
    environment.putAll(more);
    WorkerProgram begun =
        WorkerProgram.start(
            directory,
            environment,
            "--site=east",
            "--evidence-every=1",
            "--config-dir=" + lab.configDirectory(),
            "--address=" + temporal.address());
    begun.awaitHealth(200);
    return begun;
  }

  /** A worker to which runs were over 23 hours ago, of the 24 for which Temporal knows them. */
  private static WorkerProgram late() throws Exception {
    Path clock = directory.resolve("clock");
    HostClock.write(clock, "+" + 23 * 3600);
    return begin(HostClock.environment(clock));
  }

  @Test
  void a_history_that_could_not_be_kept_is_an_alarm_and_kept_later_by_one_of_two_workers()
      throws Exception {
    Path histories = lab.evidenceStore().resolve(lab.name() + "/histories");
    Files.createDirectories(histories.getParent());
    Files.writeString(histories, "in the place of the directory");
    StartedRun.of(
        temporal.address(), "PublishCycle", lab.name(), run -> run.getResult(PublishResult.class));
    String of = "{cluster=\"" + lab.name() + "\"} ";
    worker.awaitMetric("mooring_histories_waiting" + of + "1.0");
    assertThat(worker.get("/metrics").body())
        .doesNotContain("mooring_histories_failures_total" + of + "0.0")
        .contains("mooring_histories_kept_total" + of + "0.0")
        .contains("mooring_histories_oldest_waiting_seconds" + of);
    assertThat(worker.said()).doesNotContain("Temporal forgets");

    try (WorkerProgram late = late()) {
      awaitAlarm(late, histories);
      Files.delete(histories);
      String none = "mooring_histories_waiting" + of + "0.0";
      double kept = figure(worker.awaitMetric(none), "mooring_histories_kept_total", lab.name());
      assertThat(kept + figure(late.awaitMetric(none), "mooring_histories_kept_total", lab.name()))
          .isEqualTo(1);
    }
    try (Stream<Path> kept = Files.list(histories)) {
      assertThat(kept).hasSize(2);
    }
  }

  private static void awaitAlarm(WorkerProgram worker, Path inTheWay) throws Exception {
    Pattern alarm =
        Pattern.compile(
            " ERROR .*Temporal forgets the history of run .* of metrics on .*Z, and it is not in"
                + " the evidence store yet: .*"
                + Pattern.quote(inTheWay.toString()));
    while (!alarm.matcher(worker.said()).find()) {
      Thread.sleep(50);
    }
  }

  @Test
  void a_store_that_never_answers_leaves_the_figures_of_others_alone() throws Exception {
    Path store = directory.resolve("silent");
    Path latest = store.resolve("adrift/manifests/LATEST.json");
    Files.createDirectories(latest.getParent());
    assertThat(new ProcessBuilder("mkfifo", latest.toString()).start().waitFor()).isZero();
    String adrift =
        Files.readString(lab.clusterFile())
            .replace(lab.evidenceStore().toString(), store.toString())
            .replaceFirst("(?m)^(cluster: *\"?)" + lab.name(), "$1adrift");
    Path added = Files.writeString(lab.configDirectory().resolve("adrift.yaml"), adrift);
    String read = "mooring_evidence_read_timestamp_seconds";
    // opened for writing once the worker reads it
    OutputStream unanswered = Files.newOutputStream(latest);
    try {
      assertThat(figure(worker.get("/metrics").body(), read, "adrift")).isNotPositive();
      double before = figure(worker.awaitMetric(read), read, lab.name());
      while (figure(worker.get("/metrics").body(), read, lab.name()) < before + 2) {
        Thread.sleep(50);
      }
      assertThat(figure(worker.get("/metrics").body(), read, "adrift")).isNotPositive();
    } finally {
      Files.delete(added);
      Files.delete(latest);
      unanswered.close();
    }
  }

  /** -1 where it is not told. */
  private static double figure(String served, String name, String cluster) {
    Matcher figure =
        Pattern.compile("(?m)^" + name + "\\{cluster=\"" + cluster + "\"} (.*)$").matcher(served);
    return figure.find() ? Double.parseDouble(figure.group(1)) : -1;
  }
}
