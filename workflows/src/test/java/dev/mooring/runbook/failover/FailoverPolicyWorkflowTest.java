package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OFF;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the section failover of the cluster file settles. */
class FailoverPolicyWorkflowTest {
  private static final String POWER =
      "fences: [{host: e0, from: west, command: off, check: is-off, within: PT10S}]";
  private static final String LOST =
      "{'cluster':'strait','to':'west-0','by':'alice','lost':'east-0 is lost: its disks"
          + " burnt','overrides':'after-reboot','reason':'its disks burnt'}";
  private static final String RETRY = "{'decision':'retry','by':'bob','reason':'fixed'}";

  private FailoverBed strait = with("{" + POWER + "}");

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

  private void switchOfItsPower(PowerSwitch behaves) {
    Strait.powerSwitch(strait.world(), "e0", behaves);
  }

  private static List<String> wrong(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(CheckRow::inWords)
        .toList();
  }

  @Test
  void a_host_that_is_silent_is_powered_off_by_the_command_that_the_plan_names() {
    strait.primaryDiesWithItsHost();
    RoleChangeResult plan = strait.run(OFF);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(plan.checks().toString())
        .contains("the fence command of e0, run by the worker of west");
    RoleChangeResult result = strait.execute(OFF);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline()).contains("; east-0 is powered off; lost: ");
    assertThat(result.proof().toString())
        .contains("powered_off", "run by the worker of west: was off already", "'power is off'");
    assertThat(result.degraded())
        .anyMatch(
            one -> one.startsWith("host e0 is powered off and stays so, east-0 is not known"));
    assertThat(strait.bed.events("failover")).contains("scheduled EnsurePoweredOff");
    strait.isPrimary("west-0", "east-1");
  }

  /** It writes on where nobody sees it, until its power is cut. */
  @Test
  void one_that_runs_on_and_is_cut_off_is_powered_off_before_anybody_is_promoted() {
    strait.world().members().cut("east-0", true);
    strait.world().trouble().hostAnswers("e0", false);
    RoleChangeResult result =
        strait.execute(
            "{'cluster':'strait','to':'west-0','overrides':'primary-gone,after-reboot','by':'alice','reason':'its"
                + " switch is dead'}");
    assertThat(result.proof().toString()).contains("run by the worker of west: powered off;");
    strait.world().members().cut("east-0", false);
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_power_switch_that_tells_nothing_holds_the_run_until_it_does() {
    strait.primaryDiesWithItsHost();
    switchOfItsPower(PowerSwitch.TELLS_NOTHING);
    String request = approved(OFF, strait.run(OFF).digest());
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .contains(
            "east-0 is not known to be fenced and may accept writes",
            "whether e0 is off is not known");
    assertThat(strait.world().members().writers()).isEmpty();
    switchOfItsPower(PowerSwitch.WORKS);
    decide(run, RETRY);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_hold_at_the_power_switch_can_be_rolled_back_and_says_what_may_have_been_done() {
    strait.primaryDiesWithItsHost();
    switchOfItsPower(PowerSwitch.DOES_NOTHING);
    String request = approved(OFF, strait.run(OFF).digest());
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    decide(run, "{'decision':'roll-back','by':'bob','reason':'somebody goes there'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("host e0 may have been powered off");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** A site that burnt has no power switch either. */
  @Test
  void where_the_power_switch_fails_an_attested_loss_counts() {
    strait.primaryDiesWithItsHost();
    switchOfItsPower(PowerSwitch.TELLS_NOTHING);
    RoleChangeResult result = strait.execute(LOST);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.proof().toString())
        .contains("attested, value=alice: east-0 is lost: its disks burnt");
    assertThat(result.degraded())
        .anyMatch(one -> one.endsWith("that east-0 can't write is attested alone"));
    strait.isPrimary("west-0", "east-1");
  }

  /** Nobody reaches it, and what its clients write goes on coming to a standby. */
  @Test
  void an_attested_loss_does_not_count_while_a_standby_hears_from_there() {
    strait.world().trouble().hostAnswers("e0", false);
    switchOfItsPower(PowerSwitch.TELLS_NOTHING);
    strait.before("observeFromHost", () -> strait.world().members().write("east-0"));
    String over = LOST.replace("after-reboot", "primary-gone,waited-for,after-reboot");
    RoleChangeResult plan = strait.run(over);
    assertThat(plan.checks().toString())
        .contains("something answers at its host or is heard from there: that does not count");
    WorkflowStub run =
        strait.start(approved(over, plan.digest()), headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .contains("east-0 is not known to be fenced and may accept writes");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    decide(run, "{'decision':'roll-back','by':'bob','reason':'it writes'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
  }

  @Test
  void a_host_that_falls_silent_before_it_is_fenced_is_powered_off() {
    strait.world().members().kill("east-0");
    RoleChangeResult plan = strait.run(OFF);
    assertThat(plan.checks().toString())
        .contains(
            "on its host, which answers, proved there: no process of its server is left; if that"
                + " fails, and its disk is not needed to know what is lost, the fence command of"
                + " e0, run by the worker of west, proved by its check");
    strait.before("ensureFenced", () -> strait.world().trouble().hostAnswers("e0", false));
    RoleChangeResult result = strait.run(approved(OFF, plan.digest()));
    assertThat(result.headline()).contains("east-0 is powered off");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about)
        .containsExactly("after-reboot");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_host_that_was_powered_off_stays_off_when_the_run_is_taken_back() {
    strait.primaryDiesWithItsHost();
    String request = approved(OFF, strait.run(OFF).digest());
    strait.before("ensurePromoted", () -> strait.world().members().kill("west-0"));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("host e0 was powered off and stays off");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** The last column of the table of candidates. */
  private List<String> policies() {
    return strait.plan().tables().get(0).rows().stream()
        .map(PlanTable.Row::cells)
        .map(cells -> cells.get(0) + ": " + cells.get(cells.size() - 1))
        .toList();
  }

  /** H21: commits never wait for it. */
  @Test
  void one_that_is_not_synchronous_is_shown_to_be_so() {
    strait.close();
    strait =
        new FailoverBed(
            Strait.cluster(
                "\"file:/etc/mooring/replication\"}",
                "\"file:/etc/mooring/replication\","
                    + " synchronous: {method: first, instances: [west-0]}}"));
    strait.world().members().kill("east-0");
    strait.run("{'cluster':'strait'}");
    assertThat(policies()).containsExactly("west-0: ", "east-1: not synchronous");
  }

  @Test
  void one_that_is_excluded_is_promoted_only_where_that_is_overridden() {
    settles("{exclude: [east-1]}");
    strait.world().members().kill("east-0");
    assertThat(strait.run("{'cluster':'strait'}").headline()).contains("promoting west-0");
    assertThat(policies()).containsExactly("west-0: ", "east-1: exclude");
    String to = "{'cluster':'strait','to':'east-1','by':'alice'";
    assertThat(wrong(strait.run(to + "}")))
        .containsExactly(
            "east-1 excluded: named in failover.exclude, must be not named there (rule excluded)");
    RoleChangeResult result =
        strait.execute(to + ",'overrides':'excluded','reason':'west is to be moved'}");
    assertThat(result.outcome()).isEqualTo("Completed");
    strait.isPrimary("east-1", "west-0");
  }

  @Test
  void the_preferred_one_of_equals_is_chosen_and_else_one_of_the_same_site() {
    strait.world().members().kill("east-0");
    assertThat(strait.run("{'cluster':'strait'}").headline()).contains("promoting east-1");
    settles("{prefer: [west-0]}");
    strait.world().members().kill("east-0");
    assertThat(strait.run("{'cluster':'strait'}").headline()).contains("promoting west-0");
    assertThat(policies()).containsExactly("west-0: prefer 1", "east-1: ");
  }

  @Test
  void the_file_says_how_much_may_be_lost() {
    String toEast = FailoverBed.ALONE.replace("west-0", "east-1");
    settles("{maxLossBytes: 0}");
    eastOneIsBehind();
    assertThat(wrong(strait.run(toEast)))
        .singleElement()
        .asString()
        .contains("100 bytes behind", "at most 0 bytes");
    settles("{maxLossBytes: -1}");
    eastOneIsBehind();
    assertThat(wrong(strait.run(toEast))).isEmpty();
  }

  private void eastOneIsBehind() {
    strait.world().members().cut("east-1", true);
    strait.world().members().write("east-0");
    strait.world().members().kill("east-0");
    strait.world().members().cut("east-1", false);
  }

  /** Whoever asks with the digest is one of them, and can't be the other too. */
  @Test
  void two_persons_approve_where_the_file_wants_two() {
    settles("{}\napprovals: {persons: {failover: 2}}");
    strait.world().members().kill("east-0");
    String digest = strait.run(OVER).digest();
    WorkflowStub run =
        strait.start(
            approved(OVER, digest), headline -> headline.contains("waits for an approval"));
    String approve = "{'decision':'approve','digest':'" + digest + "','reason':'x','by':'";
    assertThatThrownBy(() -> decide(run, approve + "alice'}"))
        .hasStackTraceContaining(
            "alice asked for this run, or approved it, another person must approve it'");
    assertThat(strait.world().members().writers()).isEmpty();
    decide(run, approve + "bob'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("alice", "bob");
    assertThat(strait.bed.events("failover"))
        .containsSubsequence("scheduled AwaitReturn", "cancelled AwaitReturn");
    strait.isPrimary("west-0", "east-1");
  }

  /** The second approval is waited for as the first one is. */
  @Test
  void a_primary_that_comes_back_between_two_approvals_is_not_replaced() {
    settles("{}\napprovals: {persons: {failover: 2}}");
    strait.bed.watchesEndAfter(3000);
    strait.world().members().kill("east-0");
    String digest = strait.run(OVER).digest();
    WorkflowStub run =
        strait.start(
            approved(OVER, digest), headline -> headline.contains("waits for an approval"));
    strait.world().members().start("east-0");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().code()).isEqualTo("PRIMARY_BACK");
    strait.isPrimary("east-0", "east-1", "west-0");
  }

  @Test
  void one_person_is_enough_where_that_rule_is_broken_by_its_name() {
    settles("{}\napprovals: {persons: {failover: 2}}");
    strait.world().members().kill("east-0");
    strait.execute(
        "{'cluster':'strait','to':'west-0','overrides':'second-person','by':'alice','reason':'alone"
            + " on call'}");
    assertThat(strait.world().lastReceipt().decisions().toString()).contains("second-person");
    assertThat(strait.bed.events("failover")).doesNotContain("scheduled AwaitReturn");
    strait.isPrimary("west-0", "east-1");
  }

  /** Between the look and its fence it sent to one of them, and not to the other. */
  @Test
  void a_candidate_that_fell_behind_before_the_fence_is_not_promoted() {
    settles("{maxLossBytes: 0}");
    Strait.unreadableWal(strait.world().members(), "east-0");
    String over =
        "{'cluster':'strait','to':'west-0','overrides':'primary-gone','by':'alice','reason':'it"
            + " corrupts'}";
    String request = approved(over, strait.run(over).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("FENCE"),
            () -> {
              strait.world().members().cut("west-0", true);
              strait.world().members().write("east-0");
            });
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("LAST_LOOK"),
            () -> strait.world().members().cut("west-0", false));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("NOT_CAUGHT_UP");
    assertThat(ended.record().headline())
        .contains("since the old primary was fenced: ", "bytes behind the furthest standby");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** The cluster file has a quorum; the host of the old primary shows what was really set. */
  @Test
  void a_potential_standby_is_promoted_only_where_its_rule_is_overridden() {
    Strait.unreadableWal(strait.world().members(), "east-0");
    strait.world().members().commitsWaitFor("east-0", "FIRST 1 (east_1, west_0)");
    strait.world().members().kill("east-1");
    strait.world().members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(wrong(plan))
        .singleElement()
        .asString()
        .startsWith("west-0 waited-for: it has a place in FIRST n; whether commits waited for it");
    RoleChangeResult result =
        strait.execute(
            "{'cluster':'strait','to':'west-0','overrides':'waited-for,fetch-wal','by':'alice','reason':'both"
                + " are gone'}");
    assertThat(result.headline())
        .endsWith(
            "lost: unknown: 1 of the 2 standbys of which commits waited for 1 were read, 2 are"
                + " needed");
    strait.isPrimary("west-0");
  }

  @Test
  void one_that_has_all_that_the_others_have_needs_no_override() {
    strait.world().members().commitsWaitFor("east-0", "FIRST 1 (east_1, west_0)");
    strait.world().members().kill("east-0");
    assertThat(strait.execute(OVER).headline())
        .endsWith(
            "lost: no commit that was acknowledged, if commits waited as its host's configuration"
                + " has it");
  }

  @Test
  void a_set_that_was_changed_by_hand_after_its_record_says_nothing_sure() {
    strait.world().members().kill("east-0");
    strait.execute(OVER);
    strait.world().members().commitsWaitFor("west-0", "FIRST 1 (east_1, east_0)");
    strait.world().members().kill("west-0");
    RoleChangeResult plan = strait.run("{'cluster':'strait','to':'east-1'}");
    assertThat(strait.plan().measured().toString())
        .contains(
            "lost with it: unknown: commits wait for FIRST 1 (east_1, east_0) by its"
                + " configuration, and for ANY 1 (east_1) by the record of epoch ");
    assertThat(wrong(plan)).singleElement().asString().startsWith("east-1 waited-for: ");
  }

  @Test
  void a_plan_says_when_a_candidate_that_still_replays_would_accept_writes() {
    Strait.replays(strait.world().members(), "west-0", 70_000_000, 1_000_000);
    strait.world().members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(strait.plan().measured().toString())
        .containsPattern(
            "70000000 bytes are to be replayed before it accepts writes, about 1 min 1\\d s at the"
                + " \\d+ bytes a second that were measured over 1\\d{3} ms");
    assertThat(plan.checks())
        .filteredOn(row -> row.verdict() == CheckRow.Judged.WARNING)
        .singleElement()
        .extracting(CheckRow::inWords)
        .asString()
        .startsWith("west-0 replay-time: 70000000 bytes");
    Strait.replays(strait.world().members(), "west-0", 70_000_000, 0);
    strait.run(OVER);
    assertThat(strait.plan().measured().toString())
        .contains("for how long is unknown: nothing was replayed between two readings");
  }

  @Test
  void a_plan_warns_where_a_lost_site_could_not_be_told_from_a_cut_network() {
    String to = "{'cluster':'strait','to':'east-1'}";
    strait.world().members().kill("east-0");
    strait.world().trouble().hostAnswers("w0", false);
    assertThat(strait.run(to).checks())
        .extracting(CheckRow::inWords)
        .anyMatch(
            row ->
                row.startsWith(
                    "east-0 witnesses: 2 machines: the worker of east, host e1; 1 beside site east,"
                        + " must be 2 machines beside its own"));
    strait.world().trouble().hostAnswers("w0", true);
    assertThat(strait.run(to).checks())
        .filteredOn(row -> row.is("witnesses", "east-0"))
        .extracting(CheckRow::verdict)
        .containsExactly(CheckRow.Judged.GOOD);
  }

  /** Nobody reaches it, and a standby goes on receiving what its clients write. */
  @Test
  void a_silent_primary_from_which_a_standby_still_receives_is_cut_off_and_not_dead() {
    strait.world().trouble().hostAnswers("e0", false);
    strait.before("observeFromHost", () -> strait.world().members().write("east-0"));
    RoleChangeResult plan = strait.run(OVER);
    assertThat(wrong(plan))
        .anyMatch(
            row ->
                row.startsWith(
                    "east-0 primary-gone: CUT_OFF: it answers no witness, and still sends WAL to"));
  }
}
