package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.switchover.PreflightRow;
import dev.mooring.runbook.switchover.PreflightRow.Judged;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers start with their hosts, and a host that is off says nothing on its disks. */
class FailoverAfterRebootTest {
  private static final String POWER =
      "{fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]}";
  private static final String STARTS = "\nguard: {afterReboot: start}";
  private static final String BROKEN =
      OVER.replace("}", ",'by':'alice','overrides':'after-reboot','reason':'its cable is out'}");
  private static final String ATTESTED =
      OVER.replace("}", ",'by':'alice','lost':'east-0 is lost: its site burnt'}");

  private final FailoverBed strait = new FailoverBed(Strait.synchronous(POWER + STARTS));

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private void hostDies() {
    strait.world().members().kill("east-0");
    strait.world().trouble().hostAnswers("e0", false);
  }

  private static List<PreflightRow> ruled(FailoverResult plan) {
    return plan.checks().stream().filter(row -> row.rule().equals("after-reboot")).toList();
  }

  @Test
  void power_off_is_no_fence_unless_a_person_overrides_that_by_its_name() {
    hostDies();
    FailoverResult plan = strait.run(OVER);
    assertThat(ruled(plan)).extracting(PreflightRow::judged).containsExactly(Judged.WRONG);
    Ended refused = strait.ended(approved(OVER, plan.digest()));
    assertThat(refused.record().code()).isEqualTo("PREFLIGHT");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.execute(BROKEN).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("after-reboot");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void nor_is_an_attested_loss() {
    hostDies();
    assertThat(ruled(strait.run(ATTESTED)))
        .extracting(PreflightRow::judged)
        .containsExactly(Judged.WRONG);
  }

  /** Its disks keep it from writing; its host is not powered off where that fails. */
  @Test
  void a_host_that_answers_is_fenced_on_its_disks_alone() {
    strait.world().members().kill("east-0");
    FailoverResult plan = strait.run(OVER);
    assertThat(ruled(plan)).isEmpty();
    assertThat(strait.plan().toString()).doesNotContain("where that fails");
    assertThat(strait.execute(OVER).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }
}
