package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentFloor;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.ArchiveActivities.LatestCheckpoint;
import dev.mooring.port.ArchiveActivities.ReplayStart;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryFloorsTest {
  private static final InstanceObserved.Backup BACKUP =
      new InstanceObserved.Backup.Fresh(
          Lsn.parse("0/1800028"), TimelineId.FIRST, Lsn.parse("0/1900000"));

  private final Instance west = Harbour.instance(Harbour.cluster(1), "west-0");
  private final InstanceObserved standby = ObservedInstances.standby(west);

  @Test
  void the_floor_of_a_standby_is_its_minimum_recovery_end() {
    assertThat(RecoveryFloors.of(List.of(new Seen(west, standby))))
        .containsExactly(floor("0/30000A0", "pg_controldata"));
    assertThat(start(new Seen(west, standby)))
        .isEqualTo(startAt(ObservedInstances.REDO.toString(), "0/30000A0 on timeline 1"));
  }

  @Test
  void the_floor_of_a_fresh_base_backup_is_the_backups_end() {
    InstanceObserved fresh = Altered.of(standby, "recovery.backup", BACKUP);
    assertThat(RecoveryFloors.of(List.of(new Seen(west, fresh))))
        .containsExactly(floor("0/1900000", "base backup"));
    assertThat(start(new Seen(west, fresh)))
        .isEqualTo(startAt("0/1800028", "0/1900000 on timeline 1"));
  }

  /** It begins to replay on timeline 1, and its control file's minimum recovery end is on 2. */
  @Test
  void the_floor_of_a_rewound_copy_is_on_the_timeline_it_was_rewound_to() {
    InstanceObserved rewound =
        Altered.of(
            Altered.of(standby, "recovery.backup", BACKUP),
            "controlFile.data.recovery.minimumEnd",
            "0/1900000 on timeline 2");
    assertThat(start(new Seen(west, rewound)))
        .isEqualTo(startAt("0/1800028", "0/1900000 on timeline 2"));
  }

  @Test
  void an_instance_that_has_neither_has_no_floor() {
    InstanceObserved none = Altered.of(standby, "controlFile.data.recovery.minimumEnd", "none");
    assertThat(RecoveryFloors.of(List.of(new Seen(west, none)))).isEmpty();
    assertThat(start(new Seen(west, none)))
        .isEqualTo(startAt(ObservedInstances.REDO.toString(), "none"));
  }

  private static ReplayStart start(Seen seen) {
    return RecoveryFloors.replayStart(seen);
  }

  private ReplayStart startAt(String lsn, String floor) {
    return new ReplayStart(
        Lsn.parse(lsn),
        TimelineId.FIRST,
        MinimumRecoveryEnd.parse(floor),
        new LatestCheckpoint(
            standby.control().checkpoint().location(), standby.control().checkpoint().time()));
  }

  @Test
  void a_floor_is_of_the_timeline_it_was_replayed_on() {
    ServersObserved later =
        new ServersObserved(
            List.of(Altered.of(answering("0/3000200", "0/3000100"), "position.timeline", 2)),
            List.of());
    assertThat(start(RecoveryFloors.withSql(seen(), later).get(0)).floor())
        .isEqualTo(MinimumRecoveryEnd.parse("0/3000200 on timeline 2"));
    assertThat(start(at("000000020000000000000007").get(0)).floor())
        .isEqualTo(MinimumRecoveryEnd.parse("0/7000000 on timeline 2"));
  }

  @Test
  void a_running_instance_has_the_floor_it_answers_or_what_it_has_replayed() {
    assertThat(
            RecoveryFloors.of(RecoveryFloors.withSql(seen(), answered("0/3000200", "0/3000100"))))
        .containsExactly(floor("0/3000200", "SQL"));
    assertThat(
            RecoveryFloors.of(RecoveryFloors.withSql(seen(), answered("0/3000100", "0/3000200"))))
        .containsExactly(floor("0/3000200", "SQL"));
    assertThat(RecoveryFloors.of(RecoveryFloors.withSql(seen(), answered("0/3000200", ""))))
        .containsExactly(floor("0/3000200", "SQL"));
  }

  @Test
  void an_instance_that_gave_no_answer_is_believed_by_its_control_file() {
    ServersObserved silent = new ServersObserved(List.of(), List.of());
    assertThat(RecoveryFloors.of(RecoveryFloors.withSql(seen(), silent)))
        .containsExactly(floor("0/30000A0", "pg_controldata"));
  }

  private List<Seen> seen() {
    return List.of(new Seen(west, standby));
  }

  private ServersObserved answered(String replayed, String minimumEnd) {
    return new ServersObserved(List.of(answering(replayed, minimumEnd)), List.of());
  }

  private ServerObserved answering(String replayed, String minimumEnd) {
    ServerObserved server = ObservedInstances.server(west);
    server = Altered.of(server, "position.inRecovery", true);
    server = Altered.of(server, "position.lsn", replayed);
    return Altered.of(server, "position.recoveryFloor", minimumEnd);
  }

  private ContentFloor floor(String lsn, String source) {
    return new ContentFloor(west.content(), west.id(), Lsn.parse(lsn), source);
  }

  @Test
  void a_silent_instance_has_read_all_before_the_file_its_startup_process_is_at() {
    assertThat(RecoveryFloors.of(at("000000010000000000000007")))
        .containsExactly(floor("0/7000000", "startup process at 000000010000000000000007"));
    assertThat(RecoveryFloors.of(at("000000010000000000000002")))
        .containsExactly(floor("0/30000A0", "pg_controldata"));
  }

  private List<Seen> at(String file) {
    ReplayPlace place = new ReplayPlace(west.id(), new WalFileName(file), false);
    return RecoveryFloors.withPlaces(seen(), List.of(place));
  }
}
