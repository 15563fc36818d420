package dev.mooring.dev.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.contract.Limit;
import dev.mooring.dev.host.Fleet.Run;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceActivities.InstancesStopped;
import dev.mooring.port.InstanceActivities.ReplayAwaited;
import dev.mooring.port.InstanceActivities.ReplaySeen;
import dev.mooring.port.InstanceActivities.ReplayStarted;
import dev.mooring.port.InstanceActivities.TargetSet;
import dev.mooring.port.InstanceActivities.TargetsSet;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.InstanceTarget;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.StopLine;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Observing, aiming, starting and stopping real instances over real SSH. */
@Tag("all")
class InstanceActivitiesIT {
  /** Each loses the answer at another place, on some machine. */
  private static final List<Duration> TOO_SHORT =
      Stream.of(10, 40, 80, 160).map(millis -> Duration.ofMillis(millis)).toList();

  private static Lab lab;
  private static Fleet fleet;

  @RegisterExtension static final OtherHosts OTHER_HOSTS = new OtherHosts(() -> lab, "w0");

  @BeforeAll
  static void up() {
    lab =
        Lab.up(LabPlan.fleet(3).named("instances").withInstancesPerHost(2).withWalFileMegabytes(1));
    fleet = new Fleet(lab);
    lab.snapshot();
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    fleet.close();
    lab.close();
  }

  @Test
  void parks_every_instance_exactly_at_the_point() throws Exception {
    List<InstanceTarget> targets = fleet.publish("exactly");
    fleet.publish("later");
    List<InstanceParked> parked = fleet.park(Run.next(), targets);
    assertThat(parked).hasSize(2);
    for (InstanceParked instance : parked) {
      InstanceTarget target = targetOf(targets, instance.instance().instance());
      assertThat(instance.instance().process()).isEqualTo(ServerProcess.STOPPED);
      assertThat(instance.instance().control().state())
          .isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
      assertThat(instance.log().stop())
          .isInstanceOfSatisfying(
              StopLine.At.class, at -> assertThat(at.restorePoint()).isEqualTo("exactly"));
      assertThat(instance.log().shutDownAtTarget()).isTrue();
      assertThat(instance.log().fatals()).isEmpty();
      assertThat(instance.archived())
          .extracting(ArchivedWal::file)
          .containsExactlyElementsOf(target.target().recordFiles());
      boolean beyond =
          instance
              .instance()
              .control()
              .recovery()
              .minimumEnd()
              .match(() -> false, (end, timeline) -> end.isAfter(target.target().lsn()));
      assertThat(beyond).isFalse();
    }
  }

  @Test
  void an_act_on_another_host_than_the_one_meant_is_noticed() throws Exception {
    OtherHosts meant = new OtherHosts(() -> lab, "w1");
    meant.look();
    meant.requireUntouched();
    Run run = Run.next();
    List<InstanceTarget> targets = fleet.publish("elsewhere");
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    assertThatThrownBy(meant::requireUntouched)
        .hasMessage("only w1 was to be acted upon, and [w0] changed");
  }

  @Test
  void parks_whatever_else_the_configuration_says() throws Exception {
    Files.writeString(
        lab.instance("west-0").dataDirectory().resolve("postgresql.conf"),
        """
        recovery_target_lsn = '0/1'
        recovery_target_xid = '1000'
        recovery_target_action = 'promote'
        recovery_min_apply_delay = '1h'
        hot_standby = on
        logging_collector = on
        log_destination = 'csvlog'
        log_min_messages = fatal
        log_line_prefix = 'FATAL:  '
        log_timezone = 'Asia/Kolkata'
        timezone = 'Asia/Kolkata'
        """,
        StandardOpenOption.APPEND);
    fleet.ask(lab.instance("east-0"), "SELECT pg_current_xact_id()");
    List<InstanceParked> parked = fleet.park(Run.next(), fleet.publish("whatever"));
    assertThat(parked)
        .hasSize(2)
        .allMatch(p -> p.log().shutDownAtTarget() && p.log().fatals().isEmpty())
        .extracting(p -> p.log().stop())
        .allSatisfy(
            stop ->
                assertThat(stop)
                    .isInstanceOfSatisfying(
                        StopLine.At.class,
                        at ->
                            assertThat(Duration.between(at.time(), Instant.now()))
                                .isLessThan(Duration.ofMinutes(5))));
  }

