package dev.mooring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.FailoverActivities.Fence;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.PrimaryActivities.StartBarred;
import dev.mooring.port.PrimaryActivities.StartStopped;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.SystemIdentifier;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stopped primary is started where its own host lets it, once, or is known not to be. */
public abstract class StartContract {
  protected static final String EAST = "east-0";
  private static final String WEST = "west-0";
  private static final int START = 5;

  private final Run before = Steps.newRun();
  private final Run run = Steps.newRun();

  /** The world all tests of a class share. */
  protected abstract StreamingWorld world();

  @BeforeEach
  void renew() {
    world().renew();
  }

  protected final RoleSteps steps() {
    return new RoleSteps(world());
  }

  /** A run that was over before it. */
  protected final Run before() {
    return before;
  }

  protected static final void refused(FailureCode code, ThrowingCallable call) {
    Refusals.refused(code, call);
  }

  private StartStopped request(Run of, String id) {
    return new StartStopped(
        steps().call(of, START),
        steps().on(id),
        steps().look(id).control().systemIdentifier(),
        RoleSteps.LIMIT,
        "");
  }

  protected final void started(String id) {
    world().primaries(1).ensureStarted(request(run, id));
  }

  /** By another run. */
  protected final void startedAnew(String id) {
    world().primaries(1).ensureStarted(request(Steps.newRun(), id));
  }

  protected final StartBarred barred(String id) {
    return world().primaries(1).revertStarted(request(run, id));
  }

  protected final void isStopped() {
    assertThat(steps().look(EAST).process()).isEqualTo(ServerProcess.STOPPED);
  }

  private void takesWrites() {
    world().hands().write(EAST);
    InstanceRole role = steps().look(EAST);
    assertThat(role.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
    assertThat(role.authority().writer()).isEqualTo(EAST);
    assertThat(role.authority().epoch()).isEqualTo(run.epoch().value());
    assertThat(role.authority().run()).isEqualTo(run.id());
  }

  @Test
  void a_dead_primary_starts_and_its_host_names_it_however_often_it_is_asked_for() {
    world().hands().write(EAST);
    world().hands().kill(EAST);
    started(EAST);
    takesWrites();
    started(EAST);
    takesWrites();
    assertThat(barred(EAST).takesWrites()).isTrue();
    takesWrites();
  }

  /** Somebody may have promoted another one since. */
  @Test
  @Tag("all")
  void one_that_ended_after_its_start_is_not_started_again() {
    world().hands().kill(EAST);
    started(EAST);
    world().hands().kill(EAST);
    refused(FailureCode.NO_PRIMARY, () -> started(EAST));
    isStopped();
    assertThat(barred(EAST).takesWrites()).isFalse();
  }

  @Test
  @Tag("all")
  void a_start_that_did_not_happen_is_barred_from_it() {
    world().hands().kill(EAST);
    StartStopped late = request(run, EAST);
    assertThat(barred(EAST).takesWrites()).isFalse();
    assertThat(barred(EAST).takesWrites()).isFalse();
    refused(FailureCode.EPOCH_REFUSED, () -> world().primaries(2).ensureStarted(late));
    isStopped();
  }

  @Test
  void whose_right_was_taken_is_not_started() {
    world().hands().kill(EAST);
    Run failover = Steps.newRun();
    world()
        .failovers(1)
        .ensureFenced(
            new Fence(steps().call(failover, START), steps().on(EAST), RoleSteps.LIMIT, List.of()));
    Run later = Steps.newRun();
    refused(FailureCode.NO_PRIMARY, () -> world().primaries(1).ensureStarted(request(later, EAST)));
    isStopped();
    assertThat(steps().look(EAST).authority().writer()).isEqualTo("none");
  }

  @Test
  @Tag("all")
  void a_standby_and_another_systems_primary_are_not_started() {
    world().hands().kill(WEST);
    refused(FailureCode.STATE_UNREADABLE, () -> started(WEST));
    assertThat(steps().look(WEST).process()).isEqualTo(ServerProcess.STOPPED);
    world().hands().kill(EAST);
    StartStopped usual = request(run, EAST);
    StartStopped foreign =
        new StartStopped(
            usual.call(),
            usual.on(),
            new SystemIdentifier(~usual.system().value()),
            usual.upWithin(),
            "");
    refused(FailureCode.IDENTITY_DIFFERS, () -> world().primaries(1).ensureStarted(foreign));
    isStopped();
  }
}
