package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.dev.temporal.TemporalClient;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.client.WorkflowFailedException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker's program against a real Temporal. */
@Tag("all")
class WorkerProgramIT {
  private static final int STOPPED_BY_SIGTERM = 143;

  /** The encoding of packed payloads, binary/mooring-deflate, in base64. */
  private static final String PACKED = "YmluYXJ5L21vb3JpbmctZGVmbGF0ZQ";

  @TempDir Path directory;

  @Test
  void is_ready_while_temporal_is_and_ends_in_an_orderly_way() throws Exception {
    LocalTemporal temporal = LocalTemporal.up("worker-program");
    try (WorkerProgram worker =
        WorkerProgram.start(directory, "--site", "east", "--address", temporal.address())) {
      try {
        worker.awaitHealth(200);
        assertThat(worker.get("/health").body())
            .contains(
                "\"queues\":[\"mooring\",\"mooring-east\",\"mooring-east.watch\","
                    + "\"mooring.notices\"]");
        assertThat(worker.get("/metrics").body()).contains("jvm_memory_used_bytes");
        assertThat(worker.get("/nothing").status()).isEqualTo(404);
      } finally {
        temporal.close();
      }
      worker.awaitHealth(503);
      assertThat(worker.get("/health").body()).contains("\"ready\":false");
      assertThat(worker.terminated()).isEqualTo(STOPPED_BY_SIGTERM);
      assertThat(worker.said()).contains("stopping");
    }
  }

  /** A request that is no request for its size: the run ends, and its history holds it packed. */
  @Test
  void lets_temporals_tools_read_what_was_packed() throws Exception {
    String large = "nobody would type this much; ".repeat(10_000);
    try (LocalTemporal temporal = LocalTemporal.up("worker-codec");
        WorkerProgram worker =
            WorkerProgram.start(
                directory,
                "--site",
                "east",
                "--address",
                temporal.address(),
                "--codec-origins",
                "http://127.0.0.1:8233")) {
      worker.awaitHealth(200);
      StartedRun.of(
          temporal.address(),
          "PublishCycle",
          large,
          run ->
              assertThatThrownBy(() -> run.getResult(String.class))
                  .isInstanceOf(WorkflowFailedException.class));

      assertThat(shown(temporal)).contains(PACKED);
      assertThat(shown(temporal, "--codec-endpoint", worker.codec())).doesNotContain(PACKED);
      HttpResponse<String> refused = worker.post("/codec/decode", "{}");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("it must be an object with an array `payloads`");
      assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
          .hasValue("http://127.0.0.1:8233");
      assertThat(worker.post("/codec/encode", "{\"payloads\":[]}").body())
          .isEqualTo("{\"payloads\":[]}");
      assertThat(worker.get("/codec/decode").status()).isEqualTo(405);
    }
  }

  /** The history as Temporal's command line shows it. */
  private static String shown(LocalTemporal temporal, String... further) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getenv().getOrDefault("MOORING_TEMPORAL", "temporal"),
                "workflow",
                "show",
                "--address",
                temporal.address(),
                "--workflow-id",
                "metrics",
                "--output",
                "json"));
    command.addAll(List.of(further));
    Process show =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(show.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(show.waitFor()).as(said).isZero();
    assertThat(said).contains("WORKFLOW_EXECUTION_STARTED");
    return said;
  }

  @Test
  void says_how_to_register_what_a_namespace_lacks() throws Exception {
    try (LocalTemporal temporal = LocalTemporal.up("worker-attributes")) {
      registerNamespace(temporal.address(), "bare");
      try (WorkerProgram worker =
          WorkerProgram.start(directory, "--address", temporal.address(), "--namespace", "bare")) {
        assertThat(worker.ended()).isEqualTo(1);
        assertThat(worker.said())
            .contains("search attributes of namespace bare: MooringCluster is missing")
            .contains(
                "HINT: register them: temporal operator search-attribute create --address "
                    + temporal.address()
                    + " --namespace bare --name MooringCluster --type Keyword")
            .contains("--name MooringNeedsOperator --type Bool")
            .doesNotContain("Exception");
      }
    }
  }

  @Test
  void names_the_address_that_does_not_answer() throws Exception {
    try (WorkerProgram worker = WorkerProgram.start(directory, "--address", "127.0.0.1:1")) {
      assertThat(worker.ended()).isEqualTo(1);
      assertThat(worker.said())
          .contains("no Temporal server answers at 127.0.0.1:1: ")
          .contains("or name another with --address");
    }
  }

  private static void registerNamespace(String address, String name) throws InterruptedException {
    try (TemporalClient temporal = new TemporalClient(address)) {
      WorkflowServiceStubs stubs = temporal.client().getWorkflowServiceStubs();
      stubs
          .blockingStub()
          .registerNamespace(
              RegisterNamespaceRequest.newBuilder()
                  .setNamespace(name)
                  .setWorkflowExecutionRetentionPeriod(
                      Duration.newBuilder().setSeconds(86_400).build())
                  .build());
      stubs
          .blockingStub()
          .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(name).build());
    }
  }
}
