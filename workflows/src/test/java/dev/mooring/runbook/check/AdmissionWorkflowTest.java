package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A missing line of pg_hba.conf is found by a check, not by the standby of the next primary. */
class AdmissionWorkflowTest {
  private static final String NO_LINE = "FATAL: no pg_hba.conf entry";

  private final TestBed bed = new TestBed(Strait.cluster());

  @AfterEach
  void close() {
    bed.close();
  }

  private List<CheckRow> rows(String id) {
    return bed.check(Typed.json("{'cluster':'strait'}")).rows().stream()
        .filter(row -> row.id().equals(id))
        .toList();
  }

  private static CheckRow of(String member, List<CheckRow> rows) {
    return rows.stream().filter(row -> row.subject().equals(member)).findFirst().orElseThrow();
  }

  @Test
  void each_member_that_streams_is_admitted_by_the_others() {
    for (String id : List.of("replication-access", "rewind-access")) {
      assertThat(rows(id))
          .extracting(CheckRow::subject)
          .containsExactly("east-0", "east-1", "west-0");
      assertThat(rows(id)).extracting(CheckRow::verdict).containsOnly(Judged.GOOD);
    }
  }

  @Test
  void a_member_without_a_line_for_standbys_is_wrong_and_the_line_is_proposed() {
    bed.world().members().admitsNone("west-0", NO_LINE, "");

    CheckRow row = of("east-0", rows("replication-access"));
    assertThat(row.verdict()).isEqualTo(Judged.WRONG);
    assertThat(row.seen()).isEqualTo("west-0: " + NO_LINE);
    assertThat(row.remedy()).contains("replication", "scram-sha-256", "pg_hba.conf of west-0");
    assertThat(of("west-0", rows("replication-access")).verdict()).isEqualTo(Judged.GOOD);
    assertThat(of("east-0", rows("rewind-access")).verdict()).isEqualTo(Judged.GOOD);
  }

  @Test
  void a_member_without_a_line_for_pg_rewind_is_a_warning() {
    bed.world().members().admitsNone("west-0", "", NO_LINE);

    CheckRow row = of("east-0", rows("rewind-access"));
    assertThat(row.verdict()).isEqualTo(Judged.WARNING);
    assertThat(row.remedy()).doesNotContain("replication \"");
    assertThat(of("east-0", rows("replication-access")).verdict()).isEqualTo(Judged.GOOD);
  }

  @Test
  void a_member_that_is_down_is_not_known_to_admit_anyone() {
    bed.world().members().kill("west-0");

    assertThat(of("east-0", rows("replication-access")).verdict()).isEqualTo(Judged.WARNING);
    assertThat(of("east-0", rows("replication-access")).seen()).contains("west-0");
  }
}
