package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Failsafe;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.port.PatroniWatchdog.Device;
import dev.mooring.port.PatroniWatchdog.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The leader is gone where Patroni runs the members. */
class FailoverByPatroniTest {
  private static final String OVER = FailoverBed.OVER;
  private final FailoverBed strait = new FailoverBed(Strait.byPatroni());
  private final FakePatroni patroni = strait.bed.patroni();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private void leads(String instance, String... followers) {
    assertThat(strait.world().members().writers()).containsExactly(instance);
    assertThat(strait.world().members().followersOf(instance)).containsExactlyInAnyOrder(followers);
  }

  /** Patroni shows the leader's timeline of it once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_is_in_the_plan_and_not_waited_for() {
    Strait.appliesLate(strait.world().members(), "east-1", "1h");
    patroni.loses("east-0");
    RoleChangeResult failedOver = strait.execute(OVER);
    assertThat(strait.plan().objects())
        .contains(
            "east-1: standby, follows when Patroni configures it; applies WAL 1h late, not waited"
                + " for while it has some to replay");
    assertThat(failedOver.degraded()).noneMatch(line -> line.contains("east-1"));
    Strait.replays(strait.world().members(), "east-1", 0, 0);
    leads("west-0", "east-1");
  }

  /** Past the fork it never follows unless Patroni rewinds it. */
  @Test
  void one_that_applies_wal_late_and_has_more_than_the_candidate_is_awaited() {
    Strait.appliesLate(strait.world().members(), "east-1", "1h");
    strait.world().members().cut("west-0", true);
    strait.world().members().write("east-0");
    patroni.loses("east-0");
    strait.world().members().cut("west-0", false);
    RoleChangeResult failedOver = strait.execute(OVER);
    assertThat(failedOver.degraded()).anyMatch(line -> line.startsWith("east-1 does not follow"));
    assertThat(failedOver.proof().toString()).doesNotContain("replays_first");
  }

  private List<String> acts() {
    return strait.bed.events("failover").stream()
        .filter(event -> event.startsWith("scheduled Ensure"))
        .toList();
  }

