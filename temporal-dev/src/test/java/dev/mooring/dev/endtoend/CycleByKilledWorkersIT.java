package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.dev.endtoend.Clients.Side;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs whose worker is halted before and after every step: a publish that also settles an older
 * point and tells a consumer, a consume, and a consume whose instance dies twice. They end as
 * undisturbed ones do, and nothing is done twice with effect.
 */
@Tag("all")
@Tag("heavy")
class CycleByKilledWorkersIT {
  /** Steps of a DrConsume that are only taken when an instance dies on the way. */
  private static final EnumSet<ConsumeStep> RECOVERY =
      EnumSet.of(
          ConsumeStep.START_AGAIN,
          ConsumeStep.AWAIT_AGAIN,
          ConsumeStep.PROVE_AGAIN,
          ConsumeStep.PARK_REST);

  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    // the wait for the archive runs on while the worker is dead
    stage.amendClusterFile(
        now ->
            now.replace("name: west, consume: manual", "name: west, consume: onPublish")
                .replace("archiveWait: PT20S", "archiveWait: PT120S"));
    assertThat(Sites.read(stage.lab.clusterFile())).contains("name: west, consume: onPublish");
    stage.clients().begin();
    Soon.soon("a client has written", () -> !rowsOf(0).equals("0") && !rowsOf(1).equals("0"));
    stage.clients().silence("receipts are compared to the word, numbers of WAL files too");
  }

  private static String rowsOf(int content) {
    return sites.ask(content, "SELECT count(*) FROM lab.ledger");
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void every_step_of_both_runbooks_ends_as_if_undisturbed() throws Exception {
    consumerIsOpen(stage.service);
    leaveOnePending();
    String undisturbed = stage.publish().restorePoint();
    List<String> published = ReceiptInWords.of(lastReceiptOf("PublishCycle"));
    stage.consume(undisturbed);
    List<String> consumed = ReceiptInWords.of(lastReceiptOf("DrConsume"));
    stage.publish();
    List<String> recovered = failsOnTheWay();
    stage.consume();
    leaveOnePending();
    String point = stage.publish().restorePoint();
    leaveOnePending();
    stage.dismissWorker();

    // each under a Temporal of its own, so that a halt of the one does not disturb the other
    try (Service second = new Service("halt-" + stage.lab.name())) {
      CompletableFuture<String> publishing =
          CompletableFuture.supplyAsync(
              () -> halted(stage.service, "PublishCycle", stage.publishRequest()));
      halted(second, "DrConsume", stage.consumeRequest(point));
      assertThat(sites.mooredAt()).isEqualTo(point);
      assertThat(ReceiptInWords.of(lastReceiptOf("DrConsume"))).isEqualTo(consumed);
      publishing.get();
      assertThat(ReceiptInWords.of(lastReceiptOf("PublishCycle"))).isEqualTo(published);
      assertThat(stage.lab.instancesAt("west"))
          .extracting(stage.lab::controlState)
          .containsOnly("shut down in recovery");
      stage.clients().assertExact();
      assertThat(failsOnTheWay(second)).isEqualTo(recovered);
      assertThat(sites.mooredAt()).isEqualTo(point);
    }
    assertThat(hit("PublishCycle"))
        .containsExactlyInAnyOrderElementsOf(points(EnumSet.allOf(PublishStep.class)));
    Set<String> consume = hit("DrConsume");
    consume.addAll(hit("recovery"));
    assertThat(consume)
        .containsExactlyInAnyOrderElementsOf(points(EnumSet.allOf(ConsumeStep.class)));
  }

  /** A run that is told of new points, and that no worker serves. */
  private static void consumerIsOpen(Service service) {
    service
        .client()
        .newUntypedWorkflowStub(
            "DrConsume",
            WorkflowOptions.newBuilder()
                .setWorkflowId("mooring:" + stage.cluster() + ":consume:west")
                .setTaskQueue("nobody")
                .build())
        .start();
  }

  /** A publish that is stopped before it looked for its point: the next one settles that. */
  private static void leaveOnePending() {
    CompletableFuture<WorkflowStub> started = new CompletableFuture<>();
    stage.hooks.before(PublishStep.AWAIT_ARCHIVE, () -> started.join().cancel());
    started.complete(stage.startPublish());
    assertThatThrownBy(() -> started.join().getResult(Object.class))
        .isInstanceOf(WorkflowFailedException.class);
  }

  private String halted(Service service, String type, String json) {
    directoryOf(type);
    WorkflowStub run = service.start(type, json);
    try (WorkerProcess worker = worker(service, type, run)) {
      String outcome = run.getResult(JsonNode.class).path("outcome").asText();
      assertThat(outcome).isEqualTo("Completed");
      assertThat(worker.starts()).as("starts of the worker").isGreaterThan(hit(type).size());
      return outcome;
    }
  }

  /** A consume one of whose instances is killed in both its starts; its receipt in words. */
  private static List<String> failsOnTheWay() {
    LabInstance west = sites.west(0);
    String target = sites.targetFile(0);
    forgetWhatItWaitedFor(west);
    stage.hooks.before(ConsumeStep.SET_TARGETS, () -> stage.lab.faults().hideWal(0, target));
    stage.hooks.before(ConsumeStep.START_AGAIN, () -> forgetWhatItWaitedFor(west));
    WorkflowStub run = stage.startConsumeOfLatest();
    killWhileItWaits(west);
    Soon.soon("it is to start again", stage.hooks::allRun);
    killWhileItWaits(west);
    return receiptOfMismatch(run, target);
  }

  /** The same, halted before and after each step from its first start on. */
  private List<String> failsOnTheWay(Service service) throws IOException {
    stage.clients().without(Side.COPIES, "one is killed for good, and not parked");
    Path points = directoryOf("recovery");
    Set<String> passed = points(EnumSet.complementOf(RECOVERY));
    passed.remove("SET_TARGETS.before");
    for (String point : passed) {
      Files.createFile(points.resolve(point));
    }
    LabInstance west = sites.west(0);
    String target = sites.targetFile(0);
    WorkflowStub run = service.start("DrConsume", stage.consumeRequest("latest"));
    try (WorkerProcess worker = worker(service, "recovery", run)) {
      Soon.soon("the chain is proved", () -> hit("recovery").contains("SET_TARGETS.before"));
      stage.lab.faults().hideWal(0, target);
      killWhileItWaits(west);
      Soon.soon("it is to start again", () -> hit("recovery").contains("START_AGAIN.before"));
      forgetWhatItWaitedFor(west);
      killWhileItWaits(west);
      List<String> receipt = receiptOfMismatch(run, target);
      assertThat(worker.starts()).isGreaterThan(2 * RECOVERY.size());
      return receipt;
    }
  }

  /** Asserts that the run failed and left no server behind; its receipt in words. */
  private static List<String> receiptOfMismatch(WorkflowStub run, String target) {
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("Failed");
    assertThat(ending.code()).isEqualTo("TARGET_MISMATCH");
    assertThat(stage.lab.isRunning(sites.west(0))).isFalse();
    stage.lab.faults().showWal(0, target);
    Receipt receipt = lastReceiptOf("DrConsume");
    assertThat(receipt.steps().stream().map(Receipt.StepRecord::step))
        .containsAll(RECOVERY.stream().map(Enum::name).toList())
        .doesNotHaveDuplicates();
    return ReceiptInWords.of(receipt);
  }

  private static void forgetWhatItWaitedFor(LabInstance instance) {
    try {
      Files.deleteIfExists(sites.gateStatus(instance));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void killWhileItWaits(LabInstance instance) {
    Soon.soon(
        "it waits for the target's file", () -> Sites.says(sites.gateStatus(instance), "absent"));
    stage.lab.faults().signal(instance, Signal.KILL);
  }

  private WorkerProcess worker(Service service, String points, WorkflowStub run) {
    return new WorkerProcess(
            HaltingWorker.class,
            List.of(
                service.address(),
                stage.lab.configDirectory().toString(),
                directory.resolve(points).toString(),
                run.getExecution().getWorkflowId()),
            stage.lab.environment(),
            directory.resolve(points + ".log"))
        .heldReady();
  }

  private Path directoryOf(String points) {
    try {
      return Files.createDirectory(directory.resolve(points));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> hit(String points) {
    try (Stream<Path> files = Files.list(directory.resolve(points))) {
      return files
          .map(f -> f.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Both points of each step; what is called before a file is read or elsewhere has no step. */
  private static <S extends Enum<S>> Set<String> points(EnumSet<S> steps) {
    Set<String> calls = new TreeSet<>(Set.of("ReadCluster", "ObserveClusterFile", "RECEIPT"));
    steps.stream()
        .map(Enum::name)
        .filter(step -> !step.equals("RESOLVE"))
        .map(step -> step.equals("START_CONSUMERS") ? "EnsureConsumer" : step)
        .forEach(calls::add);
    return calls.stream()
        .flatMap(call -> Stream.of(call + ".before", call + ".after"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Receipt lastReceiptOf(String runbook) {
    return sites.receipts().stream()
        .filter(receipt -> receipt.run().runbook().equals(runbook))
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }
}
