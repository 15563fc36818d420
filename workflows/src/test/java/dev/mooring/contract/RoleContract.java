package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.CommitsWait;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.NameNobody;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.Relaxed;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.SetRelaxation;
import dev.mooring.port.RoleActivities.SetSynchronous;
import dev.mooring.port.RoleActivities.StartSettings;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.SynchronousSet;
import dev.mooring.port.RoleActivities.TakeOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who may write is taken from one and given to another; each act says it in the authority file of
 * its host, and each way back leads to one primary.
 */
public abstract class RoleContract {
  protected static final String EAST = "east-0";
  protected static final String WEST = "west-0";
  protected static final Duration LIMIT = RoleSteps.LIMIT;

  private final Run before = Steps.newRun();
  private final Run run = Steps.newRun();

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void renew() {
    world().renew();
  }

  /** The acts of a move. */
  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  /** The run of a test. */
  protected final Run run() {
    return run;
  }

  /** A run that was over before it. */
  protected final Run before() {
    return before;
  }

  /** The call is refused with that code. */
  protected static void refused(FailureCode code, ThrowingCallable call) {
    Refusals.refused(code, call);
  }

  /** Waits until it holds. */
  protected static void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  @Test
  @Tag("all")
  void how_full_its_file_systems_are_is_read_with_its_role() {
    RolesObserved seen = steps().observed(EAST);
    assertThat(seen.disks()).isNotEmpty();
    assertThat(seen.startUnread()).isEmpty();
  }

  @Test
  @Tag("all")
  void what_is_around_an_instance_is_seen_and_whom_it_would_stream_from_is_tried() {
    Surroundings seen = steps().around(EAST, WEST, HostNeeds.NONE);
    assertThat(seen.ownership().owner()).isEqualTo(seen.ownership().login());
    assertThat(seen.ownership().mode()).isEqualTo("700");
    assertThat(seen.software().lackingPrograms()).isEmpty();
    assertThat(seen.configuration().unreadable()).isEmpty();
    assertThat(seen.missing()).isEmpty();
    assertThat(seen.managers()).isEmpty();
    assertThat(seen.software().libc()).startsWith("glibc ");
    assertThat(seen.configuration().next())
        .extracting(StartSettings::archiveMode)
        .containsExactly("on");
    String system = steps().look(WEST).control().systemIdentifier().toString();
    assertThat(seen.trial()).containsExactly(new Trial(system, ""));
    world().hands().kill(WEST);
    Surroundings without = steps().around(EAST, WEST, HostNeeds.NONE);
    assertThat(without.trial()).hasSize(1);
    assertThat(without.trial().get(0).system()).isEmpty();
    assertThat(without.trial().get(0).words()).contains("refused");
    assertThat(steps().around(WEST, EAST, HostNeeds.NONE).configuration().next())
        .extracting(StartSettings::archiveMode)
        .containsExactly("on");
    world().hands().start(WEST);
  }

