package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.contract.HooksOfHost;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPatroni;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A primary is moved through Patroni, on real servers under real Patroni and etcd. No test minds
 * which member leads when it begins.
 */
@Tag("all")
@Tag("heavy")
class MovesByPatroniIT {
  private static Stage stage;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(2).withWalFileMegabytes(1).byPatroni());
    stage.laws().without(11, "what refuses the old leader there is Patroni's leader lock");
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  private static LabPatroni patroni() {
    return stage.lab.patroni().orElseThrow();
  }

  private static LabInstance leader() {
    return patroni().awaitLeader();
  }

  private static LabInstance another(LabInstance leader) {
    return stage.lab.instances().stream()
        .filter(instance -> !instance.equals(leader))
        .findFirst()
        .orElseThrow();
  }

  private static String ask(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }

  /** All well: a plan has nothing against moving it. */
  private static Answer plan(LabInstance to) {
    String line = "plan switchover strait --to " + to.id();
    return stage.mooring().typeUntil(line, answer -> answer.out().contains("no check blocks"));
  }

  @Test
  void the_leader_moves_and_all_others_follow_it() throws SQLException {
    LabInstance from = leader();
    LabInstance to = another(from);
    Answer plan = plan(to);
    assertThat(plan.out())
        .contains("Patroni of scope strait moves its leader from " + from.id() + " to " + to.id())
        .contains("patronictl switchover strait --leader " + from.id());
    Answer done =
        stage
            .mooring()
            .type(
                "switchover strait --to "
                    + to.id()
                    + " --reason update --digest "
                    + Replicated.digest(plan.out()));
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out())
        .contains(
            to.id() + " is the leader on timeline ", from.id() + " follows it; Patroni took ");
    assertThat(leader()).isEqualTo(to);
    assertThat(ask(from, "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }

  /**
   * Before Patroni's own failover, which waits until the lock of the dead leader is over. Which
   * watchdog it had was seen while its Patroni ran, and is not claimed of one that is dead.
   */
  @Test
  void a_leader_whose_host_dies_is_followed_by_the_one_that_was_chosen() throws SQLException {
    LabInstance old = leader();
    LabInstance to = another(old);
    plan(to);
    patroni().configure("{\"ttl\": 20}");
    String line = "failover strait --to " + to.id();
    Answer plan = stage.mooring().type("plan " + line);
    assertThat(plan.out()).contains(old.id() + " primary-gone: WRITES", "leader lock (ttl 20 s)");
    patroni().signal(old, Signal.KILL);
    stage.lab.faults().signalAll(old, Signal.KILL);
    Answer done =
        stage.mooring().type(line + " --reason dead --digest " + Replicated.digest(plan.out()));
    patroni().configure("{\"ttl\": 12}");
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out())
        .contains(to.id() + " is the leader on timeline ")
        .contains(
            "Patroni's leader lock keeps " + old.id() + " from writing, watchdog: unknown; ",
            "Mooring proved that nothing of its server runs on its host");
    stage.lab.start(old);
    plan(old);
    assertThat(ask(old, "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }

  @Test
  void a_standby_is_made_anew_and_follows() throws SQLException {
    LabInstance standby = another(leader());
    plan(standby);
    String line = "resilver strait --instances " + standby.id();
    Answer plan = stage.mooring().type("plan " + line);
    assertThat(plan.out()).contains("Patroni removes its data and copies the leader");
    Answer done =
        stage.mooring().type(line + " --reason spoilt --digest " + Replicated.digest(plan.out()));
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out()).contains(standby.id() + " by Patroni's reinitialize");
    assertThat(ask(standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }

  /** H9: the authority of the hosts knows whom a person or a run let lead, and nobody else. */
  @Test
  void a_promotion_of_patronis_own_is_told_until_a_person_adopts_it() {
    LabInstance old = leader();
    plan(another(old));
    adopt(old);
    assertThat(check())
        .contains(old.id() + " is the leader, and is named")
        .containsPattern("pre-promote +good +calls mooring-patroni");
    patroni().signal(old, Signal.KILL);
    stage.lab.faults().signalAll(old, Signal.KILL);
    LabInstance next = leader();
    String reported = "Patroni's leader is " + next.id() + " (by on_role_change of ";
    stage.mooring().typeUntil("status strait", answer -> answer.out().contains(reported));
    assertThat(check())
        .contains(reported, "Mooring's authority names " + old.id() + " since epoch ")
        .contains("`mooring adopt strait " + next.id() + "`, if it is to be the leader");
    stage.lab.start(old);
    plan(old);
    adopt(next);
    assertThat(stage.mooring().type("status strait").out()).doesNotContain("Patroni's leader is");
    assertThat(check()).contains(next.id() + " is the leader, and is named");
  }

  /** What Patroni asks there would refuse its promotion, after its old leader was stopped. */
  @Test
  void one_that_may_not_write_by_its_hosts_authority_is_no_target() {
    LabInstance leader = leader();
    LabInstance to = another(leader);
    plan(to);
    new HooksOfHost(stage.lab, to).authorityNames("none");
    Answer refused = stage.mooring().type("plan switchover strait --to " + to.id());
    assertThat(refused.out()).contains(to.id() + " promotion-right", "no instance may write there");
    adopt(leader);
    plan(to);
  }

  private static void adopt(LabInstance leader) {
    String line = "adopt strait " + leader.id();
    Answer plan = stage.mooring().type("plan " + line);
    if (plan.out().contains("0 hosts would get an authority file")) {
      return;
    }
    Answer done =
        stage.mooring().type(line + " --reason well --digest " + Replicated.digest(plan.out()));
    assertThat(done.status()).as(done.out() + done.err()).isZero();
    assertThat(done.out()).contains("the authority names " + leader.id());
  }

  private static String check() {
    return stage.mooring().type("check strait").out();
  }

  /** Patroni promotes another when it is told its name, and what was acknowledged is lost. */
  @Test
  void with_synchronous_mode_the_target_is_one_that_commits_wait_for() throws SQLException {
    LabInstance leader = leader();
    plan(another(leader));
    patroni().configure("{\"synchronous_mode\": true}");
    try {
      LabInstance waited = waitedFor(leader);
      LabInstance other =
          stage.lab.instances().stream()
              .filter(one -> !one.equals(leader) && !one.equals(waited))
              .findFirst()
              .orElseThrow();
      plan(waited);
      assertThat(stage.mooring().type("plan switchover strait --to " + other.id()).out())
          .contains(other.id() + " sync-standby: no commit waits for it");
      assertThat(stage.mooring().type("plan failover strait --to " + other.id()).out())
          .contains(other.id() + " sync-standby: no commit is known to have waited for it");
      assertThat(stage.mooring().type("plan failover strait --to " + waited.id()).out())
          .doesNotContain(waited.id() + " sync-standby: no commit");
    } finally {
      patroni().configure("{\"synchronous_mode\": false}");
    }
    plan(another(leader));
  }

  private static LabInstance waitedFor(LabInstance leader) throws SQLException {
    String sql = "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'";
    String name = "";
    for (int turn = 0; turn < 1000 && name.isEmpty(); turn++) {
      name = ask(leader, sql);
    }
    return stage.lab.instance(name);
  }

  @Test
  void without_etcd_nothing_is_moved_and_the_refusal_names_the_store() throws SQLException {
    LabInstance led = leader();
    LabInstance to = another(led);
    plan(to);
    patroni().signalStore(Signal.KILL);
    try {
      Answer refused =
          stage
              .mooring()
              .typeUntil(
                  "plan switchover strait --to " + to.id(),
                  answer -> answer.out().contains("(PATRONI_STORE_SILENT)"));
      assertThat(refused.status()).isEqualTo(3);
      assertThat(refused.out())
          .contains(
              "Patroni promotes none while its store is silent",
              "HINT: check Patroni's store, such as etcd");
      for (LabInstance member : stage.lab.instances()) {
        assertThat(ask(member, "SELECT pg_is_in_recovery()")).as(member.id()).isEqualTo("t");
      }
      String line = "plan failover strait --to " + to.id() + " --from " + led.id();
      Answer failover = stage.mooring().type(line);
      assertThat(failover.status()).isEqualTo(3);
      assertThat(failover.out())
          .contains("Patroni dcs: ", "by hand, ", "stop Patroni of " + to.id());
    } finally {
      patroni().startStore();
    }
    leader();
  }

  /** H16: the leader's host and etcd are gone; what the plan says is typed line by line. */
  @Test
  void without_etcd_a_failover_is_made_by_hand_and_patroni_goes_on_with_it() throws SQLException {
    LabInstance old = leader();
    LabInstance to = another(old);
    plan(to);
    patroni().signalStore(Signal.KILL);
    patroni().signal(old, Signal.KILL);
    stage.lab.faults().signalAll(old, Signal.KILL);
    String line = "plan failover strait --to " + to.id() + " --from " + old.id();
    Answer plan =
        stage.mooring().typeUntil(line, answer -> answer.out().contains("stop Patroni of "));
    assertThat(plan.status()).isEqualTo(3);
    new PatroniHandProcedure(stage.lab, old, to).type(MoveByHand.linesOf(plan.out()));
    assertThat(leader()).isEqualTo(to);
    adopt(to);
    String again = "resilver strait --instances " + old.id();
    Answer planned = stage.mooring().type("plan " + again);
    Answer done =
        stage.mooring().type(again + " --reason dead --digest " + Replicated.digest(planned.out()));
    assertThat(done.status()).as(planned.out() + done.out() + done.err()).isZero();
    plan(old);
    assertThat(ask(old, "SELECT pg_is_in_recovery()")).isEqualTo("t");
  }
}
