package dev.mooring.contract;

import static dev.mooring.contract.Refusals.onlyFailed;
import static dev.mooring.contract.Steps.copy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.Steps.Run;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.EnsureTarget;
import dev.mooring.port.InstanceActivities.FitnessObserved;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.InstanceFitness;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.ObserveFitness;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceActivities.ObserveReplay;
import dev.mooring.port.InstanceActivities.ReplayAwaited;
import dev.mooring.port.InstanceActivities.ReplayObserved;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceActivities.ReplayStarted;
import dev.mooring.port.InstanceActivities.TargetSet;
import dev.mooring.port.InstanceActivities.TargetsSet;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StopLine;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What observing, aiming, starting, awaiting and stopping the instances of a host promise. */
public abstract class InstanceContract {
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
  @Tag("all")
  void a_host_says_of_each_instance_whether_it_is_fit_for_its_runbooks() {
    FitnessObserved seen = fitness(steps().west(), "");
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.host()).isEqualTo(steps().west().host().name());
    assertThat(seen.observed())
        .extracting(InstanceFitness::instance)
        .containsExactly(new InstanceId("west-0"), new InstanceId("west-1"));
    for (InstanceFitness fit : seen.observed()) {
      assertThat(fit.ownership().login()).isNotBlank().isEqualTo(fit.ownership().owner());
      assertThat(fit.ownership().mode()).isEqualTo("700");
      assertThat(fit.software().server().major()).isEqualTo(fit.software().dataMajor());
      assertThat(fit.missingPrograms()).isEmpty();
      assertThat(fit.archiveTrouble()).isEmpty();
      assertThat(fit.ownership().unwritable()).isEmpty();
    }
    assertThat(fitness(steps().east(), "").failures()).isEmpty();
  }

  @Test
  @Tag("all")
  void an_archive_that_is_not_there_is_said_of_every_instance_and_fails_none() {
    FitnessObserved seen = fitness(steps().west(), "/not-there");
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed())
        .hasSize(2)
        .allMatch(fit -> fit.archiveTrouble().contains("not-there"));
  }

  @Test
  @Tag("all")
  void what_instances_archive_with_is_read_on_their_host() {
    ArchivingObserved seen =
        world()
            .instances(1)
            .observeArchiving(new ObserveInstances(steps().looking(), steps().east()));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed())
        .hasSize(2)
        .allMatch(one -> one.mode().equals("on") && !one.command().isEmpty())
        .allMatch(one -> one.walLevel().equals("replica") && one.library().isEmpty());
  }

  private FitnessObserved fitness(HostWork on, String further) {
    Site.Archive own = world().cluster().site(Steps.WEST).orElseThrow().archive();
    Site.Archive asked = new Site.Archive(own.directory() + further, own.restoreCommand());
    return world().instances(1).observeFitness(new ObserveFitness(steps().looking(), on, asked));
  }

  /**
   * They are stopped first: one that another test started may still be on its way into recovery.
   */
  @Test
  void looking_answers_for_each_instance_and_changes_nothing() {
    assertThat(world().instances(1).ensureStopped(steps().stop(Steps.newRun())).failures())
        .isEmpty();
    HostObserved first = steps().look(steps().west());
    assertThat(first.failures()).isEmpty();
    assertThat(first.observed())
        .extracting(InstanceObserved::instance)
        .containsExactly(copy(0), copy(1));
    assertThat(unmeasured(steps().look(steps().west()))).isEqualTo(unmeasured(first));
    assertThat(steps().look(steps().east()).observed())
        .hasSize(2)
        .allMatch(seen -> seen.process() == ServerProcess.RUNNING)
        .allMatch(seen -> seen.control().state() == InstanceState.IN_PRODUCTION)
        .allMatch(seen -> !seen.recovery().standbySignal());
  }

  /** All but the free room, which others on the file system change. */
  private static List<InstanceObserved> unmeasured(HostObserved seen) {
    return seen.observed().stream()
        .map(
            i ->
                new InstanceObserved(
                    i.instance(),
                    i.process(),
                    new InstanceObserved.ControlFile(i.control(), i.controlDigest()),
                    i.recovery(),
                    i.software(),
                    0,
                    i.missing()))
        .toList();
  }

  @Test
  @Tag("all")
  void a_base_backup_without_a_manifest_ends_where_its_archived_history_says() {
    world().renew();
    InstanceObserved.Backup reported = steps().lookAt(0).recovery().backup();
    assertThat(reported).isInstanceOf(InstanceObserved.Backup.Fresh.class);
    world().hands().loseManifest(0);
    Steps.until(() -> steps().look(steps().west()).failures().isEmpty());
    assertThat(steps().lookAt(0).recovery().backup()).isEqualTo(reported);

    HostObserved unasked =
        world()
            .instances(1)
            .observeInstances(new ObserveInstances(steps().looking(), steps().west()));
    onlyFailed(unasked.failures(), copy(0), FailureCode.STATE_UNREADABLE);
    world().hands().loseBackupHistories(0);
    HostObserved lost = steps().look(steps().west());
    onlyFailed(lost.failures(), copy(0), FailureCode.WAL_MISSING);
    assertThat(lost.observed()).extracting(InstanceObserved::instance).containsExactly(copy(1));
  }

  @Test
  @Tag("all")
  void data_directory_and_programs_are_of_the_primarys_version_and_another_is_told() {
    ServerVersion version = steps().makePoint().contents().get(0).owner().version();
    for (HostWork site : List.of(steps().east(), steps().west())) {
      for (InstanceObserved seen : steps().look(site).observed()) {
        assertThat(seen.software().dataMajor()).isEqualTo(version.major());
        assertThat(seen.software().server()).isEqualTo(version);
        assertThat(seen.software().tools())
            .containsExactly(new InstanceObserved.Program("pg_waldump", version));
      }
    }
    world().hands().dataOfMajor(0, version.major() + 1);
    assertThat(steps().lookAt(0).software().dataMajor()).isEqualTo(version.major() + 1);
    assertThat(steps().lookAt(0).software().server()).isEqualTo(version);
  }

  @Test
  void every_instance_is_parked_exactly_at_its_point() {
    List<InstanceTarget> targets = steps().publish();
    List<InstanceTarget> later = steps().publish();
    List<InstanceParked> parked = steps().park(Steps.newRun(), targets);
    assertThat(parked).hasSize(2);
    for (InstanceParked one : parked) {
      InstanceTarget target = targetOf(one, targets);
      assertParked(one, target);
      assertThat(one.archived())
          .isEqualTo(
              Steps.pointOf(target.target().content().value(), steps().archived(targets)).files());
      assertThat(one.archived())
          .extracting(ArchivedWal::file)
          .isEqualTo(target.target().recordFiles());
      assertThat(minimumEnd(one.instance())).isLessThan(targetOf(one, later).target().lsn());
    }
  }

  private static InstanceTarget targetOf(InstanceParked one, List<InstanceTarget> targets) {
    return targets.stream()
        .filter(target -> target.instance().equals(one.instance().instance()))
        .findFirst()
        .orElseThrow();
  }

  private static void assertParked(InstanceParked one, InstanceTarget target) {
    assertThat(one.instance().process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(one.instance().control().state()).isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    assertThat(one.point()).isEqualTo(target.point());
    assertThat(one.log().stop())
        .isInstanceOfSatisfying(
            StopLine.At.class,
            at -> assertThat(at.restorePoint()).isEqualTo(target.point().value()));
    assertThat(one.log().shutDownAtTarget()).isTrue();
    assertThat(one.log().fatals()).isEmpty();
    assertThat(minimumEnd(one.instance())).isLessThanOrEqualTo(target.target().lsn());
    assertThat(one.instance().recovery().settings().name()).isEqualTo(target.point().value());
    assertThat(one.instance().recovery().settings().action()).isEqualTo("shutdown");
    assertThat(one.instance().recovery().standbySignal()).isTrue();
    assertThat(one.instance().recovery().backup()).isInstanceOf(InstanceObserved.Backup.None.class);
  }

  private static Lsn minimumEnd(InstanceObserved seen) {
    MinimumRecoveryEnd end = seen.control().recovery().minimumEnd();
    return end.match(() -> new Lsn(0), (lsn, timeline) -> lsn);
  }

  @Test
  @Tag("all")
  void a_step_repeated_finds_what_it_did_and_answers_the_same() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    TargetsSet set = world().instances(1).ensureTarget(steps().aim(run, targets));
    assertThat(world().instances(2).ensureTarget(steps().aim(run, targets))).isEqualTo(set);
    assertThat(set.set())
        .extracting(TargetSet::effective)
        .isEqualTo(
            steps().look(steps().west()).observed().stream()
                .map(i -> i.recovery().settings())
                .toList());

    ReplayStarted started = world().instances(1).ensureReplaying(steps().start(run, targets, 1));
    world().instances(1).awaitParked(steps().await(run, targets, 1, Steps.LIMIT));
    List<InstanceParked> parked = steps().prove(run, targets, 1).parked();
    assertThat(world().instances(2).ensureReplaying(steps().start(run, targets, 1)))
        .isEqualTo(started);
    assertThat(
            world().instances(2).awaitParked(steps().await(run, targets, 1, Steps.A_LOOK)).seen())
        .hasSize(2)
        .noneMatch(ReplaySeen::running);
    world().instances(1).ensureStopped(steps().stop(run));
    assertThat(world().instances(2).ensureStopped(steps().stop(run)).stopped())
        .containsExactly(copy(0), copy(1));
    assertThat(steps().prove(run, targets, 1).parked())
        .extracting(one -> one.instance().controlDigest())
        .isEqualTo(parked.stream().map(one -> one.instance().controlDigest()).toList());
  }

  @Test
  @Tag("all")
  void what_was_replaced_is_said_again_and_put_back_before_the_start() {
    List<InstanceTarget> targets = steps().publish();
    world().hands().setTarget(0, "a_persons_own");
    InstanceObserved.Recovery before = steps().lookAt(0).recovery();
    Run run = Steps.newRun();
    EnsureTarget aim = steps().aim(run, targets);
    TargetsSet set = world().instances(1).ensureTarget(aim);
    assertThat(set.set().get(0).cleared()).contains("recovery_target_name = 'a_persons_own'");
    assertThat(world().instances(2).ensureTarget(aim)).isEqualTo(set);
    assertThat(steps().lookAt(0).recovery().settings()).isEqualTo(set.set().get(0).effective());
    assertThat(world().instances(1).revertTarget(aim).reverted()).containsExactly(copy(0), copy(1));
    assertThat(steps().lookAt(0).recovery().settings()).isEqualTo(before.settings());
    assertThat(world().instances(2).revertTarget(aim).failures()).isEmpty();
    assertThat(steps().lookAt(0).recovery().settings()).isEqualTo(before.settings());
    assertThat(steps().lookAt(0).recovery().standbySignal()).isTrue();
  }

  @Test
  @Tag("all")
  void what_was_started_keeps_its_target_when_the_run_takes_back() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    steps().park(run, targets);
    InstanceObserved.Recovery parked = steps().lookAt(0).recovery();
    assertThat(world().instances(1).revertTarget(steps().aim(run, targets)).failures()).isEmpty();
    assertThat(steps().lookAt(0).recovery()).isEqualTo(parked);
  }

  @Test
  void one_that_waits_for_wal_says_so_and_goes_on_once_that_is_there() {
    List<InstanceTarget> targets = steps().publish();
    var file = Steps.of(0, targets).target().walFile();
    world().hands().hideWal(0, file);
    Run run = Steps.newRun();
    steps().send(run, targets);
    ReplayAwaited waiting = awaitWaiting(run, targets, "absent " + file);
    assertThat(seenOf(1, waiting).running()).isFalse();
    ReplayObserved places =
        world().instances(1).observeReplay(new ObserveReplay(steps().looking(), steps().west()));
    assertThat(places.places()).containsExactly(new ReplayPlace(copy(0), file, true));
    onlyFailed(places.failures(), copy(1), FailureCode.STATE_UNREADABLE);
    assertThat(steps().lookAt(0).process()).isEqualTo(ServerProcess.RUNNING);
    world().hands().showWal(0, file);
    ReplayAwaited over =
        world().instances(1).awaitParked(steps().await(run, targets, 1, Steps.LIMIT));
    assertThat(over.seen()).noneMatch(ReplaySeen::running);
    steps()
        .prove(run, targets, 1)
        .parked()
        .forEach(one -> assertParked(one, targetOf(one, targets)));
  }

  private ReplayAwaited awaitWaiting(Run run, List<InstanceTarget> targets, String reason) {
    ReplayAwaited[] seen = new ReplayAwaited[1];
    Steps.until(
        () -> {
          seen[0] = world().instances(1).awaitParked(steps().await(run, targets, 1, Steps.A_LOOK));
          ReplaySeen zero = seenOf(0, seen[0]);
          return zero.running() && zero.waitingFor().startsWith(reason);
        });
    return seen[0];
  }

  private static ReplaySeen seenOf(int content, ReplayAwaited seen) {
    return seen.seen().stream()
        .filter(one -> one.instance().equals(copy(content)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("all")
  void a_file_that_is_cut_off_is_waited_for_and_not_replayed() {
    List<InstanceTarget> targets = steps().publish();
    var file = Steps.of(0, targets).target().walFile();
    world().hands().truncateWal(0, file);
    Run run = Steps.newRun();
    steps().send(run, targets);
    awaitWaiting(run, targets, "short " + file);
    assertThat(world().instances(1).ensureStopped(steps().stop(run)).failures()).isEmpty();
    assertThat(steps().lookAt(0).process()).isEqualTo(ServerProcess.STOPPED);
    assertThat(steps().lookAt(0).control().state()).isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    assertThat(minimumEnd(steps().lookAt(0))).isLessThan(Steps.of(0, targets).target().lsn());
    assertThat(steps().prove(run, targets, 1).parked().get(0).log().stop())
        .isInstanceOf(StopLine.None.class);
  }

  @Test
  @Tag("all")
  void a_later_run_aims_beside_one_that_waits_and_takes_it_along() {
    List<InstanceTarget> never = steps().publish();
    var file = Steps.of(0, never).target().walFile();
    world().hands().hideWal(0, file);
    Run over = Steps.newRun();
    steps().send(over, never);
    awaitWaiting(over, never, "absent " + file);
    List<InstanceTarget> later = steps().publish();
    Run run = Steps.newRun();
    assertThat(world().instances(1).ensureTarget(steps().aim(run, later)).failures()).isEmpty();
    assertThat(steps().lookAt(0).process()).isEqualTo(ServerProcess.RUNNING);
    world().hands().showWal(0, file);
    steps().park(run, later).forEach(one -> assertParked(one, targetOf(one, later)));
  }

  @Test
  @Tag("all")
  void one_that_died_on_its_way_is_parked_by_a_second_start() {
    List<InstanceTarget> targets = steps().publish();
    var file = Steps.of(0, targets).target().walFile();
    world().hands().hideWal(0, file);
    Run run = Steps.newRun();
    steps().send(run, targets);
    awaitWaiting(run, targets, "absent " + file);
    world().hands().kill(0);
    world().hands().showWal(0, file);
    ReplayAwaited down =
        world().instances(1).awaitParked(steps().await(run, targets, 1, Steps.LIMIT));
    assertThat(down.seen()).noneMatch(ReplaySeen::running);
    assertThat(seenOf(0, down).died()).startsWith("its log ends with '");
    assertThat(seenOf(1, down).died()).isEmpty();
    assertThat(steps().prove(run, targets, 1).parked().get(0).log().stop())
        .isInstanceOf(StopLine.None.class);
    assertThat(world().instances(1).ensureReplaying(steps().start(run, targets, 2)).failures())
        .isEmpty();
    world().instances(1).awaitParked(steps().await(run, targets, 2, Steps.LIMIT));
    steps()
        .prove(run, targets, 2)
        .parked()
        .forEach(one -> assertParked(one, targetOf(one, targets)));
  }

  @Test
  @Tag("all")
  void a_start_without_a_log_is_unreadable_and_proves_nothing() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    ReplayAwaited awaited =
        world().instances(1).awaitParked(steps().await(run, targets, 1, Steps.A_LOOK));
    assertThat(awaited.seen()).isEmpty();
    assertThat(awaited.failures())
        .hasSize(2)
        .allMatch(failure -> failure.code() == FailureCode.STATE_UNREADABLE);
    assertThat(steps().prove(run, targets, 1).failures())
        .hasSize(2)
        .allMatch(failure -> failure.code() == FailureCode.STATE_UNREADABLE);
  }

  @Test
  @Tag("all")
  void a_log_that_lost_its_content_says_nothing_and_the_next_start_has_one_of_its_own() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    assertThat(steps().park(run, targets)).noneMatch(one -> one.log().saysNothing());
    world().hands().loseLogs(0);
    List<InstanceParked> seen = steps().prove(run, targets, 1).parked();
    assertThat(seen).extracting(one -> one.log().saysNothing()).containsExactly(true, false);
    assertThat(seen.get(0).instance().control().state())
        .isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    assertThat(world().instances(1).ensureReplaying(steps().start(run, targets, 2)).failures())
        .isEmpty();
    world().instances(1).awaitParked(steps().await(run, targets, 2, Steps.LIMIT));
    steps()
        .prove(run, targets, 2)
        .parked()
        .forEach(one -> assertParked(one, targetOf(one, targets)));
  }

  @Test
  void a_control_file_that_can_not_be_read_fails_its_own_instance_alone() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    world().hands().controlFile(0, false);
    HostObserved seen = steps().look(steps().west());
    onlyFailed(seen.failures(), copy(0), FailureCode.STATE_UNREADABLE);
    assertThat(seen.observed()).extracting(InstanceObserved::instance).containsExactly(copy(1));
    TargetsSet set = world().instances(1).ensureTarget(steps().aim(run, targets));
    onlyFailed(set.failures(), copy(0), FailureCode.STATE_UNREADABLE);
    assertThat(set.set()).hasSize(1);
    ReplayStarted started = world().instances(1).ensureReplaying(steps().start(run, targets, 1));
    onlyFailed(started.failures(), copy(0), FailureCode.STATE_UNREADABLE);
    assertThat(started.started()).hasSize(1);
  }

  @Test
  @Tag("all")
  void an_instance_without_a_target_is_the_callers_fault() {
    List<InstanceTarget> targets = steps().publish();
    Run run = Steps.newRun();
    HostWork both = steps().west();
    EnsureTarget half = new EnsureTarget(steps().call(run, 3), both, List.of(Steps.of(0, targets)));
    assertThatThrownBy(() -> world().instances(1).ensureTarget(half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("west-1");
  }
}
