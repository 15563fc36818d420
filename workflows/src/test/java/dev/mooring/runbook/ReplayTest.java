package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.consume.DrConsumeImpl;
import dev.mooring.runbook.publish.PublishCycleImpl;
import dev.mooring.runbook.publish.PublishCycleWorkflow;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.wire.RawRequest;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every history that is kept replays with the code as it is, through our own data converter: a run
 * that was begun by an older worker is gone on with by this one.
 *
 * <p>The histories stand in {@code src/test/resources/histories/RUNBOOK/SCENARIO.json}. With the
 * system property {@code mooring.histories} set to {@code add}, those that are lacking are played
 * and written; with {@code rewrite} all are. Once released, histories are added to and never
 * rewritten.
 */
class ReplayTest {
  private static final Path HISTORIES = Path.of("src/test/resources/histories");

  private final TestBed bed = new TestBed(Harbour.cluster(2));

  @AfterEach
  void close() {
    bed.close();
  }

  static Stream<Scenario> kept() {
    return Stream.of(Scenario.values()).filter(Scenario::isKept);
  }

  @ParameterizedTest
  @MethodSource("kept")
  void every_kept_history_replays(Scenario scenario) throws Exception {
    Path file = HISTORIES.resolve(scenario.runbook()).resolve(scenario.file());
    String wanted = System.getProperty("mooring.histories", "");
    if (wanted.equals("rewrite") || (wanted.equals("add") && !Files.exists(file))) {
      Files.createDirectories(HISTORIES.resolve(scenario.runbook()));
      Files.writeString(file, scenario.play() + "\n");
    }
    replay(bed, file);
  }

  @Test
  void no_history_is_left_without_its_scenario() throws IOException {
    List<String> known = kept().map(s -> s.runbook() + "/" + s.file()).sorted().toList();
    try (Stream<Path> files = Files.walk(HISTORIES)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> HISTORIES.relativize(file).toString())
                  .sorted())
          .isEqualTo(known);
    }
  }

  /** A PublishCycle with a wait before its first step that the kept histories do not have. */
  public static final class ChangedPublishCycle implements PublishCycleWorkflow {
    private final PublishCycleImpl unchanged;

    @io.temporal.workflow.WorkflowInit
    public ChangedPublishCycle(RawRequest raw) {
      unchanged = new PublishCycleImpl(raw);
    }

    @Override
    public PublishResult publish(RawRequest request) {
      Workflow.sleep(Duration.ofSeconds(1));
      return unchanged.publish(request);
    }

    @Override
    public Progress progress() {
      return unchanged.progress();
    }

    @Override
    public Plan plan() {
      return unchanged.plan();
    }

    @Override
    public dev.mooring.evidence.Receipt receipt() {
      return unchanged.receipt();
    }

    @Override
    public String decide(RawRequest decision) {
      return unchanged.decide(decision);
    }

    @Override
    public void validateDecide(RawRequest decision) {
      unchanged.validateDecide(decision);
    }

    @Override
    public void decideBySignal(RawRequest decision) {
      unchanged.decideBySignal(decision);
    }
  }

  @Test
  void a_changed_workflow_is_caught() {
    try (TestBed changed =
        new TestBed(
            new FakeCluster(Harbour.cluster(2)), ChangedPublishCycle.class, DrConsumeImpl.class)) {
      Path file = HISTORIES.resolve("publish").resolve(Scenario.PUBLISH_COMPLETED.file());
      assertThatThrownBy(() -> replay(changed, file))
          .hasStackTraceContaining("NonDeterministicException");
    }
  }

  private static void replay(TestBed bed, Path file) throws Exception {
    Worker worker = bed.sharedWorker();
    WorkflowReplayer.replayWorkflowExecution(
        WorkflowExecutionHistory.fromJson(
            Files.readString(file, StandardCharsets.UTF_8),
            Scenario.runId(file.getName(file.getNameCount() - 2).toString())),
        worker);
  }
}
