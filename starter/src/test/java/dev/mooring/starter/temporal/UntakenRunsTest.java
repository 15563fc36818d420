package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.temporal.UntakenRuns.Seen;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UntakenRunsTest {
  @ParameterizedTest
  @CsvSource({
    "STARTED TASK_SCHEDULED, false, false",
    "STARTED TASK_SCHEDULED SIGNALED, false, false",
    "STARTED TASK_SCHEDULED TASK_STARTED, true, false",
    // a worker died with its task: four events, and the next task is scheduled
    "STARTED TASK_SCHEDULED TASK_STARTED TASK_TIMED_OUT, true, false",
    "STARTED TASK_SCHEDULED TASK_STARTED TASK_FAILED, true, false",
    "STARTED TASK_SCHEDULED TASK_STARTED TASK_COMPLETED, true, true",
    "STARTED TASK_SCHEDULED TASK_STARTED TASK_TIMED_OUT TASK_SCHEDULED TASK_STARTED"
        + " TASK_COMPLETED TASK_SCHEDULED, true, true",
  })
  void a_run_is_taken_once_its_first_task_was_completed(
      String events, boolean given, boolean taken) {
    List<HistoryEvent> history = Stream.of(events.split(" ")).map(UntakenRunsTest::event).toList();
    assertThat(UntakenRuns.isGiven(history)).isEqualTo(given);
    assertThat(UntakenRuns.isTaken(history)).isEqualTo(taken);
  }

  private static HistoryEvent event(String name) {
    String type = "EVENT_TYPE_WORKFLOW_" + (name.startsWith("TASK_") ? name : "EXECUTION_" + name);
    return HistoryEvent.newBuilder().setEventType(EventType.valueOf(type)).build();
  }

  @ParameterizedTest
  @CsvSource({
    "TAKEN, 20, false",
    "UNKNOWN, 20, false",
    "UNSERVED, 3, true",
    "SERVED, 3, true",
    "GIVEN, 3, false",
    "GIVEN, 14, false",
    "GIVEN, 15, true",
  })
  void a_run_is_given_up_where_nobody_can_be_seen_to_take_it(
      Seen seen, long waited, boolean givenUp) {
    assertThat(
            UntakenRuns.failure(
                "run", seen, Duration.ofSeconds(waited), UntakenRuns.GIVEN_UP_AFTER))
        .matches(failure -> failure.isPresent() == givenUp);
  }

  @Test
  void that_no_worker_serves_the_queue_is_said_only_where_that_was_seen() {
    Duration waited = Duration.ofMillis(15_700);
    assertThat(
            Stream.of(Seen.UNSERVED, Seen.SERVED, Seen.GIVEN)
                .map(seen -> UntakenRuns.failure("run", seen, waited, waited))
                .flatMap(Optional::stream)
                .map(CommandFailure::getMessage))
        .containsExactly(
            "no worker serves the queue mooring: no worker took run within 15 s",
            "no worker took run within 15 s",
            "a worker was given run and did not complete its first task within 15 s");
  }
}
