package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.laws.Laws;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A lab, a Temporal server and a worker in this JVM, for one test class. */
final class Stage implements AutoCloseable {
  final Lab lab;
  final Service service;

  /** What goes wrong in the worker of this stage. */
  final StepHooks hooks = new StepHooks();

  /** How long the runs of this stage's own worker wait. */
  final Patience patience = new Patience();

  private MooringWorker worker;
  private final Clients clients;
  private final String clusterFile;
  private Laws laws;

  Stage(LabPlan plan) {
    CompletableFuture<Service> serving =
        CompletableFuture.supplyAsync(() -> new Service(plan.name()));
    try {
      lab = Lab.up(plan);
    } catch (LabFailure e) {
      serving.thenAccept(Service::close).join();
      throw e;
    }
    service = serving.join();
    worker = workerOf(service);
    clients = new Clients(lab);
    clusterFile = clusterFileText();
    laws = Laws.over(lab);
  }

  /** A worker of both sites. */
  MooringWorker workerOf(Service temporal) {
    return workerOf(temporal, List.of(hooks, patience));
  }

  /** A worker of one site alone. */
  MooringWorker workerAt(String site) {
    return workerOf(service, List.of(hooks), List.of(new SiteName(site)));
  }

  /** The same, with that in its ways. */
  MooringWorker workerOf(Service temporal, List<WorkerInterceptor> interceptors) {
    return workerOf(temporal, interceptors, List.of(new SiteName("east"), new SiteName("west")));
  }

  private MooringWorker workerOf(
      Service temporal, List<WorkerInterceptor> interceptors, List<SiteName> sites) {
    WorkerConfig config =
        new WorkerConfig(
            sites,
            lab.configDirectory(),
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.of(temporal.address()), Optional.empty()));
    return new MooringWorker(
        temporal.client(),
        config,
        lab.environment(),
        Path.of(System.getProperty("user.home")),
        interceptors);
  }

  /** The laws, watched since the last reset. */
  Laws laws() {
    return laws;
  }

  /** Who writes to production from {@link #begin} on. */
  Clients clients() {
    return clients;
  }

  /** From here on the caller brings workers of its own. */
  void dismissWorker() {
    worker.close();
  }

  /** Has a worker of its own again. */
  void recallWorker() {
    worker = workerOf(service);
  }

  String cluster() {
    return lab.name();
  }

  /** The command line, as it is typed beside this stage's worker. */
  Mooring mooring() {
    return new Mooring(lab.environment(), service.address());
  }

  /** The rest of a request that has to say its mode, which is plan where it says none. */
  static String orPlan(String more) {
    return more.contains("\"mode\"") ? more : more + ",\"mode\":\"plan\"";
  }

  /** Starts a run without waiting for it. */
  WorkflowStub start(String type, String json) {
    return service.start(type, json);
  }

  PublishResult publish() {
    return start("PublishCycle", publishRequest()).getResult(PublishResult.class);
  }

  ConsumeResult consume() {
    return consume("latest");
  }

  ConsumeResult consume(String target) {
    return startConsume(target).getResult(ConsumeResult.class);
  }

  WorkflowStub startPublish() {
    return start("PublishCycle", publishRequest());
  }

  WorkflowStub startConsume(String target) {
    return start("DrConsume", consumeRequest(target));
  }

  WorkflowStub startConsumeOfLatest() {
    return startConsume("latest");
  }

  EndingRecord publishFails() {
    return endingOf(startPublish());
  }

  EndingRecord consumeFails(String target) {
    return endingOf(startConsume(target));
  }

  /** How a run ended that did not complete. */
  static EndingRecord endingOf(WorkflowStub run) {
    try {
      Object result = run.getResult(Object.class);
      throw new AssertionError("the run completed: " + result);
    } catch (WorkflowFailedException e) {
      if (e.getCause() instanceof ApplicationFailure failure) {
        return failure.getDetails().get(EndingRecord.class);
      }
      throw e;
    }
  }

  /** Moors the west at a first point and puts that aside, so that every test begins there. */
  String beginMoored() {
    String point = publish().restorePoint();
    consume();
    begin();
    return point;
  }

  /** Puts aside what is there now, so that every test begins there. */
  void begin() {
    laws.close();
    clients.stop();
    lab.snapshot();
    laws = Laws.over(lab);
    clients.begin();
  }

  /** Asserts the laws, and that both sides hold what clients were promised that they hold. */
  void assertAll() {
    laws.assertAll();
    clients.assertExact();
  }

  /** Asserts all, then brings servers, archive, evidence and cluster file back. */
  void reset() {
    try {
      assertAll();
    } finally {
      laws.close();
      clients.cutOff();
      hooks.clear();
      patience.asUsual();
      lab.restore();
      amendClusterFile(now -> clusterFile);
      laws = Laws.over(lab);
      clients.begin();
    }
  }

  /** Edits the cluster file as a person does. */
  void amendClusterFile(UnaryOperator<String> edit) {
    try {
      Files.writeString(lab.clusterFile(), edit.apply(clusterFileText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets the archiver of content 0 fail; the next run's wait for the archive begins when it has
   * failed since the point was made.
   */
  void breakArchiver() {
    AtomicReference<String> before = new AtomicReference<>("");
    lab.faults().archiveOff(0);
    hooks.before(PublishStep.SWITCH_WAL, () -> before.set(archiverFailures()));
    hooks.before(
        PublishStep.AWAIT_ARCHIVE,
        () -> Soon.soon("the archiver fails", () -> !archiverFailures().equals(before.get())));
  }

  private String archiverFailures() {
    return new Sites(lab).ask(0, "SELECT failed_count FROM pg_stat_archiver");
  }

  /** Names other programs as an instance's manager. */
  void manage(LabInstance instance, Path programs) {
    String from = "id: " + instance.id() + ",";
    String named = "pg_ctl: \"" + lab.postgresPrograms() + "\"";
    amendClusterFile(
        now ->
            now.lines()
                .map(
                    line ->
                        line.contains(from)
                            ? line.replace(named, "pg_ctl: \"" + programs + "\"")
                            : line)
                .collect(Collectors.joining("\n", "", "\n")));
  }

  private String clusterFileText() {
    try {
      return Files.readString(lab.clusterFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String publishRequest() {
    return "{\"cluster\":\"" + cluster() + "\"}";
  }

  String consumeRequest(String target) {
    return String.format(
        "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"%s\"}", cluster(), target);
  }

  /** Asserts all once more, and takes everything down. */
  @Override
  public void close() {
    try {
      assertAll();
    } finally {
      laws.close();
      clients.cutOff();
      worker.close();
      service.close();
      lab.close();
    }
  }
}
