package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OFF;
import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers start with their hosts, and a host that is off says nothing on its disks. */
class FailoverAfterRebootTest {
  private static final String POWER =
      "{automatic: {}, fences: [{host: e0, from: west, command: off, check: is-off, within:"
          + " PT10S}]}";
  private static final String STARTS = "\nguard: {afterReboot: start}";
  private static final String PERMIT = "\nguard: {afterReboot: permit}";
  private static final String ATTESTED =
      OVER.replace("}", ",'by':'alice','lost':'east-0 is lost: its site burnt'}");
  private static final String WHEN =
      "{'cluster':'strait','when':'primary-down','to':'west-0','mode':'execute','by':'alice'}";

  private FailoverBed strait = with("");

  /** What is done before the plan of a watch is approved. */
  private Runnable decided = () -> {};

  private static FailoverBed with(String guard) {
    return new FailoverBed(Strait.synchronous(POWER + guard));
  }

  private void settles(String guard) {
    strait.close();
    strait = with(guard);
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static List<CheckRow> ruled(List<CheckRow> checks) {
    return checks.stream().filter(row -> row.rule().equals("after-reboot")).toList();
  }

  private static List<Judged> judged(List<CheckRow> checks) {
    return ruled(checks).stream().map(CheckRow::verdict).toList();
  }

  private void rehearsed(Duration ago, boolean passed, Proof... shown) {
    Instant now = Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
    Strait.rehearsed(strait.world(), "east-0", now.minus(ago), passed, shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", PERMIT, STARTS})
  void power_off_is_no_fence_unless_a_person_overrides_that_by_its_name(String guard) {
    settles(guard);
    strait.primaryDiesWithItsHost();
    RoleChangeResult plan = strait.run(OVER);
    assertThat(judged(plan.checks())).containsExactly(Judged.WRONG);
    Ended refused = strait.ended(approved(OVER, plan.digest()));
    assertThat(refused.record().code()).isEqualTo("PREFLIGHT");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.execute(OFF).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about)
        .containsExactly("after-reboot");
    strait.isPrimary("west-0", "east-1");
  }

  /** The whole choice in one sentence. */
  @Test
  void the_plan_says_what_to_see_to_before_it_is_overridden() {
    strait.primaryDiesWithItsHost();
    assertThat(ruled(strait.run(OVER).checks()))
        .extracting(CheckRow::remedy)
        .containsExactly(
            "make sure that host e0 stays off (or off the network), and that nothing starts east-0"
                + " as a primary when it is on again, then plan with `--override after-reboot"
                + " --reason WHY`");
  }

  @ParameterizedTest
  @ValueSource(strings = {PERMIT, STARTS})
  void nor_is_an_attested_loss(String guard) {
    settles(guard);
    strait.primaryDiesWithItsHost();
    assertThat(judged(strait.run(ATTESTED).checks())).containsExactly(Judged.WRONG);
  }

  /** What lies on the disk of a host that is dead nobody reads. */
  @Test
  void a_rehearsal_that_no_run_read_while_its_host_answered_counts_for_nothing() {
    rehearsed(Duration.ofDays(1), true, Proof.AFTER_REBOOT);
    strait.primaryDiesWithItsHost();
    assertThat(judged(strait.run(OVER).checks())).containsExactly(Judged.WRONG);
  }

  private void isAskedAs(Judged judged) {
    WorkflowStub run = strait.watching(WHEN, note -> note.startsWith("connects to east-0"));
    strait.primaryDiesWithItsHost();
    strait.until(strait::headline, headline -> headline.contains("waits for an approval"));
    assertThat(
            strait.plan().objects().stream().filter(one -> one.contains("after-reboot")).toList())
        .hasSize(judged == Judged.OVERRIDDEN ? 1 : 0);
    decided.run();
    approves(run, "bob");
    RoleChangeResult result = strait.result(run);
    assertThat(judged(result.checks())).containsExactly(judged);
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::by)
        .isEqualTo(judged == Judged.OVERRIDDEN ? List.of("bob") : List.of());
    strait.isPrimary("west-0", "east-1");
  }

  /** Its power was not shown, so that a person is asked all the same. */
  @Test
  void a_watch_that_read_the_rehearsal_while_its_host_answered_goes_by_it() {
    rehearsed(Duration.ofDays(1), true, Proof.AFTER_REBOOT);
    isAskedAs(Judged.GOOD);
  }

  /** It was fresh enough when the primary was found to be gone, and nothing happens there since. */
  @Test
  void a_rehearsal_does_not_grow_old_while_a_person_decides() {
    rehearsed(Duration.ofDays(30).minusMinutes(1), true, Proof.AFTER_REBOOT);
    decided =
        () -> {
          strait.bed.watchesEndAfter(1);
          strait.passes(Duration.ofMinutes(3));
        };
    isAskedAs(Judged.GOOD);
  }

  @Test
  void the_approver_of_the_plan_of_a_watch_that_read_none_overrides_the_rule() {
    isAskedAs(Judged.OVERRIDDEN);
  }

  @Test
  void one_that_failed_or_showed_something_else_or_is_of_long_ago_shows_nothing() {
    rehearsed(Duration.ofDays(1), false, Proof.AFTER_REBOOT);
    isAskedAs(Judged.OVERRIDDEN);
    settles(PERMIT);
    rehearsed(Duration.ofDays(1), true, Proof.POWER, Proof.GUARDED_LAUNCHER);
    isAskedAs(Judged.OVERRIDDEN);
    settles(PERMIT);
    rehearsed(Duration.ofDays(31), true, Proof.POWER, Proof.AFTER_REBOOT);
    isAskedAs(Judged.OVERRIDDEN);
    settles(STARTS);
    rehearsed(Duration.ofDays(1), true, Proof.POWER, Proof.AFTER_REBOOT);
    isAskedAs(Judged.OVERRIDDEN);
  }

  /** Its disks keep it from writing; its host is not powered off where that fails. */
  @ParameterizedTest
  @ValueSource(strings = {PERMIT, STARTS})
  void a_host_that_answers_is_fenced_on_its_disks_alone(String guard) {
    settles(guard);
    strait.world().members().kill("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(ruled(plan.checks())).isEmpty();
    assertThat(strait.plan().toString()).contains("before that proof, the run holds");
    assertThat(strait.execute(OVER).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void one_that_falls_silent_after_the_plan_is_waited_for_and_not_powered_off() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    strait.before("ensureFenced", () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .contains("host e0 is not powered off", "--override after-reboot --reason WHY");
    decide(run, "{'decision':'roll-back','by':'bob','reason':'it burns'}");
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
    assertThat(strait.bed.events("failover")).doesNotContain("scheduled EnsurePoweredOff");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  private void fallsSilentOnceFenced() {
    strait
        .bed
        .faults()
        .before(
            call -> call.step().equals("CUT_OFF") && call.method().equals("ensureFenced"),
            () -> strait.world().trouble().hostAnswers("e0", false));
  }

  /** Its configuration fence is on its disk by then, whatever its launchers ask. */
  @ParameterizedTest
  @ValueSource(strings = {PERMIT, STARTS})
  void one_that_falls_silent_once_it_is_fenced_is_powered_off(String guard) {
    settles(guard);
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    fallsSilentOnceFenced();
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().seen().proofs().toString())
        .contains("on_its_host", "powered_off");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .isEmpty();
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_sibling_on_a_host_that_was_powered_off_is_not_waited_for() {
    strait.close();
    strait = new FailoverBed(Strait.besideEast(Strait.synchronous(POWER + STARTS)));
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    fallsSilentOnceFenced();
    RoleChangeResult result = strait.run(request);
    assertThat(result.degraded())
        .anyMatch(one -> one.startsWith("east-1 is on host e0, which is powered off"))
        .noneMatch(one -> one.startsWith("east-1 does not follow"));
  }

  /** Only its disks tell, once its power is back. */
  @Test
  void a_rollback_says_that_one_which_was_powered_off_stays_fenced_on_its_disks() {
    settles(STARTS);
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    fallsSilentOnceFenced();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("observePower"),
            () -> Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING));
    WorkflowStub run = strait.start(request, headline -> headline.startsWith("LAST_LOOK can't"));
    decide(run, "{'decision':'roll-back','by':'bob','reason':'it burns'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().toString()).contains("east-0 stays fenced on its disks");
    assertThat(strait.world().members().writers()).isEmpty();
  }

  /** Its host answers again when the run is rolled back. */
  @Test
  void a_rollback_after_a_power_switch_that_failed_takes_the_fence_back_and_says_nothing_else() {
    strait.world().members().kill("east-0");
    String request = approved(OVER, strait.run(OVER).digest());
    Strait.powerSwitch(strait.world(), "e0", PowerSwitch.TELLS_NOTHING);
    fallsSilentOnceFenced();
    WorkflowStub run = strait.start(request, headline -> headline.startsWith("CUT_OFF can't"));
    strait.bed.faults().mend();
    strait.world().trouble().hostAnswers("e0", true);
    decide(run, "{'decision':'roll-back','by':'bob','reason':'its power switch is broken'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().toString())
        .contains("may be started as the primary again")
        .doesNotContain("stays fenced");
  }

  private WorkflowStub byHook() {
    return by("hook alertmanager");
  }

  private WorkflowStub by(String hookOrWatch) {
    return strait.start(
        OVER.replace("}", ",'mode':'execute','by':'" + hookOrWatch + "'}"),
        headline -> headline.contains("waits for an approval"));
  }

  private void approves(WorkflowStub run, String person) {
    decide(
        run,
        String.format(
            "{'decision':'approve','digest':'%s','by':'%s','reason':'it is off'}",
            strait.plan().digest(), person));
  }

  private void isOverriddenBy(WorkflowStub run, Tuple... rulesAndPersons) {
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about, DecisionRecord::by)
        .containsExactly(rulesAndPersons);
    strait.isPrimary("west-0", "east-1");
  }

  /** A hook brings no person's word, and the record of a dead host lies on that host. */
  @ParameterizedTest
  @ValueSource(strings = {"hook alertmanager", "watch.reactions.failover"})
  void the_approver_of_the_plan_that_a_hook_began_overrides_the_rule(String hookOrWatch) {
    strait.primaryDiesWithItsHost();
    WorkflowStub run = by(hookOrWatch);
    approves(run, "bob");
    isOverriddenBy(run, tuple("after-reboot", "bob"));
  }

  @Test
  void of_two_who_approve_each_overrides_the_rule() {
    strait.close();
    strait =
        new FailoverBed(
            Strait.synchronous(
                POWER.replace("automatic: {}, ", "") + "\napprovals: {persons: {failover: 2}}"));
    strait.primaryDiesWithItsHost();
    WorkflowStub run = byHook();
    approves(run, "bob");
    strait.until(strait::headline, headline -> !headline.contains("by 2 persons"));
    approves(run, "carol");
    isOverriddenBy(run, tuple("after-reboot", "bob"), tuple("after-reboot", "carol"));
  }

  /** What is known by then is no other plan. */
  @Test
  void a_rule_that_an_approval_overrode_may_hold_again_under_the_locks() {
    Strait.unwaited(strait.world().members(), "role batch in database shop: off");
    strait.primaryDiesWithItsHost();
    WorkflowStub run = byHook();
    Strait.unwaited(strait.world().members());
    approves(run, "bob");
    assertThat(strait.result(run).checks())
        .filteredOn(row -> row.rule().equals("fetch-wal"))
        .extracting(CheckRow::verdict)
        .containsExactly(Judged.GOOD);
    isOverriddenBy(run, tuple("after-reboot", "bob"), tuple("fetch-wal", "bob"));
  }

  /** Who types a hook's name beside a digest is refused. */
  @Test
  void a_digest_that_is_brought_is_no_approval_of_an_override() {
    strait.primaryDiesWithItsHost();
    String typed = OVER.replace("}", ",'by':'hook alertmanager'}");
    Ended refused = strait.ended(approved(typed, strait.run(typed).digest()));
    assertThat(refused.type()).isEqualTo("BAD_INPUT");
    assertThat(strait.world().members().writers()).isEmpty();
  }
}
