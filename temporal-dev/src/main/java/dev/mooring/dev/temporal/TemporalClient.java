package dev.mooring.dev.temporal;

import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;

/** A client of a Temporal server that speaks the runbooks' own payloads. */
public final class TemporalClient implements AutoCloseable {
  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;

  /**
   * A client that connects at its first use.
   *
   * @param address host:port
   */
  public TemporalClient(String address) {
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(RunbookDataConverter.create())
                .build());
  }

  public WorkflowClient client() {
    return client;
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
