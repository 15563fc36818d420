package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.ALONE;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A standby takes the place of a primary that is gone. */
class FailoverWorkflowTest {
  private static final String LOST =
      "{'cluster':'strait','to':'west-0','by':'alice','lost':'east-0 is lost: its disks"
          + " burnt','overrides':'after-reboot','reason':'its disks burnt'}";

  private final FailoverBed strait = new FailoverBed(Strait.synchronous());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private List<String> resultsOf(String step) {
    return strait.world().lastReceipt().steps().stream()
        .filter(one -> one.step().equals(step))
        .map(StepRecord::result)
        .toList();
  }

  private static List<String> wrong(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(CheckRow::inWords)
        .toList();
  }

  @Test
  void a_plan_says_what_became_of_the_primary_and_changes_nothing() {
    strait.world().members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(plan.headline())
        .startsWith("east-0 is POSTMASTER_DEAD; no check blocks promoting west-0; plan ");
    assertThat(strait.plan().measured())
        .filteredOn(fact -> fact.name().startsWith("candidate "))
        .hasSize(2)
        .allSatisfy(
            fact ->
                assertThat(fact.value())
                    .contains("lost with it: ", " before it was read; nothing is left to be"));
    assertThat(plan.checks())
        .allMatch(row -> row.verdict() == CheckRow.Judged.GOOD)
        .hasSizeGreaterThan(6);
    assertThat(strait.bed.events("failover"))
        .filteredOn(event -> event.startsWith("scheduled Ensure"))
        .containsExactly("scheduled EnsureReceipt");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  @Test
  void a_standby_takes_the_place_of_a_primary_that_died() {
    strait.world().members().kill("east-0");
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline())
        .startsWith("west-0 is the primary on timeline 2, ")
        .endsWith(
            " after the locks were held; east-0 is fenced; lost: no commit that was acknowledged,"
                + " if commits waited as its host's configuration has it");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("east-0 is fenced and stays down");
    assertThat(result.proof().toString())
        .contains("verdict, value=POSTMASTER_DEAD", "found STOPPED", "refused_at_east-1");
    strait.isPrimary("west-0", "east-1");
    assertThat(strait.world().members().commitsOf("west-0")).contains("east_1");
    assertThat(strait.world().members().slotsOf("west-0")).containsExactly("east_1");
    assertThat(strait.world().members().authorityOf("east-0")).isEqualTo("none");
  }

  @Test
  void databases_of_pgbouncer_that_are_no_endpoints_are_named_and_do_not_block_it() {
    strait.world().members().kill("east-0");
    strait.world().endpoints().others("pooler", "reports");
    strait.world().endpoints().fileSays("pooler", "; can't be replaced by mooring");
    assertThat(strait.run(OVER).checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WARNING)
        .extracting(CheckRow::inShort)
        .containsExactly(
            "pooler databases-file: east-0; can't be replaced by mooring",
            "pooler databases-left-behind: reports");
    assertThat(strait.execute(OVER).degraded())
        .anyMatch(line -> line.startsWith("databases reports of pooler were not moved: "));
  }

  /** It changed nothing, and the store may be gone with the primary's site. */
  @Test
  void a_plan_whose_receipt_can_not_be_written_is_made_all_the_same() {
    strait.world().members().kill("east-0");
    strait.bed.faults().plan(call -> call.method().equals("ensureReceipt"), Fault.FAILS);
    assertThat(strait.run(OVER).outcome()).isEqualTo(Plan.PLANNED);
    assertThat(strait.headline()).contains("; no receipt could be written: ");
    assertThat(strait.plan().byHand()).isNotEmpty();
  }

