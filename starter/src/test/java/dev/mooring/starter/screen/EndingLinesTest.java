package dev.mooring.starter.screen;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Outcome;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunReference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndingLinesTest {
  private static final RunReference CONSUME =
      new RunReference("mooring:harbour:consume:west", "r", "DrConsume");

  @ParameterizedTest
  @CsvSource({"FAILED,FAILED", "REFUSED,REFUSED", "ROLLED_BACK,ROLLED_BACK", "STUCK,NEEDS_PERSON"})
  void every_outcome_has_its_exit_code(Outcome outcome, ExitCode code) {
    RunEnding ending =
        new RunEnding.Ended(new EndingRecord(outcome.failureType(), "X", "h", "", ""));

    assertThat(EndingLines.exitCode(ending)).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "ROLLED_BACK,CANCELLED,true",
    "FAILED,CANCELLED,true",
    "STUCK,CANCELLED,false",
    "FAILED,WAL_MISSING,false"
  })
  void only_a_run_that_ended_because_it_was_stopped_counts_as_stopped(
      Outcome outcome, String code, boolean stopped) {
    RunEnding ending =
        new RunEnding.Ended(new EndingRecord(outcome.failureType(), code, "h", "", ""));

    assertThat(EndingLines.isStopped(ending)).isEqualTo(stopped);
    assertThat(EndingLines.isStopped(new RunEnding.Closed("terminated"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"my-run", "tonight:The West:again", "mooring:The West:consume"})
  void the_id_of_a_persons_own_run_names_no_command(String id) {
    RunEnding ending =
        new RunEnding.Ended(
            new EndingRecord("Failed", "WAL_MISSING", "a file is missing", "", "r.json"));

    assertThat(EndingLines.of(new RunReference(id, "r", "DrConsume"), ending, UNLIMITED))
        .containsExactly("Failed: a file is missing (WAL_MISSING)", "receipt: r.json");
  }

  @Test
  void the_problems_of_a_cluster_file_are_a_line_each() {
    RunEnding ending =
        new RunEnding.Ended(
            new EndingRecord("Refused", "CLUSTER_FILE", "2 problems\n  1:1: a", "", "r.json"));

    assertThat(EndingLines.of(new RunReference("my-run", "r", "DrConsume"), ending, UNLIMITED))
        .startsWith("Refused: 2 problems", "  1:1: a (CLUSTER_FILE)");
  }

  @ParameterizedTest
  @CsvSource({"planned,DONE", "would-refuse,REFUSED", "Completed,DONE"})
  void a_plan_whose_checks_stand_against_it_is_no_success(String outcome, ExitCode code) {
    RunEnding ending =
        new RunEnding.Completed(outcome, "h", "", List.of(), List.of(), List.of(), List.of());

    assertThat(EndingLines.exitCode(ending)).isEqualTo(code);
  }

  @Test
  void a_run_that_temporal_closed_did_not_succeed() {
    assertThat(EndingLines.exitCode(new RunEnding.Closed("terminated"))).isEqualTo(ExitCode.FAILED);
  }

  /** Its id does not say where it was to go. */
  @ParameterizedTest
  @ValueSource(strings = {"mooring:strait:failback", "mooring:strait:failback:plan"})
  void a_failback_that_ended_names_the_place_as_a_person_puts_it_in(String id) {
    RunEnding ending =
        new RunEnding.Ended(new EndingRecord("RolledBack", "PREFLIGHT", "it lags", "", "r.json"));

    assertThat(EndingLines.of(new RunReference(id, "r", "Failback"), ending, UNLIMITED))
        .contains("next: `mooring failback strait --to SITE` once that is fixed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BAD_INPUT", "LOCK_HELD", "PRIMARY_BACK"})
  void a_run_that_is_not_to_be_started_again_names_no_command(String code) {
    RunEnding ending = new RunEnding.Ended(new EndingRecord("Refused", code, "h", "", "r.json"));

    assertThat(EndingLines.of(CONSUME, ending, UNLIMITED)).noneMatch(line -> line.contains("next"));
  }

  @Test
  void a_failed_run_says_what_where_and_the_next_command() {
    RunEnding ending =
        new RunEnding.Ended(
            new EndingRecord(
                "Failed",
                "WAL_MISSING",
                "west-1 needs 000000010000000000000004, which is missing",
                "bring the named files back into the archive",
                "/evidence/harbour/receipts/r.json"));

    assertThat(EndingLines.of(CONSUME, ending, UNLIMITED))
        .containsExactly(
            "Failed: west-1 needs 000000010000000000000004, which is missing (WAL_MISSING)",
            "HINT: bring the named files back into the archive.",
            "receipt: /evidence/harbour/receipts/r.json",
            "next: `mooring consume harbour --site west` once that is fixed");
  }

  @Test
  void what_is_less_than_wanted_stands_below_the_headline() {
    RunEnding ending =
        new RunEnding.Completed(
            "Completed",
            "sync_point_1 is READY",
            "sync_point_1",
            List.of(),
            List.of("west not told"),
            List.of(),
            List.of());

    assertThat(EndingLines.of(CONSUME, ending, UNLIMITED))
        .containsExactly("sync_point_1 is READY", "", "degraded: west not told");
  }
}
