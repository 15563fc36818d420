package dev.mooring.dev.worker;

import dev.mooring.dev.temporal.TemporalClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.Map;
import java.util.function.Consumer;

/** A run started for a worker's figures. */
final class StartedRun {
  private StartedRun() {}

  /** Starts a run about a cluster, which is given to be waited for. */
  static void of(String address, String type, String cluster, Consumer<WorkflowStub> awaited) {
    of(address, type, Map.of("cluster", cluster), awaited);
  }

  /** Starts a run on that request, which is given to be waited for. */
  static void of(
      String address, String type, Map<String, String> request, Consumer<WorkflowStub> awaited) {
    try (TemporalClient temporal = new TemporalClient(address)) {
      WorkflowStub run =
          temporal
              .client()
              .newUntypedWorkflowStub(
                  type,
                  WorkflowOptions.newBuilder()
                      .setWorkflowId("metrics")
                      .setTaskQueue("mooring")
                      .build());
      run.start(request);
      awaited.accept(run);
    }
  }
}
