package dev.mooring.dev.endtoend;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A lab, a Temporal server and a worker in this JVM, for one test class. */
final class Stage implements AutoCloseable {
  final Lab lab;
  final LocalTemporal temporal;
  final WorkflowClient client;
  private final WorkflowServiceStubs stubs;
  private MooringWorker worker;

  Stage(LabPlan plan) {
    lab = Lab.up(plan);
    temporal = LocalTemporal.up("it-" + ProcessHandle.current().pid() + "-" + lab.name());
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.address()).build());
    client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(RunbookDataConverter.create())
                .build());
    worker = newWorker();
  }

  private MooringWorker newWorker() {
    return new MooringWorker(
        client,
        workerConfig(),
        lab.environment(),
        Path.of(System.getProperty("user.home")),
        List.of());
  }

  private WorkerConfig workerConfig() {
    return new WorkerConfig(
        List.of(new SiteName("east"), new SiteName("west")),
        lab.configDirectory(),
        Optional.empty(),
        new WorkerConfig.Temporal(Optional.of(temporal.address()), Optional.empty()));
  }

  String cluster() {
    return lab.name();
  }

  /** Starts a run without waiting for it. */
  WorkflowStub start(String type, String json) {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            type,
            WorkflowOptions.newBuilder()
                .setWorkflowId("it:" + type + ":" + UUID.randomUUID())
                .setTaskQueue("mooring")
                .build());
    try {
      run.start(new RawRequest(RunbookDataConverter.mapper().readTree(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
    return run;
  }

  PublishResult publish() {
    return start("PublishCycle", "{\"cluster\":\"" + cluster() + "\"}")
        .getResult(PublishResult.class);
  }

  ConsumeResult consume() {
    return consume("latest");
  }

  ConsumeResult consume(String target) {
    return start("DrConsume", consumeRequest(target)).getResult(ConsumeResult.class);
  }

  String consumeRequest(String target) {
    return String.format(
        "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"%s\"}", cluster(), target);
  }

  @Override
  public void close() {
    worker.close();
    stubs.shutdownNow();
    temporal.close();
    lab.close();
  }
}
