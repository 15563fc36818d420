package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The histories that {@link ReplayTest} replays leave out no ending that a runbook can come to. */
class StoredEndingsTest {
  private static final Path HISTORIES = Path.of("src/test/resources/histories");

  @ParameterizedTest
  @EnumSource
  void a_consume_of_every_outcome_is_kept(Outcome outcome) throws IOException {
    assertThat(endings("consume")).contains(outcome.failureType());
  }

  /** A publish registers no undo that acts, so none can fail: it is never stuck. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STUCK")
  void a_publish_of_every_outcome_it_can_have_is_kept(Outcome outcome) throws IOException {
    assertThat(endings("publish")).contains(outcome.failureType());
  }

  @ParameterizedTest
  @CsvSource({
    "publish, Completed planned skipped Failed RolledBack Refused BAD_INPUT cancelled",
    "consume, Completed planned skipped Failed RolledBack Refused Stuck BAD_INPUT cancelled"
  })
  void nothing_but_these_endings_is_kept(String runbook, String endings) throws IOException {
    assertThat(endings(runbook)).containsExactlyInAnyOrder(endings.split(" "));
  }

  /** How the kept histories of a runbook end, in the words Temporal has for it. */
  private static Set<String> endings(String runbook) throws IOException {
    Set<String> endings = new TreeSet<>();
    for (Scenario scenario : Scenario.values()) {
      if (scenario.runbook().equals(runbook)) {
        Path file = HISTORIES.resolve(runbook).resolve(scenario.file());
        endings.add(ending(Files.readString(file, StandardCharsets.UTF_8)));
      }
    }
    return endings;
  }

  private static String ending(String history) {
    HistoryEvent last = WorkflowExecutionHistory.fromJson(history).getLastEvent();
    return switch (last.getEventType()) {
      case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED -> "cancelled";
      case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED ->
          last.getWorkflowExecutionFailedEventAttributes()
              .getFailure()
              .getApplicationFailureInfo()
              .getType();
      case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED ->
          RunbookDataConverter.create()
              .fromPayloads(
                  0,
                  Optional.of(last.getWorkflowExecutionCompletedEventAttributes().getResult()),
                  JsonNode.class,
                  JsonNode.class)
              .path("outcome")
              .asText();
      default -> throw new AssertionError("a history ends with " + last.getEventType());
    };
  }
}