  @Test
  void finds_what_was_done_when_every_step_is_repeated() throws Exception {
    List<InstanceTarget> targets = fleet.publish("repeated");
    Run run = Run.next();
    TargetsSet set = fleet.instances().ensureTarget(fleet.aim(run, targets));
    assertThat(set.failures()).isEmpty();
    assertThat(fleet.instances().ensureTarget(fleet.aim(run, targets))).isEqualTo(set);
    ReplayStarted started = fleet.instances().ensureReplaying(fleet.start(run, targets, 1));
    assertThat(started.failures()).isEmpty();
    fleet.instances().awaitParked(fleet.await(run, targets, 1, Fleet.LIMIT));
    List<InstanceParked> parked = fleet.parked(run, targets, 1).parked();
    assertThat(fleet.instances().ensureReplaying(fleet.start(run, targets, 1))).isEqualTo(started);
    fleet.instances().ensureStopped(fleet.stop(run));
    fleet.instances().ensureStopped(fleet.stop(run));
    assertThat(fleet.parked(run, targets, 1).parked())
        .usingRecursiveComparison()
        .ignoringFields("instance.pgWalFreeBytes")
        .isEqualTo(parked);
  }

  @Test
  void comes_to_the_same_end_when_every_step_loses_its_answer() throws Exception {
    List<InstanceTarget> targets = fleet.publish("interrupted");
    Run run = Run.next();
    loseTheAnswer(instances -> instances.ensureTarget(fleet.aim(run, targets)));
    assertThat(fleet.instances().ensureTarget(fleet.aim(run, targets)).set()).hasSize(2);
    loseTheAnswer(instances -> instances.ensureReplaying(fleet.start(run, targets, 1)));
    assertThat(fleet.instances().ensureReplaying(fleet.start(run, targets, 1)).started())
        .hasSize(2);
    fleet.instances().awaitParked(fleet.await(run, targets, 1, Fleet.LIMIT));
    assertThat(fleet.parked(run, targets, 1).parked())
        .hasSize(2)
        .allMatch(p -> p.log().shutDownAtTarget() && p.log().fatals().isEmpty());
  }

