package dev.mooring.contract;

import static dev.mooring.contract.Refusals.onlyFailed;
import static dev.mooring.contract.Steps.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.InstanceStarted;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceActivities.ReplayStarted;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An instance never runs past its target, whoever starts it. */
public abstract class GateContract {
  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  private Steps steps() {
    return new Steps(world());
  }

  @AfterEach
  void mend() {
    world().hands().mend();
  }

  @Test
  void a_parked_instance_that_a_person_starts_parks_again_at_its_point() {
    List<InstanceTarget> targets = steps().publish();
    steps().park(Steps.newRun(), targets);
    InstanceObserved parked = steps().lookAt(0);
    steps().publish();
    world().hands().start(0);
    Steps.until(() -> steps().lookAt(0).process() == ServerProcess.STOPPED);
    InstanceObserved again = steps().lookAt(0);
    assertThat(again.control().state()).isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    // it may lie a record before the point after a parking, never beyond it
    Lsn point = targets.get(0).target().lsn();
    assertThat(end(again, point)).isBetween(end(parked, point), point);
    assertThat(again.recovery()).isEqualTo(parked.recovery());
  }

  private static Lsn end(InstanceObserved seen, Lsn whereNone) {
    return seen.control().recovery().minimumEnd().match(() -> whereNone, (lsn, timeline) -> lsn);
  }

