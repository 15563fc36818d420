package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OFF;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a promotion loses where nobody can tell: it counts for more than any limit. */
class FailoverUnknownLossTest {
  private static final String POWER =
      "fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]";
  private static final String DECIDED =
      "{'cluster':'strait','to':'west-0','overrides':'fetch-wal,after-reboot','by':'alice','reason':'its"
          + " disks burnt'}";

  private FailoverBed strait = asynchronous(POWER);

  /** Commits wait for nobody. */
  private static FailoverBed asynchronous(String failover) {
    return new FailoverBed(Strait.cluster("sites:\n", "failover: {" + failover + "}\nsites:\n"));
  }

  private void settles(FailoverBed other) {
    strait.close();
    strait = other;
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private List<String> rulesAgainst(String json) {
    return strait.run(json).checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(CheckRow::rule)
        .toList();
  }

  @Test
  void it_is_refused_and_done_where_a_person_decides_so_by_name() {
    strait.primaryDiesWithItsHost();
    RoleChangeResult plan = strait.run(OFF);
    assertThat(plan.checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WRONG)
        .extracting(CheckRow::inWords)
        .containsExactly(
            "west-0 fetch-wal: unknown: commits waited for no standby, must be a loss that is known"
                + " from the standbys, or from the old primary's disk (rule fetch-wal)");
    Ended ended = strait.ended(approved(OFF, plan.digest()));
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(strait.execute(DECIDED).headline())
        .endsWith("lost: unknown: commits waited for no standby");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("fetch-wal");
    strait.isPrimary("west-0", "east-1");
  }

  /** Whoever does it by hand decides that, and needs the acts. */
  @Test
  void the_plan_has_the_acts_by_hand_all_the_same() {
    strait.primaryDiesWithItsHost();
    strait.run(OVER);
    assertThat(strait.plan().byHand()).anyMatch(line -> line.startsWith("2. power e0 off, "));
  }

  @Test
  void a_file_that_limits_nothing_lets_it_be() {
    settles(asynchronous("maxLossBytes: -1, " + POWER));
    strait.primaryDiesWithItsHost();
    assertThat(strait.execute(OFF).headline()).endsWith("unknown: commits waited for no standby");
  }

  @Test
  void the_disk_of_a_host_that_answers_tells_it() {
    strait.world().members().kill("east-0");
    assertThat(strait.execute(OVER).headline())
        .contains("lost: no WAL that the disk of east-0 has, which was read to ");
  }

  /** It wrote between the two, and nobody got that. */
  @Test
  void the_disk_of_a_server_that_showed_itself_after_its_fence_is_read_once_more() {
    strait.world().members().kill("east-0");
    strait.before(
        "ensureFenced",
        () -> {
          if (strait.world().members().authorityOf("east-0").equals("none")) {
            strait.world().members().cut("east-0", true);
            strait.world().members().startByHand("east-0");
            strait.world().members().write("east-0");
          }
        });
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.proof().toString())
        .contains("found RUNNING", "WAL files brought from the disk of east-0");
  }

  @Test
  void whoever_decides_to_lose_it_does_not_decide_to_lose_what_another_standby_has() {
    strait.world().members().cut("west-0", true);
    Strait.writesFiles(strait.world().members(), "east-0", 1);
    strait.primaryDiesWithItsHost();
    strait.world().members().cut("west-0", false);
    assertThat(rulesAgainst(DECIDED)).containsExactly("loss-limit");
  }

  @Test
  void commits_of_a_role_that_wait_for_nobody_are_lost_unseen_too() {
    settles(new FailoverBed(Strait.synchronous("{" + POWER + "}")));
    strait.primaryDiesWithItsHost();
    assertThat(rulesAgainst(OFF)).isEmpty();
    Strait.unwaited(strait.world().members(), "role batch in database shop: off");
    assertThat(rulesAgainst(OFF)).containsExactly("fetch-wal");
  }

  /** The plan promised what its disk has. */
  private WorkflowStub fallsSilentBeforeItsFenceIn(String step) {
    strait.world().members().kill("east-0");
    String request = approved(OFF, strait.run(OFF).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals(step) && call.method().equals("ensureFenced"),
            () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run =
        strait.start(
            request,
            headline ->
                headline.startsWith(step) && headline.contains("host e0 is not powered off"));
    strait.bed.faults().mend();
    assertThat(strait.world().members().writers()).isEmpty();
    return run;
  }

  @ParameterizedTest
  @ValueSource(strings = {"FENCE", "CUT_OFF"})
  void a_host_whose_disk_is_needed_is_waited_for_and_not_powered_off(String step) {
    WorkflowStub run = fallsSilentBeforeItsFenceIn(step);
    strait.world().trouble().hostAnswers("e0", true);
    assertThat(strait.result(run).headline())
        .contains("east-0 is fenced", "lost: no WAL that the disk of east-0 has");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void it_is_powered_off_once_a_person_decides_to_lose_what_it_has() {
    WorkflowStub run = fallsSilentBeforeItsFenceIn("FENCE");
    decide(run, "{'decision':'roll-back','by':'bob','reason':'it burns'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
    assertThat(strait.execute(DECIDED).headline()).contains("east-0 is powered off");
    strait.isPrimary("west-0", "east-1");
  }

  /** Whom a person lets be promoted all the same may lose no more than the limit. */
  @Test
  void what_the_standbys_told_and_do_not_tell_any_more_is_judged_right_before_the_promotion() {
    settles(new FailoverBed(Strait.synchronous("{" + POWER + "}")));
    strait.primaryDiesWithItsHost();
    String over = DECIDED.replace("fetch-wal,", "waited-for,");
    String request = approved(over, strait.run(over).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("LAST_LOOK"), () -> strait.world().members().kill("east-1"));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("(rule fetch-wal)");
    assertThat(strait.world().members().writers()).isEmpty();
  }
}
