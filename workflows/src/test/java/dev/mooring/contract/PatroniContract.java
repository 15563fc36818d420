package dev.mooring.contract;

import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.AboutMember;
import dev.mooring.port.PatroniActivities.AskPatroni;
import dev.mooring.port.PatroniActivities.AwaitMember;
import dev.mooring.port.PatroniActivities.ClusterSeen;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Lag;
import dev.mooring.port.PatroniActivities.ListedMember;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.MovePatroni;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.port.PatroniActivities.PatroniReinitializing;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What asking and telling Patroni promises. No test minds which member leads when it begins. */
public abstract class PatroniContract {
  protected static final Duration LIMIT = Limit.seconds(30);

  /** An election, a restart and a rewind, one after another, on a machine that does much beside. */
  private static final Duration SETTLED = Duration.ofMinutes(3);

  /** The world all tests of a class share. */
  protected abstract PatroniWorld world();

  private AskPatroni ask() {
    return ask(world().policy());
  }

  private AskPatroni ask(PatroniPolicy policy) {
    Steps.Run run = Steps.newRun();
    return new AskPatroni(
        new Call(new ClusterName("strait"), run.id(), "LOOK", 0, run.epoch()), policy);
  }

  protected PatroniObserved observe() {
    return world().patroni().observePatroni(ask());
  }

  protected InstanceId leader() {
    List<InstanceId> leaders = observe().leaders();
    assertThat(leaders).hasSize(1);
    return leaders.get(0);
  }

  private InstanceId another() {
    InstanceId leader = leader();
    return world().policy().members().stream()
        .map(PatroniPolicy.Member::instance)
        .filter(instance -> !instance.equals(leader))
        .findFirst()
        .orElseThrow();
  }

  protected MovePatroni move(InstanceId from, InstanceId to) {
    return new MovePatroni(ask().call(), world().policy(), from, to, LIMIT);
  }

  private AboutMember about(InstanceId instance) {
    return new AboutMember(ask().call(), world().policy(), instance);
  }

  protected static void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  /** All well: everybody answers and runs on the leader's timeline. */
  protected void letSettle() {
    Steps.until(SETTLED, this::isSettled);
  }

  /** Whether all is well now. */
  protected boolean isSettled() {
    PatroniObserved seen = observe();
    return seen.failures().isEmpty()
        && seen.leaders().size() == 1
        && seen.members().stream().map(MemberSeen::timeline).distinct().count() == 1
        && seen.members().stream()
            .allMatch(m -> m.state().equals("running") || m.state().equals("streaming"))
        && seen.cluster().stream()
            .flatMap(c -> c.members().stream())
            .allMatch(m -> m.role() == Role.LEADER || m.lag().equals(List.of(new Lag(0))));
  }

