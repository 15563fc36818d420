package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class MooredCheckTest {
  private final Cluster cluster = Harbour.cluster(1);
  private final Instance west = Harbour.instance(cluster, "west-0");
  private final InstanceObserved parked = ObservedInstances.standby(west);
  private final SiteState state =
      new SiteState(
          cluster.name(),
          Harbour.WEST,
          ObservedInstances.POINT,
          ObservedInstances.MADE,
          "run-1",
          List.of(
              new ParkedInstance(
                  west.id(),
                  west.content(),
                  TimelineId.FIRST,
                  new ControlFile(ObservedInstances.AT, parked.controlDigest()),
                  "",
                  ObservedInstances.AT.toString())));

  @Test
  void sees_no_drift_when_nothing_ran_since_the_proof() {
    assertThat(drift(parked)).isEmpty();
  }

  @Test
  void sees_an_instance_that_was_not_part_of_the_proof() {
    SiteState without = Altered.of(state, "instances", List.of());
    assertThat(MooredCheck.drift(without, List.of(new Seen(west, parked)), ParkMode.SHUTDOWN))
        .containsExactly("west-0 was not part of it");
  }

  @Test
  void sees_an_instance_that_runs() {
    assertThat(drift(Altered.of(parked, "process", ServerProcess.RUNNING)))
        .containsExactly("west-0 runs, and was parked");
  }

  @Test
  void sees_a_control_file_that_changed() {
    assertThat(drift(Altered.of(parked, "controlFile.digest", "cd".repeat(32))))
        .containsExactly("west-0 was started or changed since it was proved");
  }

  @Test
  void sees_every_setting_that_would_let_a_start_run_past_the_point() {
    InstanceObserved changed = Altered.of(parked, "recovery.settings.name", "");
    changed = Altered.of(changed, "recovery.settings.action", "promote");
    changed = Altered.of(changed, "recovery.settings.others", "recovery_target_time");
    changed = Altered.of(changed, "recovery.settings.timeline", "latest");
    changed = Altered.of(changed, "recovery.settings.restoreCommand", "cp /archive/%f %p");
    changed = Altered.of(changed, "recovery.settings.archiveMode", "on");
    changed = Altered.of(changed, "recovery.standbySignal", false);
    assertThat(drift(changed))
        .containsExactly(
            "west-0: recovery_target_name is '', was "
                + ObservedInstances.POINT
                + ", recovery_target_action is promote, was shutdown, other targets are set:"
                + " recovery_target_time, recovery_target_timeline is 'latest', was 1,"
                + " restore_command is not the restore gate, archive_mode is 'on', must be off, standby.signal is gone");
  }

  @Test
  void sees_a_start_that_would_follow_another_timeline_than_the_points() {
    assertThat(drift(Altered.of(parked, "recovery.settings.timeline", "2")))
        .containsExactly("west-0: recovery_target_timeline is '2', was 1");
  }

  @Test
  void sees_a_readable_one_that_is_elsewhere_or_on_a_later_timeline() {
    Position there = ObservedInstances.paused(west).position();
    String at = ObservedInstances.AT.toString();
    ParkedInstance proved =
        new ParkedInstance(
            west.id(),
            west.content(),
            TimelineId.FIRST,
            new ControlFile(ObservedInstances.AT, parked.controlDigest()),
            "",
            at,
            ParkMode.READABLE);
    assertThat(MooredCheck.pausedDrift(proved, there)).isEmpty();
    assertThat(MooredCheck.pausedDrift(proved, Altered.of(there, "timeline", new TimelineId(2))))
        .contains("west-0 is on timeline 2, and was parked readable on 1");
    assertThat(MooredCheck.pausedDrift(proved, Altered.of(there, "lsn", Lsn.parse("0/1"))))
        .get()
        .asString()
        .startsWith("west-0 has replayed to 0/1, ");
  }

  /** Whoever answers at its address is not it. */
  @Test
  void believes_no_server_of_another_system() {
    ServerObserved other =
        Altered.of(
            ObservedInstances.paused(west), "identity.systemIdentifier", new SystemIdentifier(42));
    assertThat(
            RecoveryFloors.withSql(
                List.of(new Seen(west, parked)), new ServersObserved(List.of(other), List.of())))
        .allMatch(seen -> seen.position().isEmpty());
  }

  private List<String> drift(InstanceObserved seen) {
    return MooredCheck.drift(state, List.of(new Seen(west, seen)), ParkMode.SHUTDOWN);
  }
}
