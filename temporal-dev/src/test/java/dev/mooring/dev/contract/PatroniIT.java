package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.PatroniContract;
import dev.mooring.contract.PatroniWorld;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.PatroniActivities.LeaderChange;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.RehearsalActivities.Ended;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RehearsalActivities.Rehearse;
import dev.mooring.port.RehearsalActivities.Rehearsed;
import dev.mooring.port.RehearsalActivities.Shown;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A real Patroni keeps what its port promises; and of two leaders the old one stops accepting
 * writes before the new one begins. The watchdog of a host is emulated: what it kills, softdog
 * would reset.
 */
@Tag("heavy")
class PatroniIT extends PatroniContract {
  private static final String READ = "SELECT host(inet_server_addr())";
  private static final String INSERT =
      "CREATE TABLE IF NOT EXISTS through_haproxy (at text);"
          + " INSERT INTO through_haproxy VALUES (host(inet_server_addr())) RETURNING at";

  private static PatroniRealWorld real;

  @BeforeAll
  static void up() {
    real = new PatroniRealWorld("strait");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Override
  protected PatroniWorld world() {
    return real;
  }

  private LabInstance leads() {
    return real.lab().instance(leader().value());
  }

  private InstanceId otherLeads(LabInstance old) {
    long end = System.nanoTime() + Await.LIMIT.toNanos();
    while (System.nanoTime() < end) {
      PatroniObserved seen = observe();
      List<InstanceId> leaders =
          seen.leaders().stream().filter(i -> !i.value().equals(old.id())).toList();
      if (!leaders.isEmpty()) {
        return leaders.get(0);
      }
    }
    throw new AssertionError("nobody leads instead of " + old.id());
  }

  private String lastInHistory() {
    return observe().cluster().stream()
        .flatMap(seen -> seen.history().stream())
        .reduce((earlier, later) -> later)
        .map(LeaderChange::leader)
        .orElse("");
  }

  /**
   * A standby of PostgreSQL 15 that was told of a new timeline in the midst of a record may look
   * for the rest of it in its own directory for ever, and Patroni lets it: one that is left on
   * another timeline for so long is started anew.
   */
  @Override
  protected void letSettle() {
    long end = System.nanoTime() + 2 * Await.LIMIT.toNanos();
    while (!isSettled() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
    List<MemberSeen> members = observe().members();
    List<List<TimelineId>> leads =
        members.stream()
            .filter(one -> one.role() == Role.LEADER)
            .map(MemberSeen::timeline)
            .toList();
    for (MemberSeen member : members) {
      if (!leads.isEmpty() && member.role() == Role.REPLICA && !leads.contains(member.timeline())) {
        LabInstance left = real.lab().instance(member.instance().value());
        kill(left);
        real.lab().start(left);
      }
    }
    super.letSettle();
  }

  /** What a test that went wrong left behind would fail the others too. */
  @AfterEach
  void everyMemberRuns() {
    for (LabInstance instance : real.lab().instances()) {
      hooks(instance).forget();
      hooks(instance).unfence();
      real.lab().faults().network(instance.host()).mend();
      if (!real.runs().isRunning(instance)) {
        real.lab().start(instance);
      }
      real.runs().signal(instance, Signal.CONT);
    }
  }

  /** What HAProxy asks. */
  @Test
  @Tag("all")
  void a_health_check_is_answered_by_role() {
    letSettle();
    LabInstance leader = leads();
    for (LabInstance instance : real.lab().instances()) {
      boolean leads = instance.equals(leader);
      assertThat(status(instance, "/primary")).isEqualTo(leads ? 200 : 503);
      assertThat(status(instance, "/replica")).isEqualTo(leads ? 503 : 200);
    }
  }

  /** H10 by HAProxy itself: clients are where Patroni is, before and after it moved its leader. */
  @Test
  @Tag("all")
  void haproxy_leads_writes_to_the_leader_and_reads_to_those_that_follow_it() {
    letSettle();
    LabInstance from = leads();
    LabInstance to = standbys(from).get(0);
    until(() -> written().equals(from.host().address()));
    world().patroni().ensureSwitchedOver(move(new InstanceId(from.id()), new InstanceId(to.id())));
    until(() -> written().equals(to.host().address()));
    letSettle();
    TreeSet<String> readers = new TreeSet<>();
    until(
        () -> {
          readers.add(read());
          readers.remove("");
          return readers.size() == 2;
        });
    assertThat(readers)
        .containsExactlyInAnyOrderElementsOf(
            standbys(to).stream().map(one -> one.host().address()).toList());
  }

  /** The address of the server that took a write; empty where none did. */
  private static String written() {
    try (Connection connection = front().connectForWrites()) {
      return answer(connection, INSERT);
    } catch (SQLException refused) {
      return "";
    }
  }

  private static String read() {
    try (Connection connection = front().connectForReads()) {
      return answer(connection, READ);
    } catch (SQLException refused) {
      return "";
    }
  }

  private static LabFronts front() {
    return real.lab().fronts().orElseThrow();
  }

  /** Of the last of several statements. */
  private static String answer(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      while (statement.getUpdateCount() != -1) {
        statement.getMoreResults();
      }
      ResultSet row = statement.getResultSet();
      return row != null && row.next() ? row.getString(1) : "";
    }
  }

  private int status(LabInstance instance, String path) {
    return real.runs()
        .asked(
            instance,
            path,
            HttpRequest.newBuilder().method("OPTIONS", HttpRequest.BodyPublishers.noBody()))
        .statusCode();
  }

  @Test
  @Tag("all")
  void a_leader_that_is_killed_is_followed_by_another_and_the_port_sees_it() {
    letSettle();
    LabInstance old = leads();
    kill(old);
    InstanceId next = otherLeads(old);
    // the new leader writes it there in a later round
    until(() -> lastInHistory().equals(next.value()));
    real.lab().start(old);
    letSettle();
    assertThat(leader()).isEqualTo(next);
  }

  /** H6, by the leader lock: Patroni itself stops the server it can't renew the lock for. */
  @Test
  @Tag("all")
  void a_leader_that_is_cut_off_takes_no_write_once_another_one_does() {
    letSettle();
    LabInstance old = leads();
    LastWrites writes = LastWrites.at(real.lab(), old);
    writes.until(1);
    long resets = real.runs().resets(old);
    real.lab().faults().network(old.host()).cutFromAll();
    InstanceId next = otherLeads(old);
    long first = LastWrites.first(real.lab(), real.lab().instance(next.value()));
    assertThat(writes.end()).as("last write at " + old.id()).isLessThan(first);
    assertThat(real.runs().resets(old)).isEqualTo(resets);
    real.lab().faults().network(old.host()).mend();
    letSettle();
  }

  /** H18, by the watchdog: a Patroni that stands still can stop nothing. */
  @Test
  @Tag("all")
  void a_leader_whose_patroni_stands_still_is_reset_before_another_one_accepts_writes() {
    letSettle();
    LabInstance old = leads();
    LastWrites writes = LastWrites.at(real.lab(), old);
    writes.until(1);
    long resets = real.runs().resets(old);
    real.runs().signal(old, Signal.STOP);
    InstanceId next = otherLeads(old);
    long first = LastWrites.first(real.lab(), real.lab().instance(next.value()));
    assertThat(writes.end()).as("last write at " + old.id()).isLessThan(first);
    assertThat(real.runs().resets(old)).isEqualTo(resets + 1);
    real.lab().start(old);
    letSettle();
  }

  private static HooksOfHost hooks(LabInstance instance) {
    return new HooksOfHost(real.lab(), instance);
  }

  private List<LabInstance> standbys(LabInstance leader) {
    return real.lab().instances().stream().filter(one -> !one.equals(leader)).toList();
  }

  /**
   * H9, by pre_promote: Patroni gives its lock back then, where nobody may write and where nobody
   * said who may. It does not tell the watchdog, which resets the host of each that was refused
   * (3.0.2).
   */
  @Test
  @Tag("all")
  void standbys_that_may_not_write_are_not_promoted_and_one_that_may_again_is() {
    letSettle();
    LabInstance old = leads();
    List<LabInstance> standbys = standbys(old);
    hooks(standbys.get(0)).authorityNames("none");
    hooks(standbys.get(1)).loseAuthority();
    Map<LabInstance, Long> resets =
        standbys.stream().collect(Collectors.toMap(one -> one, real.runs()::resets));
    kill(old);
    for (LabInstance refused : standbys) {
      until(() -> hooks(refused).record().contains(" pre_promote refused "));
      // the watchdog says so a moment after all is killed
      until(() -> real.runs().resets(refused) > resets.getOrDefault(refused, 0L));
      until(() -> !real.runs().isRunning(refused));
    }
    LabInstance next = standbys.get(1);
    hooks(next).authorityNames("patroni");
    standbys.forEach(one -> real.lab().start(one));
    assertThat(otherLeads(old).value()).isEqualTo(next.id());
    until(() -> hooks(next).record().contains(" on_role_change master strait "));
    assertThat(hooks(next).record())
        .containsSubsequence(" pre_promote refused ", " pre_promote let ", " on_role_change ")
        .endsWith(" on_role_change master strait " + timeline(next));
    real.lab().start(old);
    until(() -> runs(standbys.get(0)) && isSettled());
    letSettle();
    assertThat(leads()).isEqualTo(next);
  }

  /** One that tried first was refused, and its watchdog ends it at any later time. */
  private static boolean runs(LabInstance refused) {
    boolean running = real.runs().isRunning(refused);
    if (!running) {
      real.lab().start(refused);
    }
    return running;
  }

  /** Beside members that Patroni goes on running, and nothing of theirs is changed. */
  @Test
  @Tag("all")
  void what_each_member_asks_before_a_promotion_is_rehearsed_beside_it() {
    letSettle();
    InstanceId leader = leader();
    for (Instance member : real.cluster().instances()) {
      HooksOfHost hooks = hooks(real.lab().instance(member.id().value()));
      String before = hooks.record();
      Rehearsed rehearsed = real.rehearsals().ensureRehearsed(rehearse(member));
      assertThat(rehearsed.failures()).isEmpty();
      List<Shown> shown = rehearsed.rehearsed().get(0).shown();
      assertThat(shown).extracting(Shown::proof).containsExactly(Proof.HOOK);
      assertThat(shown).as("%s", shown).extracting(Shown::ended).containsExactly(Ended.SHOWN);
      assertThat(hooks.record()).isEqualTo(before);
    }
    assertThat(leader()).isEqualTo(leader);
  }

  private static Rehearse rehearse(Instance member) {
    Call call = new Call(real.cluster().name(), "a-run", "REHEARSE", 1, Epoch.NONE);
    HostWork on = new HostWork(real.cluster().host(member.host()), List.of(member));
    return new Rehearse(call, on, Instant.parse("2026-03-01T10:00:00Z"), List.of());
  }

  /**
   * What fences an old primary keeps it down whoever starts it, also a Patroni that nobody else is
   * beside: the server program ends at it.
   */
  @Test
  @Tag("all")
  void a_member_that_is_fenced_is_not_brought_up_by_its_patroni() {
    letSettle();
    LabInstance old = leads();
    kill(old);
    LabInstance next = real.lab().instance(otherLeads(old).value());
    hooks(old).fence();
    hooks(old).authorityNames(next.id());
    standbys(old).forEach(one -> real.lab().stop(one));
    real.runs().start(old);
    until(() -> refusals(old) > 2);
    assertThat(observe().leaders()).isEmpty();
    assertThatThrownBy(() -> real.lab().connect(old))
        .hasMessageContaining("no connection to " + old.id());
    hooks(old).unfence();
    hooks(old).authorityNames("patroni");
    standbys(old).forEach(one -> real.lab().start(one));
    letSettle();
  }

  /** How often its server program ended at the fence. */
  private static long refusals(LabInstance instance) {
    return real.runs()
        .saidBy(instance)
        .lines()
        .filter(line -> line.contains("\"mooring_fenced_epoch_7\""))
        .count();
  }

  /** Whomever Patroni promotes may write, by the authority that an adoption leaves. */
  @Test
  @Tag("all")
  void a_member_that_patroni_may_promote_is_promoted_and_its_callbacks_leave_a_record() {
    letSettle();
    LabInstance old = leads();
    kill(old);
    LabInstance next = real.lab().instance(otherLeads(old).value());
    until(() -> hooks(next).record().contains(" on_role_change master strait "));
    assertThat(hooks(next).record()).contains(" pre_promote let - ");
    real.lab().start(old);
    until(() -> hooks(old).record().contains(" on_start replica strait "));
    letSettle();
    real.lab().stop(old);
    until(() -> hooks(old).record().contains(" on_stop replica strait "));
    real.lab().start(old);
    letSettle();
  }

  private void kill(LabInstance instance) {
    real.runs().signal(instance, Signal.KILL);
    real.lab().faults().signalAll(instance, Signal.KILL);
  }

  private long timeline(LabInstance instance) {
    return observe().members().stream()
        .filter(member -> member.instance().value().equals(instance.id()))
        .flatMap(member -> member.timeline().stream())
        .findFirst()
        .orElseThrow()
        .value();
  }
}
