package dev.mooring.contract;

import static dev.mooring.contract.Refusals.onlyFailed;
import static dev.mooring.contract.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.DatabaseActivities.EnsureCheckpointed;
import dev.mooring.port.DatabaseActivities.InstanceSwitched;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.DatabaseActivities.WalSwitched;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PublishPolicy.CheckpointBeforePoint;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What asking running servers over SQL, making points and switching WAL promise. */
public abstract class DatabaseContract {
  private static final Duration BARRIER = Limit.seconds(20);
  private static final int SPREAD_SINCE = 19;

  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  private Steps steps() {
    return new Steps(world());
  }

  private ServersObserved observe(List<Server> servers) {
    return world()
        .databases()
        .observeServers(new OnServers(steps().looking(), steps().access(), servers));
  }

  /** A primary that runs, and the copy of the other content, which is parked. */
  private List<Server> oneUpOneDown() {
    steps().park(Steps.newRun(), steps().publish());
    Instance down = steps().west().instances().get(1);
    return List.of(steps().primaries().get(0), steps().server(down));
  }

  @Test
  @Tag("all")
  void a_primary_says_what_it_is_and_one_that_is_down_fails_alone() {
    ServersObserved seen = observe(steps().primaries());
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed()).hasSize(2);
    for (ServerObserved server : seen.observed()) {
      assertThat(server.position().inRecovery()).isFalse();
      assertThat(server.position().recoveryFloor()).isEmpty();
      assertThat(server.archiving().archiveMode()).isEqualTo("on");
    }
    ServersObserved half = observe(oneUpOneDown());
    onlyFailed(half.failures(), new InstanceId("west-1"), FailureCode.DATABASE_UNREACHABLE);
    assertThat(half.observed()).hasSize(1);
    assertThat(half.observed().get(0).identity()).isEqualTo(seen.observed().get(0).identity());
  }

  @Test
  @Tag("all")
  void each_attempt_makes_a_point_of_its_own_name_on_every_content() {
    PointMade first = steps().makePoint();
    PointMade second = steps().makePoint();
    assertThat(second.name()).isNotEqualTo(first.name());
    assertThat(first.name().value()).startsWith("sync_point_20261120_101112_");
    assertThat(first.cut().kind()).isEqualTo(Cut.Kind.NAMED);
    List<ServerObserved> after = observe(steps().primaries()).observed();
    for (int content = 0; content < 2; content++) {
      ContentEvidence made = second.contents().get(content);
      assertOwnWords(made, after.get(content));
      assertThat(made.target().content().value()).isEqualTo(content);
      assertThat(made.target().lsn()).isGreaterThan(first.contents().get(content).target().lsn());
      assertThat(made.switchLsn()).isEqualTo(made.target().lsn());
    }
  }

  private static void assertOwnWords(ContentEvidence made, ServerObserved owner) {
    ContentTarget target = made.target();
    assertThat(made.owner().instance()).isEqualTo(owner.instance());
    assertThat(made.owner().version()).isEqualTo(owner.identity().version());
    assertThat(made.owner().startedAt()).isEqualTo(owner.identity().startedAt());
    assertThat(made.clock().before()).isBefore(made.clock().after());
    assertThat(made.clock().before()).isAfter(owner.identity().startedAt());
    assertThat(target.systemIdentifier()).isEqualTo(owner.identity().systemIdentifier());
    assertThat(target.timeline()).isEqualTo(owner.position().timeline());
    assertThat(target.walFile())
        .isEqualTo(
            WalFileName.containingByteBefore(
                target.timeline(), target.lsn(), target.walSegmentSize()));
    assertThat(made.limits()).isEqualTo(owner.archiving().limits());
  }

  @Test
  void a_barrier_makes_the_cut_atomic_and_so_does_a_single_content() {
    Barrier barrier =
        new Barrier.Sql(
            new InstanceId("east-0"),
            "SELECT pg_advisory_lock(7707)",
            "SELECT pg_advisory_unlock(7707)",
            BARRIER);
    assertThat(
            world()
                .databases()
                .ensureRestorePoint(steps().pointOn(steps().primaries(), barrier))
                .cut()
                .kind())
        .isEqualTo(Cut.Kind.ATOMIC);
    List<Server> one = steps().primaries().subList(0, 1);
    PointMade alone =
        world().databases().ensureRestorePoint(steps().pointOn(one, new Barrier.None()));
    assertThat(alone.cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(alone.contents()).hasSize(1);
  }

  @Test
  void a_half_made_point_is_abandoned_with_its_name_and_the_next_is_whole() {
    PointMade before = steps().makePoint();
    world()
        .hands()
        .whileThePointIsLost(
            1,
            servers -> {
              ApplicationFailure failure =
                  refused(
                      FailureCode.RESTORE_POINT_HALF_MADE,
                      () ->
                          world()
                              .databases()
                              .ensureRestorePoint(steps().pointOn(servers, new Barrier.None())));
              assertThat(failure.getOriginalMessage())
                  .contains("is abandoned")
                  .contains("content 1")
                  .doesNotContain(before.name().value());
            });
    PointMade after = steps().makePoint();
    assertThat(after.contents()).hasSize(2);
    assertThat(after.name()).isNotEqualTo(before.name());
  }

  @Test
  @Tag("all")
  void nothing_is_made_when_a_primary_can_not_be_asked_first() {
    List<Server> servers = oneUpOneDown();
    ApplicationFailure failure =
        refused(
            FailureCode.DATABASE_UNREACHABLE,
            () ->
                world()
                    .databases()
                    .ensureRestorePoint(steps().pointOn(servers, new Barrier.None())));
    assertThat(failure.getOriginalMessage()).contains("nothing was made").contains("west-1");
  }

  @Test
  @Tag("all")
  void a_switch_ends_behind_the_point_and_its_file_reaches_the_archive() {
    PointMade point = steps().makePoint();
    WalSwitched switched = steps().switchWal(steps().primaries());
    assertThat(switched.failures()).isEmpty();
    List<ServerObserved> now = observe(steps().primaries()).observed();
    for (int content = 0; content < 2; content++) {
      Lsn made = point.contents().get(content).target().lsn();
      assertThat(switched.switched().get(content).lsn()).isGreaterThanOrEqualTo(made);
      assertThat(now.get(content).position().lsn()).isGreaterThanOrEqualTo(made);
    }
    List<Lsn> again =
        steps().switchWal(steps().primaries()).switched().stream()
            .map(InstanceSwitched::lsn)
            .toList();
    assertThat(again.get(0)).isGreaterThanOrEqualTo(switched.switched().get(0).lsn());
    List<InstanceTarget> targets = steps().publish();
    assertThat(steps().archived(targets).points()).allMatch(seen -> seen.records().size() == 1);
  }

  @Test
  @Tag("all")
  void a_switch_answers_for_each_server() {
    WalSwitched half = steps().switchWal(oneUpOneDown());
    assertThat(half.switched())
        .extracting(InstanceSwitched::instance)
        .containsExactly(new InstanceId("east-0"));
    onlyFailed(half.failures(), new InstanceId("west-1"), FailureCode.DATABASE_UNREACHABLE);
  }

  @Test
  @Tag("all")
  void a_checkpoint_is_made_as_asked_or_refused() {
    assertThat(checkpoint(CheckpointBeforePoint.NEVER))
        .isEqualTo(new Checkpointed(List.of(), List.of()));
    List<InstanceId> both = List.of(new InstanceId("east-0"), new InstanceId("east-1"));
    assertThat(checkpoint(CheckpointBeforePoint.IMMEDIATE))
        .isEqualTo(new Checkpointed(both, List.of()));
    Checkpointed spread = checkpoint(CheckpointBeforePoint.SPREAD);
    int major = observe(steps().primaries()).observed().get(0).identity().version().major();
    assertThat(spread.instances()).isEqualTo(major < SPREAD_SINCE ? List.of() : both);
    assertThat(spread.failures())
        .hasSize(major < SPREAD_SINCE ? 2 : 0)
        .allMatch(failure -> failure.code() == FailureCode.DATABASE_REFUSED);
  }

  private Checkpointed checkpoint(CheckpointBeforePoint how) {
    return world()
        .databases()
        .ensureCheckpointed(
            new EnsureCheckpointed(steps().looking(), steps().access(), steps().primaries(), how));
  }
}
