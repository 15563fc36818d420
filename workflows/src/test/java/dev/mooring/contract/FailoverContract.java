package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Steps.Run;
import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailoverActivities.Fence;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.Power;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailoverActivities.PoweredOff;
import dev.mooring.port.FailoverActivities.Promote;
import dev.mooring.port.FailoverActivities.WalFetched;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A primary that is gone is kept from writing, whatever it does, and another takes its place. */
public abstract class FailoverContract {
  protected static final String EAST = "east-0";
  protected static final String WEST = "west-0";
  private static final int FENCE = 5;
  private static final int FETCH = 6;
  private static final int PROMOTE = 7;

  private final Run before = Steps.newRun();
  private final Run run = Steps.newRun();

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void renew() {
    world().renew();
  }

  /** Waits until it holds. */
  protected static final void until(BooleanSupplier holds) {
    Steps.until(holds);
  }

  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  /** A run that was over before it. */
  protected final Run before() {
    return before;
  }

  protected final Run run() {
    return run;
  }

  protected static final void refused(FailureCode code, ThrowingCallable call) {
    Refusals.refused(code, call);
  }

  protected final Fence fence(Run of, String id) {
    return new Fence(steps().call(of, FENCE), steps().on(id), RoleSteps.LIMIT, List.of());
  }

  protected final Fenced fenced(Run of, String id) {
    return world().failovers(1).ensureFenced(fence(of, id));
  }

  /** The same, and how far its WAL goes beyond that. */
  protected final Fenced fenced(Run of, String id, WalPosition beyond) {
    Fence usual = fence(of, id);
    return world()
        .failovers(1)
        .ensureFenced(new Fence(usual.call(), usual.on(), usual.endWithin(), List.of(beyond)));
  }

  protected final Standing standing(String id) {
    OnServers look =
        new OnServers(
            new Call(world().cluster().name(), "look", "LOOK", 0, Epoch.NONE),
            world().cluster().policies().database(),
            List.of(new Server(steps().instance(id), steps().host(id).access().address())));
    return world().replication().observeReplication(look).members().get(0).standing();
  }

  /** West-0 was down while the primary wrote last, and is up again when that is dead. */
  protected final WalPosition lacking() {
    world().hands().write(EAST);
    world().hands().kill(WEST);
    world().hands().write(EAST);
    world().hands().write(EAST);
    world().hands().kill(EAST);
    world().hands().start(WEST);
    until(() -> !standing(WEST).more());
    return new WalPosition(standing(WEST).timeline(), standing(WEST).received());
  }

  protected final FetchWal fetch(WalPosition beyond) {
    return new FetchWal(
        steps().call(run, FETCH),
        steps().on(WEST),
        steps().on(EAST),
        steps().look(EAST).control().systemIdentifier(),
        beyond,
        RoleSteps.LIMIT);
  }

  protected final Promote promote(Run of, String id) {
    ControlData control = steps().look(EAST).control();
    return new Promote(
        steps().call(of, PROMOTE),
        steps().on(id),
        control.systemIdentifier(),
        control.checkpoint().timeline(),
        RoleSteps.LIMIT);
  }

  protected final TakenOver promoted(Run of, String id) {
    return world().failovers(1).ensurePromoted(promote(of, id));
  }

