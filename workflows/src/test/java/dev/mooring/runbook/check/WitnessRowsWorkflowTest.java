package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Before any primary is gone a check says whether enough would tell that. */
class WitnessRowsWorkflowTest {
  private final TestBed bed = new TestBed(Strait.cluster());

  @AfterEach
  void close() {
    bed.close();
  }

  private CheckRow row(String id, String subject) {
    return bed.check(Typed.json("{'cluster':'strait'}")).rows().stream()
        .filter(row -> row.is(id, subject))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void each_member_has_those_who_would_tell_and_what_is_missing() {
    assertThat(row("witnesses", "east-0"))
        .extracting(CheckRow::seen, CheckRow::verdict)
        .containsExactly(
            "3 machines: the worker of east, host e1, host w0; 2 beside site east", Judged.GOOD);
    bed.world().trouble().hostAnswers("w0", false);
    CheckRow few = row("witnesses", "east-0");
    assertThat(few.verdict()).isEqualTo(Judged.WARNING);
    assertThat(few.seen()).endsWith("; 1 beside site east");
    assertThat(few.remedy()).contains("run the worker of another site on a machine of its own");
  }

  @Test
  void workers_that_all_sit_on_one_machine_are_told() {
    CheckRow workers = row("worker-machines", "");
    assertThat(workers.verdict()).isEqualTo(Judged.WARNING);
    assertThat(workers.seen()).isEqualTo("on one machine");
  }
}
