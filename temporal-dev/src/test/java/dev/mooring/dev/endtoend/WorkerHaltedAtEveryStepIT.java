package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run of each runbook whose worker is halted before and after every step it takes: the run ends
 * as an undisturbed one does, and nothing is done twice with effect.
 */
@Timeout(900)
class WorkerHaltedAtEveryStepIT {
  /** Steps of a DrConsume that an undisturbed run skips: nobody died, nothing failed. */
  private static final EnumSet<ConsumeStep> NOT_TAKEN =
      EnumSet.of(
          ConsumeStep.START_AGAIN,
          ConsumeStep.AWAIT_AGAIN,
          ConsumeStep.PROVE_AGAIN,
          ConsumeStep.PARK_REST);

  private static Stage stage;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2));
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void both_runbooks_end_as_if_undisturbed() throws Exception {
    PublishResult before = stage.publish();
    stage.dismissWorker();
    String publish = "{\"cluster\":\"" + stage.cluster() + "\"}";
    String consume = stage.consumeRequest(before.restorePoint());

    // each under a Temporal of its own, so that a halt of the one does not disturb the other
    try (Service second = new Service("halt-" + stage.lab.name())) {
      CompletableFuture<PublishResult> publishing =
          CompletableFuture.supplyAsync(
              () -> halted(stage.service, "PublishCycle", publish, PublishResult.class));
      ConsumeResult consumed = halted(second, "DrConsume", consume, ConsumeResult.class);
      PublishResult published = publishing.get();

      assertThat(published.outcome()).isEqualTo("Completed");
      assertThat(published.restorePoint()).isNotEqualTo(before.restorePoint());
      assertThat(consumed.outcome()).isEqualTo("Completed");
      assertThat(consumed.restorePoint()).isEqualTo(before.restorePoint());
      assertThat(consumed.proof()).hasSize(2);
    }
    assertThat(hit("PublishCycle"))
        .containsExactlyInAnyOrderElementsOf(
            points(
                EnumSet.complementOf(
                    EnumSet.of(PublishStep.SETTLE_PENDING, PublishStep.START_CONSUMERS))));
    assertThat(hit("DrConsume"))
        .containsExactlyInAnyOrderElementsOf(points(EnumSet.complementOf(NOT_TAKEN)));
    assertThat(stage.lab.instancesAt("west"))
        .extracting(stage.lab::controlState)
        .containsOnly("shut down in recovery");
  }

  private <R> R halted(Service service, String type, String json, Class<R> result) {
    Path points = directory.resolve(type);
    try {
      Files.createDirectory(points);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    WorkflowStub run = service.start(type, json);
    List<String> arguments =
        List.of(service.address(), stage.lab.configDirectory().toString(), points.toString());
    try (WorkerProcess worker =
        new WorkerProcess(
            HaltingWorker.class,
            arguments,
            stage.lab.environment(),
            directory.resolve(type + ".log"))) {
      R answer = run.getResult(result);
      assertThat(worker.starts()).as("starts of the worker").isGreaterThan(hit(type).size());
      return answer;
    }
  }

  private Set<String> hit(String type) {
    try (Stream<Path> files = Files.list(directory.resolve(type))) {
      return files
          .map(f -> f.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Both points of each step; RESOLVE's activity has no call yet and goes by its own name. */
  private static <S extends Enum<S>> Set<String> points(EnumSet<S> steps) {
    Set<String> points = new TreeSet<>();
    for (S step : steps) {
      String name = step.name().equals("RESOLVE") ? "ReadCluster" : step.name();
      points.add(name + ".before");
      points.add(name + ".after");
    }
    points.add("ObserveClusterFile.before");
    points.add("ObserveClusterFile.after");
    points.add("RECEIPT.before");
    points.add("RECEIPT.after");
    return points;
  }
}