  @Test
  void a_move_that_is_repeated_at_each_step_ends_with_one_primary_and_one_that_follows() {
    world().hands().write(EAST);
    assertThat(steps().look(EAST).authority().writer()).isEmpty();
    HandedOver end = steps().handedOver(run, EAST);
    InstanceRole fenced = steps().look(EAST);
    assertThat(fenced.process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(fenced.control().state()).isEqualTo(InstanceState.SHUT_DOWN);
    assertThat(fenced.control().checkpoint().location()).isEqualTo(end.checkpoint());
    assertThat(fenced.start().fencedEpoch()).isEqualTo(run.epoch().value());
    assertThat(fenced.authority().writer()).isEqualTo("none");
    assertThat(fenced.authority().run()).isEqualTo(run.id());
    assertThat(steps().handedOver(run, EAST)).isEqualTo(end);
    assertThat(steps().around(EAST, WEST, HostNeeds.NONE).configuration().next())
        .extracting(StartSettings::archiveMode)
        .as("what the fence fails a start for is no word about its configuration")
        .containsExactly("on");

    TakenOver taken = steps().takenOver(run, WEST, end);
    assertThat(taken.timeline()).isEqualTo(new TimelineId(end.timeline().value() + 1));
    assertThat(taken.fork().isAfter(end.checkpoint())).isTrue();
    assertThat(steps().takenOver(run, WEST, end)).isEqualTo(taken);
    InstanceRole primary = steps().look(WEST);
    assertThat(primary.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(primary.start().standbySignal()).isFalse();
    assertThat(primary.authority().writer()).isEqualTo(WEST);
    assertThat(primary.authority().epoch()).isEqualTo(run.epoch().value());
    world().hands().write(WEST);

    assertThat(world().roles(1).ensureFollowing(steps().follow(run, EAST, WEST)).changed())
        .contains("configuration", "signal", "fence", "start");
    InstanceRole follower = steps().look(EAST);
    assertThat(follower.process()).isEqualTo(ServerProcess.RUNNING);
    assertThat(follower.start().standbySignal()).isTrue();
    assertThat(follower.start().fencedEpoch()).isZero();
    assertThat(follower.authority().writer()).isEqualTo("none");
    assertThat(follower.followed().instances())
        .containsExactly(new Followed(new InstanceId(WEST), run.epoch().value()));
    assertThat(world().roles(1).ensureFollowing(steps().follow(run, EAST, WEST)).changed())
        .isEmpty();
  }

  /** A worker that stood still goes on with what its run, which was stopped, asked for. */
  @Test
  void a_host_whose_epoch_was_raised_does_nothing_that_an_earlier_run_asks_for() {
    HandedOver end = steps().handedOver(before, EAST);
    for (int i = 0; i < 2; i++) {
      RolesObserved seen = steps().epochRaised(run, WEST);
      assertThat(seen.highestEpoch()).isEqualTo(run.epoch());
      assertThat(seen.roles()).extracting(InstanceRole::standsBy).containsExactly(true);
    }
    refused(FailureCode.EPOCH_REFUSED, () -> steps().takenOver(before, WEST, end));
    assertThat(steps().look(WEST).authority().writer()).isEmpty();
    steps().takenOver(run, WEST, end);
    assertThat(steps().look(WEST).authority().run()).isEqualTo(run.id());
  }

  /** A person promotes another by hand, while the old primary is down. */
  @Test
  @Tag("all")
  void what_was_done_by_hand_is_recorded_and_a_move_goes_on_from_there() {
    steps().handedOver(before, EAST);
    world().hands().promote(WEST);
    until(() -> steps().look(WEST).control().state() == InstanceState.IN_PRODUCTION);
    refused(FailureCode.NO_PRIMARY, () -> steps().adopted(run, EAST, EAST));
    refused(FailureCode.TWO_PRIMARIES, () -> steps().adopted(run, WEST, EAST));
    for (String id : List.of(EAST, "east-1", WEST, WEST)) {
      steps().adopted(run, id, WEST);
    }
    assertThat(steps().look(WEST).authority().writer()).isEqualTo(WEST);
    assertThat(steps().look(WEST).authority().epoch()).isEqualTo(run.epoch().value());
    assertThat(steps().look(EAST).authority().writer()).isEqualTo("none");
    assertThat(steps().look(EAST).start().fencedEpoch()).isPositive();
    assertThat(steps().handedOver(Steps.newRun(), WEST).timeline()).isEqualTo(new TimelineId(2));
  }

  @Test
  @Tag("all")
  void one_that_was_never_moved_from_is_fenced_where_it_is_down() {
    world().hands().kill(EAST);
    world().hands().promote(WEST);
    until(() -> steps().look(WEST).control().state() == InstanceState.IN_PRODUCTION);
    assertThat(steps().look(EAST).wouldWrite()).isTrue();
    steps().adopted(run, EAST, WEST);
    steps().adopted(run, EAST, WEST);
    assertThat(steps().look(EAST).start().fencedEpoch()).isEqualTo(run.epoch().value());
    world().hands().start(EAST);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void a_standby_that_follows_another_takes_it_on_without_a_restart() {
    HandedOver end = steps().handedOver(run, EAST);
    steps().takenOver(run, WEST, end);
    assertThat(world().roles(1).ensureFollowing(steps().follow(run, "east-1", WEST)).changed())
        .contains("configuration", "reload")
        .doesNotContain("start");
    refused(
        FailureCode.TWO_PRIMARIES,
        () -> world().roles(1).ensureFollowing(steps().follow(run, WEST, "east-1")));
  }

  @Test
  @Tag("all")
  void what_was_handed_over_is_given_back_and_what_was_not_is_left_alone() {
    assertThat(steps().givenBack(Steps.newRun(), EAST))
        .isEqualTo(new GivenBack(steps().instance(EAST).id(), false, false));
    assertThat(steps().givenBack(Steps.newRun(), WEST).wasFenced()).isFalse();
    Run next = Steps.newRun();
    steps().handedOver(next, EAST);
    GivenBack back = steps().givenBack(next, EAST);
    assertThat(back).isEqualTo(new GivenBack(steps().instance(EAST).id(), true, false));
    assertThat(steps().observed(EAST).consumed()).as("no consume started it").isEmpty();
    InstanceRole again = steps().look(EAST);
    assertThat(again.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(again.start().fencedEpoch()).isZero();
    assertThat(again.authority().writer()).isEqualTo(EAST);
    world().hands().write(EAST);
    assertThat(steps().givenBack(next, EAST)).isEqualTo(back);
    refused(FailureCode.EPOCH_REFUSED, () -> steps().handedOver(next, EAST));
    assertThat(steps().look(WEST).start().standbySignal()).isTrue();
  }

  @Test
  @Tag("all")
  void a_hand_over_that_exceeds_its_limit_is_given_back() {
    world().hands().freeze("east-1");
    refused(
        FailureCode.STOP_TOO_LONG,
        () ->
            world()
                .roles(1)
                .ensureHandedOver(steps().handOver(run, EAST, Duration.ofMillis(1500))));
    assertThat(steps().look(EAST).start().fencedEpoch()).isEqualTo(run.epoch().value());
    assertThat(steps().givenBack(run, EAST).wasFenced()).isTrue();
    assertThat(steps().look(EAST).authority().writer()).isEqualTo(EAST);
    world().hands().write(EAST);
    world().hands().thaw("east-1");
  }

  @Test
  void a_fenced_server_refuses_a_person_who_starts_it() {
    steps().handedOver(run, EAST);
    world().hands().start(EAST);
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(steps().look(EAST).control().state()).isEqualTo(InstanceState.SHUT_DOWN);
  }

  @Test
  @Tag("all")
  void only_a_primary_that_runs_hands_over() {
    refused(FailureCode.NO_PRIMARY, () -> steps().handedOver(run, WEST));
    assertThat(steps().look(WEST).start().fencedEpoch()).isZero();
    world().hands().kill(EAST);
    refused(FailureCode.NO_PRIMARY, () -> steps().handedOver(run, EAST));
    assertThat(steps().look(EAST).authority().writer()).isEmpty();
    refused(
        FailureCode.STATE_UNREADABLE,
        () -> world().roles(1).ensureFollowing(steps().follow(run, EAST, WEST)));
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void a_standby_that_lacks_the_end_or_stands_still_is_not_promoted() {
    HandedOver end = steps().handedOver(run, EAST);
    world().hands().freeze(WEST);
    refused(FailureCode.NOT_CAUGHT_UP, () -> steps().takenOver(run, WEST, end));
    world().hands().thaw(WEST);
    HandedOver further =
        new HandedOver(end.instance(), end.system(), end.timeline(), end.checkpoint().plus(8192));
    refused(FailureCode.NOT_CAUGHT_UP, () -> steps().takenOver(run, "east-1", further));
    assertThat(steps().look("east-1").start().standbySignal()).isTrue();
    assertThat(steps().look("east-1").authority().writer()).isEmpty();
    assertThat(steps().look(WEST).authority().writer()).isEmpty();
    assertThat(steps().givenBack(run, EAST).wasFenced()).isTrue();
  }

  @Test
  @Tag("all")
  void a_host_names_no_instance_and_what_names_one_later_comes_too_late() {
    steps().adopted(run, EAST, EAST);
    Run next = Steps.newRun();
    NameNobody none = new NameNobody(steps().call(next, 3), steps().on(EAST), 1, "another");
    assertThat(world().roles(1).ensureNobodyNamed(none).before()).isEqualTo(EAST);
    assertThat(world().roles(2).ensureNobodyNamed(none).before()).isEqualTo("none");
    assertThat(steps().look(EAST).authority()).isEqualTo(new Authority("none", 1, "another", ""));
    refused(FailureCode.EPOCH_REFUSED, () -> steps().adopted(run, EAST, EAST));
  }

  @Test
  @Tag("all")
  void a_standby_that_somebody_promoted_takes_nothing_over() {
    HandedOver end = steps().handedOver(run, EAST);
    world().hands().promote(WEST);
    until(() -> steps().look(WEST).control().state() == InstanceState.IN_PRODUCTION);
    refused(FailureCode.PROMOTED, () -> steps().takenOver(run, WEST, end));
    assertThat(steps().look(WEST).authority().writer()).isEmpty();
  }

  @Test
  @Tag("all")
  void a_promotion_that_is_barred_never_comes_and_one_that_came_is_told() {
    HandedOver end = steps().handedOver(run, EAST);
    TakeOver move = steps().takeOver(run, WEST, end);
    assertThat(world().roles(1).revertTakenOver(move).taken()).isEmpty();
    assertThat(world().roles(1).revertTakenOver(move).taken()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().roles(9).ensureTakenOver(move));
    assertThat(steps().look(WEST).start().standbySignal()).isTrue();
    TakenOver taken = steps().takenOver(run, "east-1", end);
    assertThat(world().roles(1).revertTakenOver(steps().takeOver(run, "east-1", end)).taken())
        .containsExactly(taken);
    Run next = Steps.newRun();
    refused(
        FailureCode.PROMOTED,
        () -> world().roles(1).revertTakenOver(steps().takeOver(next, "east-1", end)));
  }

  @Test
  void without_its_pause_nothing_is_promoted_and_a_held_up_attempt_comes_too_late() {
    HandedOver end = steps().handedOver(run, EAST);
    Endpoint.PgBouncer pooler =
        new Endpoint.PgBouncer(
            "pooler",
            steps().instance(EAST).host(),
            6432,
            "",
            "pooler",
            new SecretReference("pgpass"),
            "/nonexistent/pgbouncer.ini",
            "postgres");
    PauseToSee gone = new PauseToSee(pooler, steps().host(EAST), "/nonexistent/pause");
    TakeOver paused = steps().takeOver(run, WEST, end, gone);
    refused(FailureCode.PAUSE_OVER, () -> world().roles(2).ensureTakenOver(paused));
    assertThat(steps().look(WEST).start().standbySignal()).isTrue();
    refused(FailureCode.EPOCH_REFUSED, () -> steps().takenOver(run, WEST, end));
    TakenOver taken = world().roles(3).ensureTakenOver(steps().takeOver(run, WEST, end));
    assertThat(world().roles(4).ensureTakenOver(paused)).isEqualTo(taken);
  }

  @Test
  @Tag("all")
  void a_run_that_is_over_changes_no_role() {
    Run now = Steps.newRun();
    world().roles(1).ensureSynchronousSet(steps().synchronous(now, EAST, "", ""));
    refused(FailureCode.EPOCH_REFUSED, () -> steps().handedOver(run, EAST));
    refused(FailureCode.EPOCH_REFUSED, () -> steps().givenBack(run, EAST));
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().roles(9).ensureFollowing(steps().follow(run, EAST, WEST)));
    refused(
        FailureCode.EPOCH_REFUSED,
        () -> world().roles(9).ensureSynchronousSet(steps().synchronous(run, EAST, "x", "")));
    assertThat(steps().look(EAST).control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(steps().observed(EAST).highestEpoch()).isEqualTo(now.epoch());
  }

  @Test
  @Tag("all")
  void who_commits_wait_for_is_set_once() {
    SynchronousSet first =
        world()
            .roles(1)
            .ensureSynchronousSet(steps().synchronous(run, EAST, "ANY 1 (west_0, east_1)", "on"));
    assertThat(first.changed()).isTrue();
    assertThat(first.namesBefore()).isEmpty();
    SynchronousSet again =
        world()
            .roles(1)
            .ensureSynchronousSet(steps().synchronous(run, EAST, "ANY 1 (west_0, east_1)", "on"));
    assertThat(again.changed()).isFalse();
    assertThat(again.namesBefore()).isEqualTo("ANY 1 (west_0, east_1)");
    world().hands().write(EAST);
  }

  @Test
  @Tag("all")
  void who_commits_wait_for_is_read_back_from_the_host_of_a_primary_alone() {
    world()
        .roles(1)
        .ensureSynchronousSet(steps().synchronous(run, EAST, "FIRST 1 (west_0, east_1)", "on"));
    assertThat(steps().look(EAST).start().waits())
        .containsExactly(
            new CommitsWait(
                "FIRST 1 (west_0, east_1)", "on", run.epoch().value(), "FIRST 1 (west_0, east_1)"));
    assertThat(steps().look(WEST).start().waits()).isEmpty();
    world().hands().kill(EAST);
    assertThat(steps().look(EAST).start().waits())
        .extracting(CommitsWait::names)
        .containsExactly("FIRST 1 (west_0, east_1)");
  }

  @Test
  @Tag("all")
  void who_commits_wait_for_is_as_before_once_that_is_taken_back() {
    SetSynchronous set = steps().synchronous(run, EAST, "ANY 1 (west_0, east_1)", "on");
    world().roles(1).ensureSynchronousSet(set);
    SetSynchronous before = steps().synchronous(run, EAST, "", "on");
    assertThat(world().roles(1).revertSynchronousSet(before).namesBefore())
        .isEqualTo("ANY 1 (west_0, east_1)");
    assertThat(world().roles(2).revertSynchronousSet(before).namesBefore()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().roles(3).ensureSynchronousSet(set));
  }

  @Test
  @Tag("all")
  void that_commits_waited_for_no_standby_is_recorded_on_a_standbys_host_until_it_is_cleared() {
    SetRelaxation relaxation = steps().relaxation(run, WEST, EAST);
    assertThat(world().roles(1).ensureRelaxationRecorded(relaxation).changed()).isTrue();
    assertThat(world().roles(2).ensureRelaxationRecorded(relaxation).changed()).isFalse();
    Relaxed record = new Relaxed(new InstanceId(EAST), relaxation.timeline(), run.epoch().value());
    assertThat(steps().look(WEST).authority().relaxed()).containsExactly(record);
    assertThat(world().roles(3).ensureRelaxationCleared(relaxation).changed()).isTrue();
    assertThat(world().roles(4).ensureRelaxationCleared(relaxation).changed()).isFalse();
    assertThat(steps().look(WEST).authority().relaxed()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().roles(1).ensureRelaxationRecorded(relaxation));
  }
}
