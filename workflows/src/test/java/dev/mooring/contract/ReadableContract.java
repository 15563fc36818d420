package dev.mooring.contract;

import static dev.mooring.contract.Steps.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Steps.Run;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.InstanceActivities.InstanceLimits;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.LimitsObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.StopLine;
import dev.mooring.topology.ParkMode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What parking instances so that they can be read promises. */
public abstract class ReadableContract {
  /** The world all tests of a class share. */
  protected abstract ContractWorld world();

  private Steps steps() {
    return new Steps(world());
  }

  @AfterEach
  void mend() {
    world().hands().mend();
    world().instances(1).ensureStopped(steps().stop(Steps.newRun()));
  }

  private List<InstanceTarget> publish() {
    return steps().publish().stream().map(t -> in(t, ParkMode.READABLE)).toList();
  }

  private static InstanceTarget in(InstanceTarget target, ParkMode mode) {
    return new InstanceTarget(
        target.instance(), target.point(), target.target(), target.archive(), mode);
  }

  @Test
  void every_instance_pauses_exactly_at_its_point_and_answers_there() {
    List<InstanceTarget> targets = publish();
    publish();
    Run run = Steps.newRun();
    List<InstanceParked> parked = steps().park(run, targets);
    assertThat(parked).hasSize(2);
    for (InstanceParked one : parked) {
      InstanceTarget target = Steps.of(one.instance().instance().equals(copy(0)) ? 0 : 1, targets);
      assertThat(one.instance().process()).isEqualTo(ServerProcess.RUNNING);
      assertThat(one.instance().control().state()).isEqualTo(InstanceState.IN_ARCHIVE_RECOVERY);
      assertThat(one.instance().recovery().settings().action()).isEqualTo("pause");
      assertThat(one.instance().recovery().endedByGate()).isEmpty();
      assertThat(one.log().pausedAtTarget()).isTrue();
      assertThat(one.log().shutDownAtTarget()).isFalse();
      assertThat(one.log().stop())
          .isInstanceOfSatisfying(
              StopLine.At.class,
              at -> assertThat(at.restorePoint()).isEqualTo(target.point().value()));
      paused(target);
    }
    assertThat(
            world().instances(2).awaitParked(steps().await(run, targets, 1, Steps.A_LOOK)).seen())
        .hasSize(2)
        .noneMatch(ReplaySeen::running)
        .allMatch(seen -> seen.died().isEmpty());
  }

  private void paused(InstanceTarget target) {
    Steps.until(() -> position(target.target().content().value()).isPaused());
    Position position = position(target.target().content().value());
    assertThat(position.lsn()).isEqualTo(target.target().lsn());
    assertThat(position.timeline()).isEqualTo(target.target().timeline());
  }

  private Position position(int content) {
    return servers().observed().stream()
        .filter(server -> server.instance().equals(copy(content)))
        .map(ServerObserved::position)
        .findFirst()
        .orElseThrow();
  }

  private ServersObserved servers() {
    return world()
        .databases()
        .observeServers(
            new OnServers(
                steps().looking(),
                steps().access(),
                world().cluster().instancesAt(Steps.WEST).stream().map(steps()::server).toList()));
  }

  @Test
  @Tag("all")
  void one_that_is_read_goes_on_to_a_later_point_and_from_one_mode_to_the_other() {
    steps().park(Steps.newRun(), publish());
    List<InstanceTarget> later = publish();
    steps().park(Steps.newRun(), later);
    later.forEach(this::paused);
    List<InstanceTarget> shut = steps().publish();
    assertThat(steps().park(Steps.newRun(), shut))
        .allMatch(one -> one.instance().process() == ServerProcess.STOPPED)
        .allMatch(one -> one.log().shutDownAtTarget() && !one.log().pausedAtTarget());
    assertThat(servers().observed()).isEmpty();
    List<InstanceTarget> again = shut.stream().map(t -> in(t, ParkMode.READABLE)).toList();
    steps().park(Steps.newRun(), again);
    again.forEach(this::paused);
  }

  @Test
  @Tag("all")
  void one_that_a_person_stops_and_starts_pauses_again_at_its_point() {
    List<InstanceTarget> targets = publish();
    Run run = Steps.newRun();
    steps().park(run, targets);
    publish();
    world().instances(1).ensureStopped(steps().stop(run));
    world().hands().start(0);
    Steps.until(
        () ->
            servers().observed().stream()
                .anyMatch(s -> s.instance().equals(copy(0)) && s.position().isPaused()));
    paused(Steps.of(0, targets));
  }

  @Test
  void a_hand_typed_resume_is_ended_by_the_gate_before_anything_opens() {
    List<InstanceTarget> targets = publish();
    steps().park(Steps.newRun(), targets);
    paused(Steps.of(0, targets));
    world().hands().resume(0);
    endedUnopened(Steps.of(0, targets));
    paused(Steps.of(1, targets));
    steps().park(Steps.newRun(), targets);
    targets.forEach(this::paused);
    assertThat(steps().lookAt(0).recovery().endedByGate()).isEmpty();
  }

  /** A run may be lost between writing the pause and the start that writes the gate's file. */
  @Test
  @Tag("all")
  void the_gate_ends_one_that_was_only_aimed_and_that_a_person_started() {
    List<InstanceTarget> shut = steps().publish();
    steps().park(Steps.newRun(), shut);
    List<InstanceTarget> read = shut.stream().map(t -> in(t, ParkMode.READABLE)).toList();
    assertThat(world().instances(1).ensureTarget(steps().aim(Steps.newRun(), read)).failures())
        .isEmpty();
    world().hands().start(0);
    Steps.until(() -> servers().observed().stream().anyMatch(s -> s.position().isPaused()));
    world().hands().resume(0);
    endedUnopened(Steps.of(0, read));
  }

  @Test
  @Tag("all")
  void the_gate_ends_one_whose_gate_file_is_gone() {
    List<InstanceTarget> targets = publish();
    steps().park(Steps.newRun(), targets);
    paused(Steps.of(0, targets));
    world().hands().loseGateFile(0);
    world().hands().resume(0);
    endedUnopened(Steps.of(0, targets));
    steps().park(Steps.newRun(), targets);
    targets.forEach(this::paused);
  }

  private void endedUnopened(InstanceTarget target) {
    int content = target.target().content().value();
    Steps.until(() -> steps().lookAt(content).process() == ServerProcess.STOPPED);
    InstanceObserved ended = steps().lookAt(content);
    assertThat(ended.control().state()).isEqualTo(InstanceState.IN_ARCHIVE_RECOVERY);
    assertThat(ended.control().checkpoint().timeline()).isEqualTo(target.target().timeline());
    assertThat(ended.recovery().standbySignal()).isTrue();
    assertThat(ended.recovery().endedByGate()).startsWith("20").endsWith("Z");
  }

  @Test
  @Tag("all")
  void the_settings_of_a_standby_that_serves_reads_are_read_on_its_host() {
    LimitsObserved seen =
        world().instances(1).observeLimits(new ObserveInstances(steps().looking(), steps().west()));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed())
        .extracting(InstanceLimits::instance)
        .containsExactly(copy(0), copy(1));
    assertThat(seen.observed()).allMatch(one -> one.limits().maxConnections() > 0);
    assertThat(seen.observed())
        .allMatch(one -> one.limits().maxLocksPerTransaction() > 0)
        .noneMatch(one -> one.limits().maxWorkerProcesses() < 0);
  }
}