  private void isFenced(String id) {
    InstanceRole role = steps().look(id);
    assertThat(role.process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(role.start().fencedEpoch()).isEqualTo(run.epoch().value());
    assertThat(role.start().standbySignal()).isFalse();
    assertThat(role.authority().writer()).isEqualTo("none");
    assertThat(role.authority().run()).isEqualTo(run.id());
    world().hands().start(id);
    assertThat(steps().look(id).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  void a_dead_primary_is_fenced_and_another_promoted_however_often_it_is_asked_for() {
    world().hands().write(EAST);
    world().hands().kill(EAST);
    Fenced first = fenced(run, EAST);
    assertThat(first.found()).isEqualTo(ServerProcess.STOPPED);
    assertThat(first.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(fenced(run, EAST)).isEqualTo(first);
    isFenced(EAST);

    TakenOver taken = promoted(run, WEST);
    assertThat(taken.timeline()).isEqualTo(new TimelineId(2));
    assertThat(promoted(run, WEST)).isEqualTo(taken);
    InstanceRole primary = steps().look(WEST);
    assertThat(primary.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(primary.authority().writer()).isEqualTo(WEST);
    world().hands().write(WEST);
    assertThat(world().failovers(1).revertPromoted(promote(run, WEST)).taken())
        .containsExactly(taken);
  }

  /** Thawed, it would go on writing beside the new one. */
  @Test
  void one_that_stands_still_is_ended_by_its_fence() {
    world().hands().freeze(EAST);
    assertThat(fenced(run, EAST).found()).isEqualTo(ServerProcess.RUNNING);
    isFenced(EAST);
    promoted(run, WEST);
    world().hands().write(WEST);
  }

  @Test
  @Tag("all")
  void one_that_still_serves_ends_in_an_orderly_way_and_its_standbys_have_all() {
    world().hands().write(EAST);
    Fenced end = fenced(run, EAST);
    assertThat(end.found()).isEqualTo(ServerProcess.RUNNING);
    assertThat(end.control().state()).isEqualTo(InstanceState.SHUT_DOWN);
    isFenced(EAST);
    TakenOver taken = promoted(run, WEST);
    assertThat(taken.fork().isAfter(end.control().checkpoint().location())).isTrue();
  }

  @Test
  @Tag("all")
  void a_fence_is_taken_back_by_the_run_that_made_it_alone() {
    world().hands().kill(EAST);
    fenced(run, EAST);
    assertThat(world().failovers(1).revertFenced(fence(run, EAST)).wasFenced()).isTrue();
    assertThat(world().failovers(2).revertFenced(fence(run, EAST)).wasFenced()).isTrue();
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(steps().look(EAST).authority().writer()).isEqualTo(EAST);
    world().hands().start(EAST);
    world().hands().write(EAST);
    Run later = Steps.newRun();
    assertThat(world().failovers(1).revertFenced(fence(later, EAST)).wasFenced()).isFalse();
    world().hands().write(EAST);
  }

  @Test
  void what_was_not_told_to_promote_is_barred_from_it() {
    world().hands().kill(EAST);
    fenced(run, EAST);
    Promote late = promote(run, WEST);
    assertThat(world().failovers(1).revertPromoted(late).taken()).isEmpty();
    refused(FailureCode.EPOCH_REFUSED, () -> world().failovers(2).ensurePromoted(late));
    assertThat(steps().look(WEST).start().standbySignal()).isTrue();
  }

  @Test
  @Tag("all")
  void a_standby_is_brought_what_only_the_old_disk_has_however_often_it_is_asked_for() {
    WalPosition had = lacking();
    Fenced old = fenced(run, EAST, had);
    assertThat(old.walUnread()).isEmpty();
    assertThat(old.walEnd()).hasSize(1);
    Lsn end = old.walEnd().get(0);
    assertThat(end.isAfter(had.lsn())).isTrue();
    WalFetched first = world().failovers(1).ensureWalFetched(fetch(had));
    assertThat(first.files()).isPositive();
    assertThat(first.end()).isEqualTo(end);
    until(() -> !standing(WEST).received().isBefore(end));
    assertThat(world().failovers(2).ensureWalFetched(fetch(had))).isEqualTo(first);
    assertThat(
            fenced(run, EAST, new WalPosition(had.timeline(), standing(WEST).received())).walEnd())
        .isEmpty();
    TakenOver taken = promoted(run, WEST);
    assertThat(taken.fork().isBefore(end)).isFalse();
    refused(FailureCode.EPOCH_REFUSED, () -> world().failovers(3).ensureWalFetched(fetch(had)));
    world().hands().write(WEST);
  }

  /** Its control file is as old as its last checkpoint. */
  @Test
  @Tag("all")
  void the_wal_of_one_that_is_down_is_read_to_its_end() {
    Lsn before = standing(EAST).received();
    world().hands().write(EAST);
    world().hands().kill(EAST);
    Call look = new Call(world().cluster().name(), "look", "LOOK", 0, Epoch.NONE);
    WalObserved seen = world().failovers(1).observeWal(new ObserveWal(look, steps().on(EAST)));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.held()).extracting(held -> held.instance().value()).containsExactly(EAST);
    assertThat(seen.held().get(0).end().lsn().isAfter(before)).isTrue();
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  /** One that runs is read as one that is down. */
  @Test
  @Tag("all")
  void the_wal_of_a_standby_ends_with_the_shutdown_of_its_primary() {
    Call look = new Call(world().cluster().name(), "look", "LOOK", 0, Epoch.NONE);
    ObserveWal west = new ObserveWal(look, steps().on(WEST));
    world().hands().write(EAST);
    assertThat(world().failovers(1).observeWal(west).held())
        .extracting(WalHeld::shutDown)
        .containsExactly(false);
    fenced(run, EAST);
    until(() -> world().failovers(1).observeWal(west).held().stream().allMatch(WalHeld::shutDown));
    assertThat(standing(WEST).inRecovery()).isTrue();
  }

  @Test
  @Tag("all")
  void nothing_is_brought_from_a_primary_that_runs_nor_to_a_standby_that_does_not() {
    WalPosition had = new WalPosition(standing(WEST).timeline(), standing(WEST).received());
    refused(FailureCode.NOT_CAUGHT_UP, () -> world().failovers(1).ensureWalFetched(fetch(had)));
    world().hands().kill(EAST);
    fenced(run, EAST);
    world().hands().kill(WEST);
    refused(FailureCode.NOT_CAUGHT_UP, () -> world().failovers(1).ensureWalFetched(fetch(had)));
  }

  private PoweredOff poweredOff(PowerSwitch switched, From from) {
    FenceCommand fence = world().powerSwitch(EAST, switched, from);
    return world()
        .failovers(1)
        .ensurePoweredOff(
            new FenceHost(
                steps().call(run, FENCE),
                steps().instance(EAST).id(),
                steps().host(EAST),
                fence,
                from instanceof From.OnHost ? List.of(steps().host(WEST)) : List.of()));
  }

  private PowerObserved power(PowerSwitch switched) {
    FenceCommand fence = world().powerSwitch(EAST, switched, onHost());
    return world()
        .failovers(1)
        .observePower(
            new FenceHost(
                steps().call(run, FENCE),
                steps().instance(EAST).id(),
                steps().host(EAST),
                fence,
                List.of(steps().host(WEST))));
  }

  private From onHost() {
    return new From.OnHost(steps().host(WEST).name());
  }

  @Test
  @Tag("all")
  void a_host_that_is_powered_off_runs_nothing_and_is_found_off_again() {
    From worker = new From.WorkerOf(steps().instance(WEST).site());
    PoweredOff first = poweredOff(PowerSwitch.WORKS, worker);
    assertThat(first).isEqualTo(new PoweredOff(steps().host(EAST).name(), false, "power is off"));
    assertThat(poweredOff(PowerSwitch.WORKS, onHost()))
        .isEqualTo(new PoweredOff(first.host(), true, first.said()));
    promotedWithoutALook();
    world().hands().write(WEST);
  }

  /** Its host is not looked at: it may answer no more. */
  private void promotedWithoutALook() {
    ControlData control = steps().look(WEST).control();
    world()
        .failovers(1)
        .ensurePromoted(
            new Promote(
                steps().call(run, PROMOTE),
                steps().on(WEST),
                control.systemIdentifier(),
                control.checkpoint().timeline(),
                RoleSteps.LIMIT));
  }

  @Test
  @Tag("all")
  void a_host_that_is_not_seen_to_be_off_is_none_that_is_off() {
    assertThat(power(PowerSwitch.DOES_NOTHING).power()).isEqualTo(Power.ON);
    assertThat(power(PowerSwitch.SAYS_OFF).power()).isEqualTo(Power.OFF);
    assertThat(power(PowerSwitch.TELLS_NOTHING).power()).isEqualTo(Power.UNKNOWN);
    refused(FailureCode.HOST_REFUSED, () -> poweredOff(PowerSwitch.DOES_NOTHING, onHost()));
    refused(FailureCode.OUTCOME_UNKNOWN, () -> poweredOff(PowerSwitch.TELLS_NOTHING, onHost()));
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.RUNNING);
    world().hands().write(EAST);
    assertThat(poweredOff(PowerSwitch.WORKS, onHost()).wasOff()).isFalse();
  }

  @Test
  @Tag("all")
  void who_is_no_primary_is_not_fenced_and_who_is_no_standby_not_promoted() {
    refused(FailureCode.NO_PRIMARY, () -> fenced(run, WEST));
    Promote usual = promote(run, WEST);
    Promote foreign =
        new Promote(
            usual.call(),
            usual.on(),
            new SystemIdentifier(~usual.system().value()),
            usual.timeline(),
            usual.within());
    refused(FailureCode.IDENTITY_DIFFERS, () -> world().failovers(1).ensurePromoted(foreign));
    world().hands().freeze(WEST);
    refused(FailureCode.NOT_CAUGHT_UP, () -> promoted(run, WEST));
    world().hands().thaw(WEST);
    world().hands().kill(WEST);
    refused(FailureCode.NOT_CAUGHT_UP, () -> promoted(run, WEST));
    world().hands().start(WEST);
    world().hands().kill(EAST);
    world().hands().promote("east-1");
    Steps.until(() -> !steps().look("east-1").start().standbySignal());
    refused(FailureCode.PROMOTED, () -> promoted(run, "east-1"));
  }
}
