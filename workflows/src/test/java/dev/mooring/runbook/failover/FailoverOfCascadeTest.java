package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primary is gone, and one of its standbys streams from the other one. */
class FailoverOfCascadeTest {
  private final FailoverBed strait =
      new FailoverBed(
          Strait.cluster(
              "dataDirectory: /data/west-0,", "dataDirectory: /data/west-0, follows: east-1,"));

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void a_standby_of_the_candidate_goes_on_with_it() {
    strait.world().members().kill("east-0");
    assertThat(strait.execute("{'cluster':'strait','to':'east-1'}").outcome())
        .isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  /** Its upstream by the cluster file is dead too. */
  @Test
  void a_standby_of_a_dead_standby_follows_the_new_primary() {
    try (var four = new FailoverBed(Strait.belowEast())) {
      List.of("east-0", "east-1").forEach(four.world().members()::kill);
      assertThat(four.execute(FailoverBed.OVER).outcome()).isEqualTo("Completed");
      assertThat(four.plan().objects())
          .contains(
              "east-2: standby, becomes standby of west-0 instead of east-1",
              "east-1: does not answer as a standby, stays as it is");
      assertThat(four.world().members().slotsOf("west-0")).containsExactly("east_2");
      four.isPrimary("west-0", "east-2");
    }
  }

  /** It asks for WAL of the new timeline once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_is_in_the_plan_and_not_waited_for() {
    try (var three = new FailoverBed(Strait.cluster())) {
      three.world().members().kill("east-0");
      Strait.appliesLate(three.world().members(), "east-1", "1h");
      RoleChangeResult failedOver = three.execute(FailoverBed.OVER);
      assertThat(failedOver.checks())
          .filteredOn(row -> row.is("recovery-min-apply-delay", "east-1"))
          .extracting(CheckRow::verdict)
          .containsExactly(Judged.WARNING);
      assertThat(three.plan().objects())
          .contains(
              "east-1: standby, becomes standby of west-0; applies WAL 1h late, not waited for"
                  + " while it has some to replay");
      assertThat(failedOver.degraded()).noneMatch(line -> line.contains("east-1"));
      three.isPrimary("west-0");
    }
  }

  @Test
  void a_standby_of_a_live_standby_goes_on_with_it() {
    try (var four = new FailoverBed(Strait.belowEast())) {
      four.world().members().kill("east-0");
      assertThat(four.execute(FailoverBed.OVER).outcome()).isEqualTo("Completed");
      four.isPrimary("west-0", "east-1");
      assertThat(four.world().members().followersOf("east-1")).containsExactly("east-2");
    }
  }

  /** It would follow one that follows it. */
  @Test
  void the_one_above_follows_the_one_below_that_is_promoted() {
    strait.world().members().kill("east-0");
    assertThat(strait.execute(FailoverBed.OVER).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }
}
