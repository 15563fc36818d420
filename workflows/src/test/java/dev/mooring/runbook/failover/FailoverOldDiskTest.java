package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** WAL that only the disk of the old primary has, whose host answers. */
class FailoverOldDiskTest {
  private FailoverBed strait = with("{}");

  private static FailoverBed with(String failover) {
    return new FailoverBed(Strait.synchronous(failover));
  }

  private void settles(String failover) {
    strait.close();
    strait = with(failover);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static List<String> wrong(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(CheckRow::inWords)
        .toList();
  }

  /** To be brought from there it counts once that was tried. */
  @Test
  void what_lies_on_the_old_disk_alone_and_can_not_be_brought_counts_against_that_limit() {
    settles("{maxLossBytes: 0}");
    strait.world().members().cut("east-0", true);
    strait.world().members().write("east-0");
    Strait.stopped(strait.world(), "east-0");
    strait.world().members().cut("east-0", false);
    RoleChangeResult plan = strait.run(OVER);
    assertThat(wrong(plan)).isEmpty();
    Strait.unreadableWal(strait.world().members(), "east-0");
    Ended ended = strait.ended(approved(OVER, plan.digest()));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains(
            "west-0 loss-limit: 0 bytes behind the furthest standby that was read, at least",
            " bytes behind the disk of east-0, must be at most 0 bytes (rule loss-limit)");
  }

  /** A start of it loses nothing, where its disk is well. */
  @Test
  void a_candidate_that_lacks_what_the_old_disk_still_has_says_so() {
    strait.world().members().write("east-0");
    strait.world().members().kill("east-0");
    strait.run(OVER);
    assertThat(strait.plan().measured().toString())
        .contains("; the disk of east-0, whose host answers, has perhaps more")
        .doesNotContain("has at least");
    strait.world().members().start("east-0");
    strait.world().members().cut("west-0", true);
    strait.world().members().write("east-0");
    Strait.stopped(strait.world(), "east-0");
    strait.world().members().cut("west-0", false);
    strait.run(OVER);
    assertThat(strait.plan().measured())
        .extracting(Fact::value)
        .anyMatch(
            one ->
                one.startsWith("west-0: ")
                    && one.matches(
                        ".*; the disk of east-0, whose host answers, has at least \\d+"
                            + " bytes of WAL that this one has not.*"));
    strait.primaryDiesWithItsHost();
    strait.run(OVER);
    assertThat(strait.plan().measured().toString()).doesNotContain("the disk of east-0");
  }
}
