package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.mooring.dev.temporal.LocalTemporal;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker's program against a real Temporal. */
@Timeout(180)
class WorkerProgramIT {
  private static final int STOPPED_BY_SIGTERM = 143;

  @TempDir Path directory;

  @Test
  void is_ready_while_temporal_is_and_ends_in_an_orderly_way() throws Exception {
    LocalTemporal temporal = LocalTemporal.up("worker-program");
    try (WorkerProgram worker =
        WorkerProgram.start(directory, "--site", "east", "--address", temporal.address())) {
      try {
        worker.awaitHealth(200);
        assertThat(worker.get("/health").body())
            .contains("\"queues\":[\"mooring\",\"mooring-east\"]");
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
          .contains("the Temporal service at 127.0.0.1:1 does not answer")
          .contains("HINT: start it, or name another with --address");
    }
  }

  private static void registerNamespace(String address, String name) throws InterruptedException {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    try {
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
    } finally {
      stubs.shutdownNow();
    }
  }
}