  @Test
  void the_plan_says_what_keeps_the_old_leader_from_writing() {
    patroni.loses("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).as(plan.headline()).isEqualTo(Plan.PLANNED);
    assertThat(strait.plan().objects().get(0))
        .startsWith("east-0: the leader, system ")
        .endsWith(", timeline 1; kept from writing by Patroni's leader lock (ttl 30 s)");
    assertThat(plan.checks())
        .extracting(CheckRow::title, CheckRow::seen)
        .contains(
            tuple("Patroni failsafe-mode", "off"),
            tuple("Patroni leader-lock", "ttl 30 s"),
            tuple("east-0 watchdog", "unknown"));
    assertThat(strait.plan().byHand().get(0)).endsWith("Z on plan it anew");
    assertThat(strait.plan().byHand().toString())
        .contains("patronictl failover strait --candidate west-0")
        .contains("`mooring adopt strait west-0 --reason WHY`");
    assertThat(acts()).containsExactly("scheduled EnsureReceipt");
  }

  /** Of what stops a leader whose Patroni stands still no more is said than was seen. */
  @Test
  void a_watchdog_is_told_as_the_old_leaders_host_shows_it() {
    PatroniWatchdog off = new PatroniWatchdog(Mode.OFF, "/dev/watchdog", Device.WRITABLE);
    patroni.calls("east-0", new PatroniHooks(true, "/p.yml", List.of(), List.of(), List.of(off)));
    patroni.loses("east-0");
    assertThat(strait.run(OVER).checks())
        .extracting(CheckRow::title, CheckRow::seen)
        .contains(tuple("east-0 watchdog", "off"));
    assertThat(strait.execute(OVER).headline())
        .contains("leader lock keeps east-0 from writing, watchdog: off; Mooring proved that");
  }

  @Test
  void a_lock_that_is_over_before_an_old_leader_has_stopped_needs_its_rule() {
    patroni.settings(
        new PatroniSettings(
            new LockTimes(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofSeconds(10)),
            0,
            Synchronous.OFF,
            Failsafe.ON,
            false));
    patroni.loses("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline())
        .contains("Patroni leader-lock: ttl 20 s", "30 s", "(rule leader-lock)");
    String overridden = OVER.replace("}", ",'overrides':'leader-lock','reason':'it is off'}");
    assertThat(strait.run(overridden).outcome()).isEqualTo(Plan.PLANNED);
  }

  @Test
  void patroni_promotes_the_candidate_and_what_its_host_shows_of_the_old_leader_is_told() {
    patroni.loses("east-0");
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.headline())
        .startsWith("west-0 is the leader on timeline 2, ")
        .contains(
            "Patroni's leader lock keeps east-0 from writing, watchdog: unknown; Mooring proved"
                + " that nothing of its server runs on its host; lost: ");
    leads("west-0", "east-1");
    assertThat(strait.world().members().isTold("west-0")).isTrue();
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("west-0");
    assertThat(result.proof().toString())
        .contains("leader_lock, value=west-0", "refused_at_east-1");
    assertThat(acts())
        .contains("scheduled EnsureFailedOver")
        .noneMatch(act -> act.contains("Fenced") || act.contains("Promoted"));
    patroni.start("east-0");
    leads("west-0", "east-0", "east-1");
  }

  @Test
  void of_a_host_that_is_silent_it_is_said_that_all_rests_on_patroni() {
    patroni.loses("east-0");
    strait.world().trouble().hostAnswers("e0", false);
    RoleChangeResult result = strait.execute(OVER);
    assertThat(result.degraded().toString()).contains("this rests on Patroni alone");
    leads("west-0", "east-1");
  }

  @Test
  void a_leader_that_runs_is_left_alone() {
    Ended ended = strait.ended(FailoverBed.approved(OVER, strait.run(OVER).digest()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline())
        .contains(
            "east-0 primary-gone: WRITES",
            "Patroni old-leader: east-0 is the leader by its own report");
    leads("east-0", "west-0", "east-1");
  }

  @Test
  void one_that_patroni_replaced_by_itself_is_not_failed_over_again() {
    patroni.loses("east-0");
    String digest = strait.run(OVER).digest();
    patroni.promote("east-1");
    Ended ended = strait.ended(FailoverBed.approved(OVER, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains("east-1 primary-gone: WRITES");
    leads("east-1", "west-0");
  }

  @Test
  void a_pause_and_a_tag_stand_against_it() {
    patroni.loses("east-0");
    patroni.pauses();
    patroni.tagged("west-0", Fact.NO_FAILOVER);
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("Patroni pause: paused", "west-0 nofailover: nofailover");
  }

  @Test
  void one_that_may_not_write_by_the_authority_of_its_host_is_not_promoted() {
    patroni.loses("east-0");
    patroni.authoritySays("west-0", "none");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("west-0 promotion-right: no instance may write there");
    assertThat(plan.checks())
        .filteredOn(row -> row.is("promotion-right", "west-0"))
        .extracting(CheckRow::remedy)
        .singleElement()
        .asString()
        .as("no leader can be adopted")
        .startsWith("if it may be promoted: on w0, as ")
        .contains("printf 'writer=west-0\\n");
  }

  /** Patroni itself would promote it all the same when it is told its name. */
  @Test
  void one_that_no_commit_waited_for_needs_its_rule_where_synchronous_mode_is_on() {
    patroni.commitsWaitFor("east-1");
    patroni.loses("east-0");
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline())
        .contains("west-0 sync-standby: no commit is known to have waited for it")
        .contains("(rule waited-for)");
    patroni.commitsWaitFor("west-0");
    assertThat(strait.run(OVER).outcome()).isNotEqualTo(Plan.WOULD_REFUSE);
  }

  /** H16: a person who keeps Patroni away by hand makes it all the same. */
  @Test
  void without_the_store_a_plan_says_how_a_person_fails_over_and_until_when_that_is_good() {
    patroni.authoritySays("east-1", "patroni");
    patroni.loses("east-0");
    patroni.storeAway(true);
    RoleChangeResult plan = strait.run(OVER);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("Patroni dcs: the store is silent");
    List<String> lines = strait.plan().byHand();
    assertThat(lines.get(0)).matches("of what was observed at \\S+Z; from \\S+Z on plan it anew");
    assertThat(String.join("\n", lines))
        .containsSubsequence(
            "on e0, stop Patroni of east-0 and keep it from starting",
            "on e1, stop Patroni of east-1",
            "on w0, stop Patroni of west-0",
            "mooring_fenced_epoch_0",
            "must print nothing, or east-0 may still accept writes",
            "`mooring whois strait`",
            "pg_ctl -D /data/west-0 -w promote`",
            "`patronictl remove strait`",
            "on w0, start Patroni of west-0: `patronictl list strait` must show it as the leader",
            "start Patroni of east-1: each follows",
            "cp -a /data/east-0/pg_wal ",
            "`mooring adopt strait west-0 --reason WHY`, then `mooring resilver strait --instances"
                + " east-0");
    assertThat(acts()).containsExactly("scheduled EnsureReceipt");
  }

  @Test
  void without_the_store_an_old_host_that_is_silent_is_powered_off_by_hand() {
    patroni.loses("east-0");
    patroni.storeAway(true);
    strait.world().trouble().hostAnswers("e0", false);
    strait.run(OVER);
    assertThat(String.join("\n", strait.plan().byHand()))
        .contains("power e0 off, and make sure that it stays off")
        .doesNotContain("stop Patroni of east-0");
  }

  @Test
  void without_the_store_nobody_is_promoted() {
    patroni.loses("east-0");
    String digest = strait.run(OVER).digest();
    patroni.storeAway(true);
    Ended ended = strait.ended(FailoverBed.approved(OVER, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PATRONI_STORE_SILENT");
    assertThat(ended.record().headline()).startsWith("Patroni promotes no member of strait while");
  }

  @ParameterizedTest
  @CsvSource({"LOSES_REPLY", "OUTCOME_UNKNOWN", "REPEATS"})
  void a_promotion_whose_reply_is_lost_is_looked_at(Fault fault) {
    patroni.loses("east-0");
    strait.bed.faults().plan(call -> call.method().equals("ensureFailedOver"), fault);
    assertThat(strait.execute(OVER).outcome()).isEqualTo("Completed");
    leads("west-0", "east-1");
  }
}
