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
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The histories that {@link ReplayTest} replays leave out no ending that a runbook can come to. */
class StoredEndingsTest {
  private static final Path HISTORIES = Path.of("src/test/resources/histories");
  private static final Map<Scenario, String> ENDINGS = new EnumMap<>(Scenario.class);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "consume",
        "switchover",
        "failover",
        "start",
        "resilver",
        "failback",
        "replication"
      })
  void a_run_of_every_outcome_is_kept(String runbook) throws IOException {
    assertThat(endings(runbook))
        .containsAll(Stream.of(Outcome.values()).map(Outcome::failureType).toList());
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
    "consume, Completed planned skipped Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "switchover, Completed planned Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "failover, Completed planned Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "start, Completed planned Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "resilver, Completed planned Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "failback, Completed planned Failed RolledBack Refused Stuck BAD_INPUT cancelled",
    "replication, Completed verified planned Failed RolledBack Refused Stuck BAD_INPUT cancelled"
  })
  void nothing_but_these_endings_is_kept(String runbook, String endings) throws IOException {
    assertThat(endings(runbook)).containsExactlyInAnyOrder(endings.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "PLANNED, planned",
    "FAILED, Failed",
    "UNDONE, Failed",
    "ROLLED_BACK, RolledBack",
    "REFUSED, Refused",
    "STUCK, Stuck",
    "BAD_INPUT, BAD_INPUT",
    "CANCELLED, cancelled",
    "RETRIED, Completed",
    "SKIPPED, skipped"
  })
  void a_history_ends_as_its_name_says(String word, String ending) throws IOException {
    for (Scenario scenario : Scenario.values()) {
      if (scenario.name().endsWith("_" + word)) {
        assertThat(ending(scenario)).as(scenario.name()).isEqualTo(ending);
      }
    }
  }

  /** How the kept histories of a runbook end, in the words Temporal has for it. */
  private static Set<String> endings(String runbook) throws IOException {
    Set<String> endings = new TreeSet<>();
    for (Scenario scenario : Scenario.values()) {
      if (scenario.runbook().equals(runbook)) {
        endings.add(ending(scenario));
      }
    }
    return endings;
  }

  private static synchronized String ending(Scenario scenario) throws IOException {
    String known = ENDINGS.get(scenario);
    if (known != null) {
      return known;
    }
    String read = read(scenario);
    ENDINGS.put(scenario, read);
    return read;
  }

  private static String read(Scenario scenario) throws IOException {
    Path file = HISTORIES.resolve(scenario.runbook()).resolve(scenario.file());
    String history = Files.readString(file, StandardCharsets.UTF_8);
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
