package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The main job: a restore point over four real primaries, four real copies proved to stand there.
 */
@Tag("all")
class PublishConsumeIT {
  private static Stage stage;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(4));
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void moors_the_dr_site_at_the_published_point_and_knows_that_it_is_there() throws Exception {
    PublishResult published = stage.publish();
    assertThat(published.outcome()).isEqualTo("Completed");
    assertThat(published.proof()).hasSize(4);
    for (LabInstance instance : stage.lab.instancesAt("west")) {
      Files.delete(instance.dataDirectory().resolve("standby.signal"));
    }

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
    assertThat(consumed.proof()).hasSize(4);
    for (LabInstance instance : stage.lab.instancesAt("west")) {
      assertParked(instance, published.restorePoint());
    }
    List<String> before = controlFiles();

    ConsumeResult again = stage.consume();

    assertThat(again.headline()).contains("already");
    assertThat(controlFiles()).isEqualTo(before);
  }

  /** Read here by pg_controldata and from the files, not by the code under test. */
  private static void assertParked(LabInstance instance, String point) throws Exception {
    assertThat(stage.lab.controlState(instance)).isEqualTo("shut down in recovery");
    assertThat(instance.dataDirectory().resolve("standby.signal")).exists();
    String configuration =
        Files.readString(instance.dataDirectory().resolve("postgresql.auto.conf"));
    assertThat(configuration.lines().filter(line -> line.startsWith("recovery_target_name")))
        .containsExactly("recovery_target_name = '" + point + "'");
    assertThat(configuration).contains("recovery_target_action = 'shutdown'");
    ControlData control = ControlData.parse(controlData(instance));
    assertThat(control.checkpoint().timeline().value()).isEqualTo(1);
    Lsn target = target(point, instance.content());
    boolean beyond =
        control.recovery().minimumEnd().match(() -> true, (lsn, t) -> lsn.isAfter(target));
    assertThat(beyond).as("%s lies beyond %s", instance.id(), target).isFalse();
  }

  private static String controlData(LabInstance instance) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            stage.lab.postgresPrograms().resolve("pg_controldata").toString(),
            instance.dataDirectory().toString());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return text;
  }

  private static List<String> controlFiles() throws IOException {
    List<String> digests = new ArrayList<>();
    for (LabInstance instance : stage.lab.instancesAt("west")) {
      byte[] bytes = Files.readAllBytes(instance.dataDirectory().resolve("global/pg_control"));
      digests.add(Arrays.hashCode(bytes) + " " + bytes.length);
    }
    return digests;
  }

  private static Lsn target(String point, int content) throws IOException {
    for (JsonNode segment : manifest(point).path("segments")) {
      if (segment.path("gp_segment_id").asInt(-2) == content) {
        return Lsn.parse(segment.path("restore_lsn").asText());
      }
    }
    throw new AssertionError("manifest " + point + " has no content " + content);
  }

  private static JsonNode manifest(String point) throws IOException {
    Path manifests = stage.lab.evidenceStore().resolve(stage.cluster()).resolve("manifests");
    return new ObjectMapper().readTree(manifests.resolve(point + ".json").toFile());
  }

  @Test
  void ends_the_wal_file_after_the_point_unless_told_not_to() throws Exception {
    JsonNode switched = manifest(stage.publish().restorePoint());
    for (JsonNode content : switched.path("evidence").path("switch_wal")) {
      Lsn point =
          target(switched.path("restore_point").asText(), content.path("gp_segment_id").asInt());
      assertThat(Lsn.parse(content.path("switch_lsn").asText())).isGreaterThan(point);
    }
    assertThat(switched.path("evidence").path("switch_wal")).hasSize(4);

    WorkflowStub run =
        stage.start(
            "PublishCycle", "{\"cluster\":\"" + stage.cluster() + "\",\"switchWal\":\"off\"}");
    assertEveryPointLiesInTheCurrentFile(pendingAfter(switched.path("restore_point").asText()));
    endWalFilesByHand();
    PublishResult left = run.getResult(PublishResult.class);

    assertThat(manifest(left.restorePoint()).path("evidence").path("switch_wal")).isEmpty();
    assertThat(run.query("progress", Progress.class).steps())
        .filteredOn(step -> step.step().equals("SWITCH_WAL"))
        .extracting(Progress.StepProgress::state)
        .containsExactly("skipped");
  }

  /** No primary has ended its file since, as its own position says. */
  private static void assertEveryPointLiesInTheCurrentFile(JsonNode pending) {
    Sites sites = new Sites(stage.lab);
    assertThat(pending.path("segments")).hasSize(4);
    for (JsonNode segment : pending.path("segments")) {
      String point = segment.path("restore_lsn").asText();
      assertThat(
              sites.ask(
                  segment.path("gp_segment_id").asInt(),
                  "SELECT pg_walfile_name('%s') = pg_walfile_name(pg_current_wal_insert_lsn())"
                      .formatted(point)))
          .isEqualTo("t");
    }
  }

  private static JsonNode pendingAfter(String before) throws IOException {
    Path manifests = stage.lab.evidenceStore().resolve(stage.cluster()).resolve("manifests");
    AtomicReference<Path> pending = new AtomicReference<>();
    Soon.soon(
        "a manifest is pending after " + before,
        () -> {
          try (Stream<Path> files = Files.list(manifests)) {
            files
                .filter(file -> file.toString().endsWith(".pending.json"))
                .findFirst()
                .ifPresent(pending::set);
          }
          return pending.get() != null;
        });
    return new ObjectMapper().readTree(Objects.requireNonNull(pending.get()).toFile());
  }

  private static void endWalFilesByHand() throws SQLException {
    for (LabInstance instance : stage.lab.instancesAt("east")) {
      try (Connection connection = stage.lab.connect(instance);
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_switch_wal()");
      }
    }
  }

  @Test
  void keeps_a_barrier_between_each_two_phases() {
    stage.publish();
    WorkflowStub run = stage.start("DrConsume", stage.consumeRequest("latest"));
    run.getResult(ConsumeResult.class);

    List<String> order = completions(run);

    assertThat(order.indexOf("EnsureReplaying begins"))
        .isGreaterThan(order.lastIndexOf("EnsureTarget ends"));
    assertThat(order.indexOf("AwaitParked begins"))
        .isGreaterThan(order.lastIndexOf("EnsureReplaying ends"));
    assertThat(order.indexOf("ObserveParked begins"))
        .isGreaterThan(order.lastIndexOf("AwaitParked ends"));
    assertThat(order.indexOf("EnsureSiteState begins"))
        .isGreaterThan(order.lastIndexOf("ObserveParked ends"))
        .isNotNegative();
    assertThat(order.stream().filter("EnsureTarget ends"::equals)).hasSize(4);
  }

  private static List<String> completions(WorkflowStub run) {
    List<String> order = new ArrayList<>();
    List<HistoryEvent> events =
        stage
            .service
            .client()
            .fetchHistory(run.getExecution().getWorkflowId(), run.getExecution().getRunId())
            .getEvents();
    for (HistoryEvent event : events) {
      if (event.hasActivityTaskScheduledEventAttributes()) {
        order.add(type(event) + " begins");
      }
      if (event.hasActivityTaskCompletedEventAttributes()) {
        long scheduled = event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
        order.add(type(events.get((int) scheduled - 1)) + " ends");
      }
    }
    return order;
  }

  private static String type(HistoryEvent scheduled) {
    return scheduled.getActivityTaskScheduledEventAttributes().getActivityType().getName();
  }
}