  @Test
  void keeps_every_other_line_the_mode_and_the_link_of_the_configuration() throws Exception {
    Path conf = lab.instance("west-0").dataDirectory().resolve("postgresql.auto.conf");
    Path elsewhere = conf.resolveSibling("elsewhere.conf");
    String others = "# a comment\nwork_mem = '5MB'\nhot_standby_feedback = on\n";
    Files.writeString(
        conf,
        others
            + "Recovery_Target_LSN='0/1'\nprimary_conninfo = 'user=rep password=hunter2 host=e0'\n",
        StandardOpenOption.APPEND);
    String before = Files.readString(conf);
    Files.move(conf, elsewhere);
    Files.createSymbolicLink(conf, elsewhere.getFileName());
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-r-----"));
    List<InstanceTarget> targets = fleet.publish("kept");
    Run run = Run.next();
    TargetsSet set = fleet.instances().ensureTarget(fleet.aim(run, targets));
    assertThat(set.failures()).isEmpty();
    assertThat(Files.isSymbolicLink(conf)).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(elsewhere)))
        .isEqualTo("rw-r-----");
    assertThat(Files.readString(conf)).contains(others).doesNotContain("hunter2", "'0/1'");
    TargetSet west = set.set().get(0);
    assertThat(west.effective().name()).isEqualTo("kept");
    assertThat(west.cleared())
        .contains("Recovery_Target_LSN='0/1'")
        .anyMatch(line -> line.contains("user=rep host=e0"))
        .noneMatch(line -> line.contains("hunter2"));
    fleet.instances().revertTarget(fleet.aim(run, targets));
    fleet.instances().revertTarget(fleet.aim(run, targets));
    assertThat(Files.readString(conf)).isEqualTo(before);
    assertThat(Files.isSymbolicLink(conf)).isTrue();
  }

  @Test
  void leaves_the_target_of_an_instance_that_had_started() throws Exception {
    List<InstanceTarget> targets = fleet.publish("started");
    Run run = Run.next();
    fleet.park(run, targets);
    Path conf = lab.instance("west-0").dataDirectory().resolve("postgresql.auto.conf");
    String parked = Files.readString(conf);
    fleet.instances().revertTarget(fleet.aim(run, targets));
    assertThat(Files.readString(conf)).isEqualTo(parked);
  }

  @Test
  void refuses_a_run_that_is_long_over_and_changes_nothing() throws Exception {
    List<InstanceTarget> early = fleet.publish("early");
    List<InstanceTarget> late = fleet.publish("late");
    Run over = Run.next();
    fleet.instances().ensureTarget(fleet.aim(Run.next(), late));
    Path conf = lab.instance("west-0").dataDirectory().resolve("postgresql.auto.conf");
    String before = Files.readString(conf);
    assertThatThrownBy(() -> fleet.instances().ensureTarget(fleet.aim(over, early)))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            f -> assertThat(f.getType()).isEqualTo(FailureCode.EPOCH_REFUSED.name()));
    assertThat(Files.readString(conf)).isEqualTo(before);
    assertThat(fleet.observe("west").highestEpoch().value()).isGreaterThan(over.epoch().value());
  }

  @Test
  void starts_nothing_without_the_target_in_effect() throws Exception {
    List<InstanceTarget> targets = fleet.publish("removed");
    Run run = Run.next();
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    lab.faults().removeTarget(lab.instance("west-1"));
    ReplayStarted started = fleet.instances().ensureReplaying(fleet.start(run, targets, 1));
    assertThat(started.started())
        .singleElement()
        .matches(i -> i.instance().equals(new InstanceId("west-0")));
    assertThat(started.failures())
        .singleElement()
        .matches(f -> f.code() == FailureCode.TARGET_NOT_SET)
        .matches(f -> f.message().contains("recovery_target_name is ''"));
    assertThat(lab.isRunning(lab.instance("west-1"))).isFalse();
  }

  @Test
  void starts_nothing_where_a_further_file_overrides_the_target() throws Exception {
    List<InstanceTarget> targets = fleet.publish("included");
    Run run = Run.next();
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    Path data = lab.instance("west-0").dataDirectory();
    Files.writeString(data.resolve("more.conf"), "recovery_target_action = 'promote'\n");
    Files.setPosixFilePermissions(
        data.resolve("more.conf"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"), "include 'more.conf'\n", StandardOpenOption.APPEND);
    assertThat(fleet.instances().ensureReplaying(fleet.start(run, targets, 1)).failures())
        .singleElement()
        .matches(f -> f.message().contains("recovery_target_action is 'promote', not 'shutdown'"));
  }

  @Test
  void refuses_an_instance_that_would_end_as_a_primary() throws Exception {
    List<InstanceTarget> targets = fleet.publish("signal");
    Files.createFile(lab.instance("west-0").dataDirectory().resolve("recovery.signal"));
    TargetsSet set = fleet.instances().ensureTarget(fleet.aim(Run.next(), targets));
    assertThat(set.failures())
        .singleElement()
        .matches(f -> f.code() == FailureCode.TARGET_NOT_SET)
        .matches(f -> f.message().contains("recovery.signal"));
  }

  @Test
  void says_what_an_instance_waits_for_and_parks_it_once_that_is_there() throws Exception {
    List<InstanceTarget> targets = fleet.publish("waiting");
    String file = targets.get(0).target().walFile().text();
    awaitArchived(targets);
    lab.faults().hideWal(0, file);
    Run run = Run.next();
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    fleet.instances().ensureReplaying(fleet.start(run, targets, 1));
    Fleet.until(() -> !lab.isRunning(lab.instance("west-1")));
    Fleet.until(() -> fleet.gateSays("west-0", "absent " + file));
    ReplayAwaited seen =
        fleet.instances().awaitParked(fleet.await(run, targets, 1, Duration.ofSeconds(1)));
    assertThat(seenOf(seen, "west-0"))
        .matches(ReplaySeen::running)
        .matches(s -> s.waitingFor().equals("absent " + file));
    assertThat(seenOf(seen, "west-1")).matches(s -> !s.running());
    assertThat(fleet.reported).isNotEmpty();
    InstancesStopped stopped = fleet.instances().ensureStopped(fleet.stop(run));
    assertThat(stopped.failures()).isEmpty();
    assertThat(lab.isRunning(lab.instance("west-0"))).isFalse();
    lab.faults().showWal(0, file);
    Run again = Run.next();
    assertThat(fleet.park(again, targets)).allMatch(p -> p.log().shutDownAtTarget());
  }

  @Test
  void starts_an_instance_again_that_died_on_its_way() throws Exception {
    List<InstanceTarget> targets = fleet.publish("died");
    awaitArchived(targets);
    lab.faults().hideWal(0, targets.get(0).target().walFile().text());
    Run run = Run.next();
    fleet.instances().ensureTarget(fleet.aim(run, targets));
    fleet.instances().ensureReplaying(fleet.start(run, targets, 1));
    lab.faults().signal(lab.instance("west-0"), Signal.KILL);
    lab.faults().showWal(0, targets.get(0).target().walFile().text());
    ReplayAwaited seen = fleet.instances().awaitParked(fleet.await(run, targets, 1, Fleet.LIMIT));
    assertThat(seen.seen()).noneMatch(ReplaySeen::running);
    fleet.instances().ensureReplaying(fleet.start(run, targets, 2));
    fleet.instances().awaitParked(fleet.await(run, targets, 2, Fleet.LIMIT));
    assertThat(fleet.parked(run, targets, 2).parked()).allMatch(p -> p.log().shutDownAtTarget());
  }

  @Test
  void lets_nobody_start_a_parked_instance_past_its_target() throws Exception {
    List<InstanceTarget> targets = fleet.publish("held");
    List<InstanceParked> parked = fleet.park(Run.next(), targets);
    fleet.publish("beyond");
    LabInstance west = lab.instance("west-0");
    startAsAPersonWould(west);
    Fleet.until(() -> !lab.isRunning(west));
    InstanceObserved again = fleet.observe("west").observed().get(0);
    assertThat(again.control().recovery().minimumEnd())
        .isEqualTo(parked.get(0).instance().control().recovery().minimumEnd());
  }

  /** pg_ctl says that it failed when the server is down again before pg_ctl looked. */
  private static void startAsAPersonWould(LabInstance instance) {
    try {
      lab.start(instance);
    } catch (LabFailure downAgain) {
      assertThat(downAgain).hasMessageContaining("could not start server");
    }
  }

  private static void awaitArchived(List<InstanceTarget> targets) {
    for (InstanceTarget target : targets) {
      Path file =
          lab.archive(target.target().content().value()).resolve(target.target().walFile().text());
      Fleet.until(() -> Files.exists(file));
    }
  }

  private static InstanceTarget targetOf(List<InstanceTarget> targets, InstanceId instance) {
    return targets.stream().filter(t -> t.instance().equals(instance)).findFirst().orElseThrow();
  }

  private static ReplaySeen seenOf(ReplayAwaited awaited, String instance) {
    return awaited.seen().stream()
        .filter(s -> s.instance().equals(new InstanceId(instance)))
        .findFirst()
        .orElseThrow();
  }

  private static void loseTheAnswer(Consumer<InstanceActivities> call) {
    for (Duration deadline : TOO_SHORT) {
      try {
        call.accept(fleet.instances(new HostDeadlines(Limit.seconds(20), deadline, Duration.ZERO)));
      } catch (ApplicationFailure silent) {
        assertThat(silent.getType()).isEqualTo(FailureCode.HOST_SILENT.name());
      }
    }
  }
}
