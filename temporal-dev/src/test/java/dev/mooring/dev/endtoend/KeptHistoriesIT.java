package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.replay.ReplayMain;
import dev.mooring.evidence.Receipt;
import dev.mooring.wire.HistoryFormat;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs that Temporal has forgotten are told of, verified and replayed from the evidence store: a
 * publish and a consume over real servers, whose histories the worker kept before.
 */
@Tag("all")
class KeptHistoriesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String NO_CRASH = "\"fatalAfterStop\":false";
  private static final String CRASH = "\"fatalAfterStop\":true";

  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
    mooring.type("publish --by ann --reason weekly");
    mooring.type("consume --by ben");
    for (Receipt receipt : sites.receipts()) {
      String run = receipt.run().originalRun();
      Soon.soon("the history of " + run + " is kept", () -> files(run).size() == 2);
      forget(receipt.run());
    }
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** The record and the packed history of a run. */
  private static List<Path> files(String run) throws IOException {
    Path histories = stage.lab.evidenceStore().resolve(stage.cluster() + "/histories");
    if (!Files.exists(histories)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(histories)) {
      return all.filter(file -> file.getFileName().toString().contains(run)).sorted().toList();
    }
  }

  /** As the namespace's retention does, at once. */
  private static void forget(Receipt.RunReference run) {
    WorkflowExecution execution =
        WorkflowExecution.newBuilder()
            .setWorkflowId(run.workflowId())
            .setRunId(run.originalRun())
            .build();
    stage
        .service
        .client()
        .getWorkflowServiceStubs()
        .blockingStub()
        .deleteWorkflowExecution(
            DeleteWorkflowExecutionRequest.newBuilder()
                .setNamespace("default")
                .setWorkflowExecution(execution)
                .build());
    Soon.soon("Temporal has forgotten " + run.workflowId(), () -> isForgotten(run));
  }

  private static boolean isForgotten(Receipt.RunReference run) {
    try {
      stage
          .service
          .client()
          .newUntypedWorkflowStub(
              WorkflowTargetOptions.newBuilder()
                  .setWorkflowId(run.workflowId())
                  .setRunId(run.originalRun())
                  .build())
          .describe();
      return false;
    } catch (WorkflowNotFoundException forgotten) {
      return true;
    }
  }

  @Test
  void a_run_that_temporal_forgot_is_reported_from_the_evidence() throws IOException {
    String workflow = "mooring:" + stage.cluster() + ":consume:west";
    Answer page = mooring.type("report " + workflow);
    Answer json = mooring.type("report " + workflow + " --format json");

    assertThat(page.status()).as(page.err()).isZero();
    assertThat(page.out())
        .startsWith("# DrConsume of " + stage.cluster() + " at west: COMPLETED")
        .contains("| asked by | ben |", "| decisions | none |", "| west-1 | ");
    JsonNode report = JSON.readTree(json.out());
    assertThat(report.at("/evidence/history/kept").asText()).isEqualTo("evidence");
    assertThat(report.at("/evidence/history/events").asInt()).isGreaterThan(50);
    assertThat(report.at("/who/started_by").asText()).isNotEmpty();
    assertThat(report.at("/what/restore_point").asText()).isEqualTo(sites.mooredAt());
  }

  @Test
  void evidence_of_runs_that_temporal_forgot_is_verified_and_replays() {
    Answer verify = mooring.type("verify");

    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out())
        .contains("all evidence found is as it was written")
        .contains("2 histories were replayed by this release, of which 0 failed")
        .contains("2 kept histories are what their sealed records name")
        .contains("of the last 2 receipts 0 have no history here");
  }

  @Test
  void a_history_altered_by_a_byte_is_found_out() throws IOException {
    Path packed = packed(sites.lastReceipt());
    byte[] whole = Files.readAllBytes(packed);
    byte[] altered = whole.clone();
    altered[whole.length / 2] ^= 1;
    Files.write(packed, altered);
    Answer verify = mooring.type("verify");
    Files.write(packed, whole);

    assertThat(verify.status()).isEqualTo(7);
    assertThat(verify.out())
        .contains("EVIDENCE BROKEN", packed + " is not believed: it has digest");
  }

  @Test
  void a_kept_history_replays_with_this_code_and_one_that_was_altered_does_not()
      throws IOException {
    Path packed = packed(sites.lastReceipt());
    String json = HistoryFormat.unpack(Files.readAllBytes(packed));
    Path altered = Files.createTempFile("altered", ".json.gz");
    Files.write(altered, HistoryFormat.pack(withACrash(json)));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status =
        ReplayMain.run(
            List.of(packed.toString(), altered.toString(), "mooring:gone:publish"),
            mooring.environment(),
            new PrintStream(said, true, StandardCharsets.UTF_8));
    Files.delete(altered);

    assertThat(status).isEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            same -> assertThat(same).startsWith(packed + ": the same comes out, "),
            differs -> assertThat(differs).startsWith(altered + ": DIFFERS: "),
            gone -> assertThat(gone).contains(": can't be read: Temporal at "));
  }

  /** As if the instances that were proved had been seen with a crash behind their stop. */
  private static String withACrash(String json) {
    History.Builder altered = History.newBuilder();
    WorkflowExecutionHistory.fromJson(json).getEvents().stream()
        .map(KeptHistoriesIT::crashed)
        .forEach(altered::addEvents);
    return new WorkflowExecutionHistory(altered.build()).toJson(false);
  }

  private static HistoryEvent crashed(HistoryEvent event) {
    Payloads answer = event.getActivityTaskCompletedEventAttributes().getResult();
    if (answer.getPayloadsCount() == 0) {
      return event;
    }
    String text = answer.getPayloads(0).getData().toStringUtf8().replace(NO_CRASH, CRASH);
    HistoryEvent.Builder altered = event.toBuilder();
    altered
        .getActivityTaskCompletedEventAttributesBuilder()
        .getResultBuilder()
        .getPayloadsBuilder(0)
        .setData(ByteString.copyFromUtf8(text));
    return altered.build();
  }

  private static Path packed(Receipt receipt) throws IOException {
    return files(receipt.run().originalRun()).stream()
        .filter(file -> file.toString().endsWith(".gz"))
        .findFirst()
        .orElseThrow();
  }
}