  @Test
  void every_member_tells_of_itself_and_the_store_of_the_cluster() {
    letSettle();
    PatroniObserved seen = observe();
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.members())
        .extracting(MemberSeen::instance)
        .containsExactlyElementsOf(
            world().policy().members().stream().map(PatroniPolicy.Member::instance).toList());
    assertThat(seen.members()).allMatch(m -> !m.serverStarted().isEmpty());
    assertThat(seen.members()).noneMatch(m -> m.has(Fact.UNLOCKED) || m.has(Fact.PAUSED));
    ClusterSeen cluster = seen.cluster().get(0);
    assertThat(cluster.members())
        .filteredOn(m -> m.role() == Role.LEADER)
        .flatExtracting(ListedMember::instance)
        .containsExactlyElementsOf(seen.leaders());
    assertThat(cluster.settings().times().ttl())
        .isGreaterThan(cluster.settings().times().loopWait());
    assertThat(cluster.settings().paused()).isFalse();
    assertThat(cluster.history()).isNotEmpty();
  }

  @Test
  void a_switchover_moves_the_leader_and_asked_again_finds_it_there() {
    letSettle();
    InstanceId from = leader();
    InstanceId to = another();
    PatroniMoved moved = world().patroni().ensureSwitchedOver(move(from, to));
    assertThat(moved.leader()).isEqualTo(to);
    assertThat(moved.moved()).isTrue();
    assertThat(leader()).isEqualTo(to);
    assertThat(world().patroni().ensureSwitchedOver(move(from, to)))
        .isEqualTo(new PatroniMoved(to, moved.timeline(), false));
  }

  @Test
  @Tag("all")
  void a_switchover_away_from_who_does_not_lead_is_refused() {
    letSettle();
    InstanceId leader = leader();
    InstanceId third =
        world().policy().members().stream()
            .map(PatroniPolicy.Member::instance)
            .filter(i -> !i.equals(leader) && !i.equals(another()))
            .findFirst()
            .orElseThrow();
    refused(
        FailureCode.PATRONI_REFUSED,
        () -> world().patroni().ensureSwitchedOver(move(another(), third)));
    refused(
        FailureCode.PATRONI_REFUSED,
        () -> world().patroni().ensureSwitchedOver(move(leader, new InstanceId("north-0"))));
    assertThat(leader()).isEqualTo(leader);
  }

  @Test
  @Tag("all")
  void a_failover_to_a_member_moves_the_leader() {
    letSettle();
    InstanceId to = another();
    assertThat(world().patroni().ensureFailedOver(move(leader(), to)).leader()).isEqualTo(to);
    assertThat(leader()).isEqualTo(to);
  }

  @Test
  @Tag("all")
  void paused_and_resumed_every_member_knows_of_it() {
    letSettle();
    world().pauses(true);
    try {
      until(() -> observe().members().stream().allMatch(m -> m.has(Fact.PAUSED)));
      assertThat(observe().members()).hasSize(3);
      assertThat(observe().cluster().get(0).settings().paused()).isTrue();
    } finally {
      world().pauses(false);
    }
    until(() -> observe().members().stream().noneMatch(m -> m.has(Fact.PAUSED)));
    assertThat(observe().cluster().get(0).settings().paused()).isFalse();
  }

  @Test
  @Tag("all")
  void a_standby_is_made_anew_and_the_leader_is_not() {
    letSettle();
    refused(
        FailureCode.PATRONI_REFUSED, () -> world().patroni().ensureReinitializing(about(leader())));
    InstanceId standby = another();
    PatroniReinitializing begun = world().patroni().ensureReinitializing(about(standby));
    MemberSeen after =
        world()
            .patroni()
            .awaitFollowing(new AwaitMember(about(standby), begun.serverStartedBefore(), LIMIT));
    assertThat(after.role()).isEqualTo(Role.REPLICA);
    assertThat(after.serverStarted()).isNotEqualTo(begun.serverStartedBefore());
  }

  @Test
  @Tag("all")
  void one_that_is_silent_is_named_and_the_others_answer() {
    letSettle();
    InstanceId gone = another();
    world().stop(gone.value());
    PatroniObserved seen = observe();
    assertThat(seen.members()).hasSize(2).noneMatch(m -> m.instance().equals(gone));
    assertThat(seen.failures()).extracting(PatroniFailure::member).containsExactly(List.of(gone));
    assertThat(seen.failures().get(0).code()).isEqualTo(FailureCode.PATRONI_UNREACHABLE);
    refused(
        FailureCode.PATRONI_UNREACHABLE, () -> world().patroni().ensureReinitializing(about(gone)));
    refused(
        FailureCode.START_FAILED,
        () ->
            world()
                .patroni()
                .awaitFollowing(new AwaitMember(about(gone), "", Duration.ofMillis(10))));
    world().start(gone.value());
    letSettle();
  }

  /**
   * For a moment after its connection broke a member still tells what it read of the store last,
   * and one whose server Patroni is just about answers late: Patroni asks the server again first.
   */
  @Test
  @Tag("all")
  void where_the_store_is_silent_members_tell_of_themselves_alone() {
    letSettle();
    world().storeAway(true);
    try {
      AtomicReference<PatroniObserved> last = new AtomicReference<>();
      Steps.until(
          () -> {
            PatroniObserved now = observe();
            last.set(now);
            return now.cluster().isEmpty() && now.members().size() == 3;
          });
      PatroniObserved seen = Objects.requireNonNull(last.get(), "nobody was asked");
      assertThat(seen.failures()).extracting(PatroniFailure::member).containsExactly(List.of());
      assertThat(seen.failures().get(0).code()).isEqualTo(FailureCode.PATRONI_STORE_SILENT);
    } finally {
      world().storeAway(false);
    }
    letSettle();
  }

  @Test
  @Tag("all")
  void another_scope_and_another_login_are_refused() {
    letSettle();
    PatroniPolicy policy = world().policy();
    PatroniPolicy elsewhere =
        new PatroniPolicy(
            "elsewhere", policy.members(), policy.logins(), policy.rootCertificates());
    assertThat(world().patroni().observePatroni(ask(elsewhere)).failures())
        .hasSize(3)
        .allMatch(failure -> failure.code() == FailureCode.IDENTITY_DIFFERS);
    refused(
        FailureCode.AUTHENTICATION_REFUSED,
        () ->
            world()
                .patroni()
                .ensureReinitializing(
                    new AboutMember(ask().call(), world().withWrongPassword(), another())));
  }
}
