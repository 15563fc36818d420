package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakePatroni;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A primary is moved on purpose where Patroni runs the members. */
class SwitchoverByPatroniTest {
  private final SwitchoverBed strait = new SwitchoverBed(Strait.byPatroni());
  private final FakePatroni patroni = strait.bed.patroni();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private void leads(String instance) {
    assertThat(strait.world().members().writers()).containsExactly(instance);
    assertThat(strait.world().members().followersOf(instance)).hasSize(2);
  }

  private List<String> acts() {
    return strait.bed.events("switchover").stream()
        .filter(event -> event.startsWith("scheduled Ensure"))
        .toList();
  }

  @Test
  void a_plan_says_what_patroni_would_be_told_and_changes_nothing() {
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.headline()).startsWith("no check blocks moving the primary from east-0");
    assertThat(plan.checks())
        .filteredOn(row -> row.verdict() != CheckRow.Judged.GOOD)
        .extracting(CheckRow::inWords)
        .isEmpty();
    assertThat(acts()).containsExactly("scheduled EnsureReceipt");
    leads("east-0");
    assertThat(strait.world().lastReceipt().plans().get(0).toString())
        .contains("Patroni of scope strait moves its leader from east-0 to west-0");
  }

  @Test
  void patroni_moves_its_leader_and_mooring_sees_what_came_of_it() {
    RoleChangeResult result = strait.execute(TO_WEST);
    assertThat(result.headline())
        .startsWith("west-0 is the leader on timeline 2, east-0 follows it; Patroni took ");
    assertThat(result.degraded()).isEmpty();
    leads("west-0");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("west-0");
    assertThat(result.proof().toString())
        .contains("leader_lock, value=west-0", "refused_at_east-0, value=25006")
        .contains("refused_at_east-1", "on timeline 2");
    assertThat(result.steps())
        .filteredOn(step -> step.state().equals("skipped"))
        .extracting(StepProgress::step)
        .contains("HAND_OVER", "PREPARE_SLOTS", "PAUSE");
    assertThat(acts())
        .contains("scheduled EnsureSwitchedOver", "scheduled EnsurePointed")
        .noneMatch(act -> act.contains("HandedOver") || act.contains("TakenOver"));
  }

  @Test
  void and_back_again_and_the_authority_knows_of_each() {
    strait.execute(TO_WEST);
    assertThat(authority("west-0")).isEqualTo("west-0");
    strait.execute(TO_WEST.replace("west-0", "east-0"));
    leads("east-0");
    assertThat(authority("east-0")).isEqualTo("east-0");
    assertThat(authority("west-0")).isEqualTo("patroni");
    assertThat(authority("east-1")).isEmpty();
  }

  private String authority(String host) {
    return strait.world().members().authorityOf(host);
  }

  /** Patroni would stop its leader before it asks there. */
  @Test
  void a_target_that_may_not_write_by_the_authority_of_its_host_is_none() {
    patroni.authoritySays("west-0", "none");
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("west-0 promotion-right: no instance may write there");
    leads("east-0");
  }

  @Test
  void a_target_whose_host_can_not_be_told_that_it_may_is_not_promoted() {
    strait.bed.faults().plan(call -> call.method().equals("ensurePatroniLet"), Fault.UNSERVED);
    Ended ended = strait.ended(SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("Patroni was asked for nothing");
    assertThat(acts()).doesNotContain("scheduled EnsureSwitchedOver");
    leads("east-0");
  }

  @Test
  void a_pause_a_tag_and_a_leader_without_the_store_stand_against_it() {
    patroni.tagged("west-0", Fact.NO_FAILOVER);
    patroni.tagged("east-0", Fact.FAILSAFE);
    patroni.pauses();
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline())
        .contains("Patroni pause: paused, must be not paused")
        .contains("Patroni failsafe: [east-0] does")
        .contains("west-0 nofailover: nofailover");
    leads("east-0");
  }

  @Test
  void with_synchronous_mode_one_that_no_commit_waits_for_is_no_target() {
    patroni.commitsWaitFor("east-1");
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(plan.headline()).contains("west-0 sync-standby: no commit waits for it");
  }

  @Test
  void where_the_store_is_silent_nobody_leads_and_the_run_says_so() {
    patroni.storeAway(true);
    Ended ended = strait.ended(TO_WEST);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PATRONI_STORE_SILENT");
    assertThat(ended.record().headline())
        .contains("Patroni promotes none while its store is silent");
  }

  @Test
  void a_member_that_is_lost_and_not_the_target_needs_its_rule() {
    patroni.loses("east-1");
    assertThat(strait.run(TO_WEST).headline()).contains("east-1 patroni: ", "(rule siblings)");
    String without =
        TO_WEST.replace("}", ",'overrides':'siblings','reason':'it burns','by':'alice'}");
    RoleChangeResult result =
        strait.run(
            without.replace(
                "}", ",'mode':'execute','digest':'" + strait.run(without).digest() + "'}"));
    assertThat(result.degraded()).singleElement().asString().startsWith("east-1 does not follow");
    assertThat(strait.world().members().writers()).containsExactly("west-0");
  }

  /** Patroni shows the leader's timeline of it once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_is_in_the_plan_and_not_waited_for() {
    Strait.appliesLate(strait.world().members(), "east-1", "1h");
    RoleChangeResult moved = strait.execute(TO_WEST);
    assertThat(strait.plan().objects())
        .anyMatch(
            line ->
                line.startsWith("east-1: standby, ")
                    && line.endsWith(
                        "; applies WAL 1h late, not waited for while it has some to replay"));
    assertThat(moved.degraded()).isEmpty();
    assertThat(moved.proof().toString())
        .contains("name=replays_first_east-1, value=1h late, not waited for", "refused_at_east-1");
    Strait.replays(strait.world().members(), "east-1", 0, 0);
    leads("west-0");
  }

  @Test
  void a_delay_that_the_leader_has_is_not_its_standbys() {
    strait.world().members().setOn("east-0", "recovery_min_apply_delay", "1h");
    RoleChangeResult moved = strait.execute(TO_WEST);
    assertThat(strait.plan().objects().toString()).doesNotContain("applies WAL");
    assertThat(moved.proof().toString()).doesNotContain("replays_first");
    leads("west-0");
  }

  /** Its tag is replicatefrom. */
  @Test
  void one_that_streams_from_one_that_applies_wal_late_is_not_waited_for_either() {
    try (var four = new SwitchoverBed(Strait.belowEastByPatroni())) {
      four.bed.patroni().replicatesFrom("east-2", "east-1");
      Strait.appliesLate(four.world().members(), "east-1", "1h");
      assertThat(four.execute(TO_WEST).proof().toString()).contains("replays_first_east-2");
    }
  }

  /** Whatever the call says, who leads is looked at; and a move that was made goes on. */
  @ParameterizedTest
  @CsvSource({"LOSES_REPLY", "OUTCOME_UNKNOWN", "REPEATS"})
  void a_move_whose_reply_is_lost_is_looked_at(Fault fault) {
    strait.bed.faults().plan(call -> call.method().equals("ensureSwitchedOver"), fault);
    assertThat(strait.execute(TO_WEST).outcome()).isEqualTo("Completed");
    leads("west-0");
  }

  @Test
  void a_move_that_patroni_does_not_make_leaves_the_old_leader() {
    patroni.staysIdle();
    Ended ended = strait.ended(SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains("east-0 is still the leader 30 s later, and Patroni moves nothing then");
    assertThat(authority("west-0")).isEqualTo("patroni");
    leads("east-0");
  }

  @Test
  void a_leader_on_the_host_of_the_target_is_named_there_again() {
    try (var beside = new SwitchoverBed(Strait.besideEast(Strait.byPatroni()))) {
      String toEast = TO_WEST.replace("west-0", "east-1");
      beside.bed.patroni().authoritySays("east-0", "east-0");
      beside.bed.patroni().authoritySays("east-1", "east-0");
      beside.bed.patroni().staysIdle();
      beside.ended(SwitchoverBed.approved(toEast, beside.run(toEast).digest()));
      assertThat(beside.world().members().authorityOf("east-0")).isEqualTo("east-0");
      assertThat(beside.world().members().authorityOf("east-1")).isEqualTo("east-0");
    }
  }

  @Test
  void a_move_that_nobody_takes_is_none() {
    strait.bed.faults().plan(call -> call.method().equals("ensureSwitchedOver"), Fault.UNSERVED);
    Ended ended = strait.ended(SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()));
    assertThat(ended.type()).isEqualTo("RolledBack");
    leads("east-0");
  }

  @Test
  void a_move_that_patroni_makes_to_another_is_told() {
    patroni.promotesInstead("east-1");
    Ended ended = strait.ended(SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().headline())
        .contains("Patroni made east-1 the leader, and not west-0");
    leads("east-1");
  }

  @Test
  void a_leader_that_patroni_moved_since_the_plan_is_not_moved_by_it() {
    String digest = strait.run(TO_WEST).digest();
    patroni.promote("east-1");
    Ended ended = strait.ended(SwitchoverBed.approved(TO_WEST, digest));
    assertThat(ended.record().headline())
        .contains("pooler endpoint-target: [east-0], must be [east-1]");
    leads("east-1");
  }
}
