package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A lab, a Temporal server and a worker in this JVM, for one test class. */
final class Stage implements AutoCloseable {
  final Lab lab;
  final Service service;
  private final MooringWorker worker;

  Stage(LabPlan plan) {
    lab = Lab.up(plan);
    service = new Service(lab.name());
    WorkerConfig config =
        new WorkerConfig(
            List.of(new SiteName("east"), new SiteName("west")),
            lab.configDirectory(),
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.of(service.address()), Optional.empty()));
    worker =
        new MooringWorker(
            service.client(),
            config,
            lab.environment(),
            Path.of(System.getProperty("user.home")),
            List.of());
  }

  /** From here on the caller brings workers of its own. */
  void dismissWorker() {
    worker.close();
  }

  String cluster() {
    return lab.name();
  }

  /** Starts a run without waiting for it. */
  WorkflowStub start(String type, String json) {
    return service.start(type, json);
  }

  PublishResult publish() {
    return start("PublishCycle", publishRequest()).getResult(PublishResult.class);
  }

  ConsumeResult consume() {
    return start("DrConsume", consumeRequest("latest")).getResult(ConsumeResult.class);
  }

  String publishRequest() {
    return "{\"cluster\":\"" + cluster() + "\"}";
  }

  String consumeRequest(String target) {
    return String.format(
        "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"%s\"}", cluster(), target);
  }

  @Override
  public void close() {
    worker.close();
    service.close();
    lab.close();
  }
}