  /** Clients have no primary during the look under the locks either. */
  @Test
  void how_long_a_promotion_took_is_counted_from_the_locks_on() {
    strait.world().members().kill("east-0");
    strait.before("observeRoles", () -> strait.bed.temporal().sleep(Duration.ofSeconds(1)));
    strait.before("ensureFenced", strait.bed.faults()::mend);
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.proof())
        .flatExtracting(ProofRecord::facts)
        .filteredOn(fact -> fact.name().equals("promoted_after_the_locks_were_held"))
        .singleElement()
        .satisfies(
            took ->
                assertThat(Long.parseLong(took.value().replace(" ms", "")))
                    .isBetween(1000L, strait.lasted().toMillis() - 1000));
  }

  /** Whoever has a session with it would wait for what never comes. */
  @Test
  void clients_are_cut_off_from_the_old_primary_before_another_is_promoted() {
    strait.world().members().kill("east-0");
    List<Boolean> cutOff = new ArrayList<>();
    strait.before(
        "ensurePromoted",
        () ->
            List.of("pooler", "balancer")
                .forEach(one -> cutOff.add(strait.world().endpoints().isCutOff(one))));
    RoleChangeResult result = strait.execute(OVER);
    assertThat(cutOff).containsExactly(true, true);
    assertThat(result.proof().toString())
        .contains("pooler, value=2 sessions with east-0, none left", "balancer, value=2 sessions");
    strait.isPrimary("west-0", "east-1");
    assertThat(strait.world().endpoints().isCutOff("pooler")).isFalse();
  }

  @Test
  void clients_that_a_run_can_not_let_come_again_are_told_of_with_what_does_by_hand() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    strait.before(
        "ensurePromoted",
        () -> {
          strait.world().members().kill("west-0");
          strait.world().endpoints().away("balancer", true);
        });
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains("clients may not be able to connect to east-0 again (balancer: ")
        .contains("set server writes/east-0 state ready");
    assertThat(resultsOf("CUT_OFF")).containsExactly("done", "left in place");
  }

  /** It is seen to run: nobody is promoted beside it, unless somebody overrides that by name. */
  @Test
  void what_clients_come_by_is_asked_for_before_and_waited_for_while_other_servers_may_be_down() {
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    strait.world().endpoints().away("pooler", true);
    RoleChangeResult plan = strait.run(ALONE);
    assertThat(plan.checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WARNING)
        .extracting(CheckRow::title)
        .containsExactly("east-1 role", "pooler endpoint");
    WorkflowStub run =
        strait.start(
            approved(ALONE, plan.digest()), headline -> headline.startsWith("ROUTE can't"));
    assertThat(strait.world().members().writers()).containsExactly("west-0");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("east-0");
    strait.world().endpoints().away("pooler", false);
    RoleChangeResult result = strait.result(run);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .anyMatch(line -> line.startsWith("pooler: clients are not proved to be disconnected"));
    strait.isPrimary("west-0");
  }

  @Test
  void a_primary_that_writes_is_left_alone() {
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(wrong(plan)).singleElement().asString().startsWith("east-0 primary-gone: WRITES: ");
    Ended ended = strait.ended(approved(OVER, plan.digest()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(strait.world().members().writers()).containsExactly("east-0");

    String forced =
        "{'cluster':'strait','to':'west-0','overrides':'primary-gone','by':'alice','reason':'it"
            + " corrupts data'}";
    RoleChangeResult result = strait.execute(forced);
    assertThat(result.outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("primary-gone");
  }

  @Test
  void a_primary_that_is_halted_is_ended_before_anybody_is_promoted() {
    strait.world().members().freeze("east-0");
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.proof().toString()).contains("verdict, value=FROZEN", "found RUNNING");
    strait.world().members().thaw("east-0");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_silent_host_is_no_fence_and_an_attested_loss_is_one() {
    strait.primaryDiesWithItsHost();
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(wrong(plan)).singleElement().asString().startsWith("east-0 fence-method: none");
    assertThat(strait.plan().byHand()).anyMatch(line -> line.startsWith("2. power e0 off, "));

    RoleChangeResult result = strait.execute(LOST);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof().toString())
        .contains("attested, value=alice: east-0 is lost: its disks burnt");
    strait.isPrimary("west-0", "east-1");
  }

  /** Its SSH is silent, and its kernel says that nothing listens: that host is there. */
  @Test
  void an_attested_loss_is_no_fence_of_a_host_that_answers() {
    strait.world().members().kill("east-0");
    strait.bed.faults().plan(call -> call.method().equals("observeOnHost"), Fault.FAILS);
    RoleChangeResult plan = strait.run(LOST.replace("after-reboot", "primary-gone"));
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(wrong(plan))
        .singleElement()
        .asString()
        .startsWith("east-0 fence-method: none: its loss is attested, and something answers");
  }

  @Test
  void a_host_that_falls_silent_before_it_is_fenced_holds_the_run_until_it_answers() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    strait.before("ensureFenced", () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .contains("east-0 is not known to be fenced and may accept writes");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(List.of("pooler", "balancer")).noneMatch(strait.world().endpoints()::isCutOff);
    strait.bed.faults().mend();
    strait.world().trouble().hostAnswers("e0", true);
    decide(run, "{'decision':'retry','by':'bob','reason':'its switch is back'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.bed.events("failover"))
        .filteredOn("completed EnsureCutOff"::equals)
        .hasSize(2);
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_hold_at_the_fence_can_be_rolled_back_and_nobody_is_promoted() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    strait.before("ensureFenced", () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    decide(run, "{'decision':'roll-back','by':'bob','reason':'it comes back by itself'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(List.of("pooler", "balancer")).noneMatch(strait.world().endpoints()::isCutOff);
  }

  @Test
  void a_plan_that_is_another_by_then_is_refused() {
    strait.world().members().kill("east-0");
    String request = approved(ALONE, strait.run(ALONE).digest());
    strait.world().members().kill("east-1");
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** The one that did not answer may have confirmed what this one has not. */
  @Test
  void one_of_a_quorum_of_which_too_few_were_read_is_promoted_only_where_that_is_overridden() {
    Strait.unreadableWal(strait.world().members(), "east-0");
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    assertThat(wrong(strait.run(OVER)))
        .singleElement()
        .asString()
        .startsWith("west-0 waited-for: commits waited for some of a quorum that it is one of");
    assertThat(strait.execute(ALONE).headline())
        .endsWith(
            "lost: unknown: 1 of the 2 standbys of which commits waited for 1 were read, 2 are"
                + " needed");
    strait.isPrimary("west-0");
  }

  @Test
  void the_last_standby_waits_for_nobody_and_says_what_it_lacks() {
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    RoleChangeResult result = strait.execute(ALONE);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded()).anyMatch(one -> one.startsWith("east-1 did not answer"));
    assertThat(result.headline()).contains("; degraded: east-1 did not answer and ");
    strait.isPrimary("west-0");
    assertThat(strait.world().members().commitsOf("west-0")).isEqualTo(" on");
  }

  @Test
  void a_person_who_promotes_another_meanwhile_is_found_before_the_promotion() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("ensureFenced"),
            () -> strait.world().members().promote("east-1"));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(ended.record().headline())
        .contains("east-0 stays fenced, for [east-1] accepts writes");
    assertThat(resultsOf("FENCE")).doesNotContain("undone").contains("left in place");
    assertThat(strait.world().members().writers()).containsExactly("east-1");
    assertThat(strait.world().members().authorityOf("east-0")).isEqualTo("none");
  }

  @Test
  void a_cluster_that_was_not_meant_is_refused_by_the_end_of_its_system_identifier() {
    strait.world().members().kill("east-0");
    Ended ended = strait.ended(OVER.replace("}", ",'systemIdentifierEnds':'4711'}"));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    RoleChangeResult meant = strait.run(OVER.replace("}", ",'systemIdentifierEnds':'0001'}"));
    assertThat(meant.outcome()).isEqualTo(Plan.PLANNED);
  }

  /** It would promote another one, or start the old primary again. */
  @Test
  void nobody_is_promoted_beside_what_drives_members_by_itself_unless_that_is_overridden() {
    strait.world().members().kill("east-0");
    strait.world().members().managedBy("west-0", "patroni runs (pid 7)");
    String plan = "{'cluster':'strait','to':'west-0'}";
    assertThat(strait.run(plan).headline())
        .contains("1 of ", "west-0 other-managers: patroni runs (pid 7)");
    assertThat(
            strait
                .run(plan.replace("}", ",'overrides':'other-managers','reason':'paused'}"))
                .outcome())
        .isEqualTo(Plan.PLANNED);
  }

  /** One that was being started shows itself some milliseconds after its fence was written. */
  @Test
  void an_old_primary_that_shows_itself_right_after_its_fence_is_ended_too() {
    strait.world().members().kill("east-0");
    strait.before(
        "ensureFenced",
        () -> {
          if (strait.world().members().authorityOf("east-0").equals("none")) {
            strait.world().members().startByHand("east-0");
          }
        });
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof().toString()).contains("found STOPPED", "found RUNNING");
    strait.isPrimary("west-0", "east-1");
    assertThat(strait.world().members().writers()).containsExactly("west-0");
  }

  @Test
  void the_furthest_is_chosen() {
    strait.world().members().cut("east-1", true);
    for (int i = 0; i < 100; i++) {
      strait.world().members().write("east-0");
    }
    strait.world().members().kill("east-0");
    strait.world().members().cut("east-1", false);
    assertThat(strait.run("{'cluster':'strait'}").headline()).contains("promoting west-0");
  }

  private WorkflowStub waitsToReplaceADeadPrimary() {
    strait.bed.watchesEndAfter(3000);
    strait.world().members().kill("east-0");
    return strait.start(
        "{'cluster':'strait','to':'west-0','mode':'execute','by':'alice'}",
        headline -> headline.contains("waits for an approval"));
  }

  @Test
  void a_primary_that_comes_back_before_anybody_approves_is_not_replaced() {
    WorkflowStub run = waitsToReplaceADeadPrimary();
    strait.world().members().start("east-0");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PRIMARY_BACK");
    strait.isPrimary("east-0", "east-1", "west-0");
  }

  @Test
  void a_failover_ends_once_another_member_was_promoted_before_anybody_approves() {
    WorkflowStub run = waitsToReplaceADeadPrimary();
    strait.world().members().promote("east-1");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().code()).isEqualTo("PRIMARY_BACK");
    assertThat(ended.record().headline())
        .startsWith("east-1 accepts writes, as the worker of east has observed");
    assertThat(strait.world().members().writers()).containsExactly("east-1");
  }

  @Test
  void an_approval_that_nobody_gives_expires_and_nothing_was_changed() {
    strait.bed.watchesEndAfter(1);
    strait.world().members().kill("east-0");
    Ended ended = strait.ended("{'cluster':'strait','to':'west-0','mode':'execute','by':'alice'}");
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("APPROVAL_EXPIRED");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.world().members().authorityOf("east-0")).isNotEqualTo("none");
  }

  /** The authority of the last move names another, and that one may be writing. */
  @Test
  void whoever_is_named_is_not_taken_for_the_primary_while_a_silent_one_may_be_it() {
    Strait.named(strait.world(), "west-0", 7);
    strait.world().members().kill("east-0");
    strait.world().members().freeze("west-0");
    assertThat(wrong(strait.run("{'cluster':'strait','to':'east-1','from':'east-0'}")))
        .anyMatch(
            row -> row.startsWith("old-primary: authority files name west-0, which is silent"));
  }

  /** A move told it to accept writes, and it ended before it did. */
  @Test
  void one_that_is_down_and_would_start_as_a_primary_is_kept_down_first() {
    strait.world().members().kill("east-0");
    strait.world().members().fencedFormerPrimary("west-0");
    strait.world().members().mayWrite("west-0", 7);
    String request = "{'cluster':'strait','to':'east-1','from':'east-0'}";
    String row = "west-0 next-start: as a primary: its host says that it may write";
    assertThat(wrong(strait.run(request))).anyMatch(one -> one.startsWith(row));
    strait.world().members().putSignal("west-0");
    assertThat(wrong(strait.run(request))).noneMatch(one -> one.startsWith(row));
  }

  @Test
  void a_timeline_that_standbys_disagree_on_is_named_by_a_person_where_the_old_host_is_silent() {
    strait.world().members().kill("east-0");
    strait.world().members().cut("east-1", true);
    strait.world().members().promote("west-0");
    strait.world().members().kill("west-0");
    strait.world().members().putSignal("west-0");
    strait.world().members().start("west-0");
    strait.world().members().cut("east-1", false);
    strait.world().trouble().hostAnswers("e0", false);
    assertThat(
            wrong(strait.run("{'cluster':'strait','lost':'east-0 is lost: burnt','by':'alice'}")))
        .anyMatch(row -> row.startsWith("last-timeline: [1, 2] by the"));
    assertThat(wrong(strait.run(LOST))).noneMatch(row -> row.startsWith("last-timeline"));
  }

  /** What is not asked is said: another one may write there. */
  @Test
  void a_member_that_is_silent_is_told_apart_from_one_whose_host_is_silent_too() {
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    assertThat(strait.execute(ALONE).degraded())
        .contains("east-1 did not answer, and does not follow: `mooring status` shows it");
  }

  @Test
  void a_member_that_is_silent_with_its_host_was_not_asked_whether_it_accepts_writes() {
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    strait.world().trouble().hostAnswers("e1", false);
    RoleChangeResult result = strait.execute(ALONE);
    assertThat(result.degraded())
        .contains(
            "east-1 and its host did not answer, whether it accepts writes is not known: run"
                + " `mooring whois` once they do");
    assertThat(result.headline()).contains("degraded: ", "east-1 and its host did not answer");
  }

  /** It is easily fenced, while the one that took its place writes on unseen. */
  @Test
  void a_primary_whose_place_another_took_is_not_taken_for_the_last_one() {
    strait.world().members().kill("east-0");
    strait.execute(OVER);
    strait.world().members().kill("west-0");
    strait.world().trouble().hostAnswers("w0", false);
    RoleChangeResult found = strait.run("{'cluster':'strait'}");
    assertThat(found.headline()).contains("west-0 fence-method: none");
    RoleChangeResult named = strait.run("{'cluster':'strait','from':'east-0'}");
    assertThat(wrong(named))
        .anyMatch(row -> row.startsWith("east-0 right-to-write: taken from it"))
        .anyMatch(row -> row.startsWith("east-0 timeline: 1 by its host, "));
  }
}
