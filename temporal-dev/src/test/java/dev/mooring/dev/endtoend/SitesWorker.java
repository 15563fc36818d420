package dev.mooring.dev.endtoend;

import dev.mooring.topology.SiteName;
import dev.mooring.wire.RunbookDataConverter;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A worker of both sites in a process of its own, to which something is about to happen. */
final class SitesWorker {
  private final String address;
  private final WorkflowClient client;

  /** Connects to Temporal. */
  SitesWorker(String address) {
    this.address = address;
    this.client =
        WorkflowClient.newInstance(
            WorkflowServiceStubs.newConnectedServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(address).build(),
                Duration.ofMinutes(1)),
            WorkflowClientOptions.newBuilder()
                .setDataConverter(RunbookDataConverter.create())
                .build());
  }

  WorkflowClient client() {
    return client;
  }

  /** Serves until the process is killed. */
  void serve(Path clusterFiles, List<WorkerInterceptor> interceptors) throws InterruptedException {
    WorkerConfig config =
        new WorkerConfig(
            List.of(new SiteName("east"), new SiteName("west")),
            clusterFiles,
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.of(address), Optional.empty()));
    try (MooringWorker worker =
        new MooringWorker(
            client,
            config,
            System.getenv(),
            Path.of(System.getProperty("user.home")),
            interceptors)) {
      while (worker.isServing()) {
        Thread.currentThread().join(1000);
      }
    }
  }
}
