package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.Receipt;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DeleteWorkflowExecutionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs that Temporal has forgotten are told of, verified and replayed from the evidence store: a
 * publish and a consume over real servers, whose histories the worker kept before.
 */
@Timeout(120)
class KeptHistoriesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

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
      stage.service.client().fetchHistory(run.workflowId(), run.originalRun());
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.NOT_FOUND;
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
}
