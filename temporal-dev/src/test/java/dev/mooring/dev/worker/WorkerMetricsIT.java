package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.temporal.LocalTemporal;
import io.temporal.client.WorkflowFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page docs/reference/metrics.md names figures that a worker really serves. */
@Tag("all")
class WorkerMetricsIT {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|");

  @TempDir Path directory;

  @Test
  void serves_every_figure_that_its_page_names() throws Exception {
    List<String> named =
        ROW.matcher(Files.readString(Path.of("..", "docs", "reference", "metrics.md")))
            .results()
            .map((MatchResult row) -> row.group(1))
            .filter(name -> !name.startsWith("mooring_"))
            .toList();
    assertThat(named).hasSizeGreaterThan(10);
    try (LocalTemporal temporal = LocalTemporal.up("worker-metrics");
        WorkerProgram worker =
            WorkerProgram.start(directory, "--site", "east", "--address", temporal.address())) {
      worker.awaitHealth(200);
      failARun(temporal.address());

      String served = worker.awaitMetric("temporal_workflow_failed_total");
      assertThat(served.lines().map(line -> line.replaceAll("[{ ].*", "")).distinct())
          .containsAll(named);
    }
  }

  /** A run of a cluster that has no file: one activity fails, and the workflow with it. */
  private static void failARun(String address) {
    StartedRun.of(
        address,
        "PublishCycle",
        "nowhere",
        run ->
            assertThatThrownBy(() -> run.getResult(String.class))
                .isInstanceOf(WorkflowFailedException.class));
  }
}