  @Test
  void the_gate_serves_nothing_beyond_the_target_until_the_next_start() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    steps().park(run, targets);
    List<InstanceTarget> later = steps().publish();
    world().hands().removeTarget(0);
    world().hands().start(0);
    Steps.until(() -> heldBack(run, targets));
    EnsureTarget aimedOnly = steps().aim(Steps.newRun(), later);
    assertThat(world().instances(1).ensureTarget(aimedOnly).failures()).isEmpty();
    Steps.until(() -> heldBack(run, targets));
    assertThat(world().instances(1).ensureStopped(steps().stop(Steps.newRun())).failures())
        .isEmpty();
    InstanceObserved stopped = steps().lookAt(0);
    assertThat(stopped.control().state()).isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    assertThat(endOf(stopped)).isLessThan(Steps.of(0, later).target().lsn());
    assertThat(steps().park(Steps.newRun(), later)).allMatch(one -> one.log().shutDownAtTarget());
  }

  private boolean heldBack(Run run, List<InstanceTarget> targets) {
    ReplaySeen seen =
        world()
            .instances(1)
            .awaitParked(steps().await(run, targets, 1, Steps.A_LOOK))
            .seen()
            .get(0);
    return seen.running() && seen.waitingFor().startsWith("beyond ");
  }

  private static Lsn endOf(InstanceObserved seen) {
    return seen.control().recovery().minimumEnd().match(() -> new Lsn(0), (lsn, timeline) -> lsn);
  }

  @Test
  @Tag("all")
  void nothing_starts_without_the_target_in_effect() {
    List<InstanceTarget> targets = steps().publish();
    steps().park(Steps.newRun(), targets);
    List<InstanceTarget> next = steps().publish();
    Run run = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(run, next)).failures()).isEmpty();
    world().hands().removeTarget(1);
    ReplayStarted started = world().instances(1).ensureReplaying(steps().start(run, next, 1));
    assertThat(started.started()).extracting(InstanceStarted::instance).containsExactly(copy(0));
    onlyFailed(started.failures(), copy(1), FailureCode.TARGET_NOT_SET);
    assertThat(steps().lookAt(1).process()).isEqualTo(ServerProcess.STOPPED);
  }

  @Test
  @Tag("all")
  void nothing_is_aimed_or_started_that_would_end_as_a_primary() {
    List<InstanceTarget> targets = steps().publish();
    steps().park(Steps.newRun(), targets);
    List<InstanceTarget> next = steps().publish();
    Run run = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(run, next)).failures()).isEmpty();
    world().hands().recoverySignal(0, true);
    assertThat(steps().lookAt(0).recovery().recoverySignal()).isTrue();
    onlyFailed(
        world().instances(1).ensureReplaying(steps().start(run, next, 1)).failures(),
        copy(0),
        FailureCode.TARGET_NOT_SET);
    assertThat(steps().lookAt(0).process()).isEqualTo(ServerProcess.STOPPED);
    onlyFailed(
        world().instances(1).ensureTarget(steps().aim(Steps.newRun(), next)).failures(),
        copy(0),
        FailureCode.TARGET_NOT_SET);
  }

  @Test
  @Tag("all")
  void one_that_accepts_writes_is_seen_and_left_alone() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    steps().park(run, targets);
    world().hands().promote(0);
    try {
      InstanceObserved seen = steps().lookAt(0);
      assertThat(seen.process()).isEqualTo(ServerProcess.RUNNING);
      assertThat(seen.control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
      assertThat(seen.recovery().standbySignal()).isFalse();
      Run next = Steps.newRun();
      onlyFailed(
          world().instances(1).ensureTarget(steps().aim(next, targets)).failures(),
          copy(0),
          FailureCode.PROMOTED);
      onlyFailed(
          world().instances(1).ensureReplaying(steps().start(next, targets, 1)).failures(),
          copy(0),
          FailureCode.PROMOTED);
      onlyFailed(
          world().instances(1).ensureStopped(steps().stop(next)).failures(),
          copy(0),
          FailureCode.PROMOTED);
      assertThat(steps().lookAt(0).process()).isEqualTo(ServerProcess.RUNNING);
      aimedAtAFormerPrimary(targets);
    } finally {
      world().renew();
    }
  }

  /** Its WAL has the names of production's: the archive would hold it in production's place. */
  @Test
  @Tag("all")
  void one_that_a_person_opens_archives_nothing() {
    steps().park(Steps.newRun(), steps().publish());
    world().hands().open(0);
    try {
      assertThat(steps().lookAt(0).control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
      List<Server> opened =
          world().cluster().instancesAt(Steps.WEST).stream()
              .filter(one -> one.id().equals(copy(0)))
              .map(steps()::server)
              .toList();
      steps().switchWal(opened);
      assertThat(
              world()
                  .databases()
                  .observeServers(new OnServers(steps().looking(), steps().access(), opened))
                  .observed())
          .extracting(server -> server.archiving().archiveMode())
          .containsExactly("off");
      PointsArchived seen = steps().archived(steps().publish());
      assertThat(Steps.pointOf(0, seen).records()).hasSize(1);
    } finally {
      world().renew();
    }
  }

  /** Once it is down nothing shows what it was but its control file. */
  private void aimedAtAFormerPrimary(List<InstanceTarget> targets) {
    world().hands().kill(0);
    Steps.until(() -> steps().lookAt(0).process() == ServerProcess.STOPPED);
    onlyFailed(
        world().instances(1).ensureTarget(steps().aim(Steps.newRun(), targets)).failures(),
        copy(0),
        FailureCode.PROMOTED);
    assertThat(steps().lookAt(0).recovery().standbySignal()).isFalse();
  }

  @Test
  @Tag("all")
  void nothing_is_written_or_started_in_the_directory_of_another_system() {
    List<InstanceTarget> targets = steps().publish();
    steps().park(Steps.newRun(), targets);
    InstanceObserved before = steps().lookAt(0);
    List<InstanceTarget> elsewhere = ofAnotherSystem(0, steps().publish());
    Run run = Steps.newRun();
    onlyFailed(
        world().instances(1).ensureTarget(steps().aim(run, elsewhere)).failures(),
        copy(0),
        FailureCode.IDENTITY_DIFFERS);
    onlyFailed(
        world().instances(1).ensureReplaying(steps().start(run, elsewhere, 1)).failures(),
        copy(0),
        FailureCode.IDENTITY_DIFFERS);
    InstanceObserved after = steps().lookAt(0);
    assertThat(after.controlDigest()).isEqualTo(before.controlDigest());
    assertThat(after.recovery()).isEqualTo(before.recovery());
  }

  private static List<InstanceTarget> ofAnotherSystem(int content, List<InstanceTarget> targets) {
    InstanceTarget one = Steps.of(content, targets);
    ContentTarget here = one.target();
    ContentTarget there =
        new ContentTarget(
            here.content(),
            new SystemIdentifier(42),
            here.timeline(),
            here.lsn(),
            here.walFile(),
            here.walSegmentSize());
    InstanceTarget other = new InstanceTarget(one.instance(), one.point(), there, one.archive());
    return targets.stream().map(target -> target.equals(one) ? other : target).toList();
  }
}
