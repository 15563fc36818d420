package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetCheckTest {
  private final Cluster cluster = Harbour.cluster(2);
  private final Instance west0 = Harbour.instance(cluster, "west-0");
  private final Instance west1 = Harbour.instance(cluster, "west-1");
  private final InstanceObserved seen0 = ObservedInstances.standby(west0);
  private final InstanceObserved seen1 = ObservedInstances.standby(west1);

  @Test
  void goes_on_when_every_floor_lies_at_or_below_the_point() {
    Verdicts.proceeds(judge(seen0, seen1));
  }

  @Test
  void refuses_a_content_fewer_than_the_manifest_has() {
    Verdicts.never(
        TargetCheck.judge(ObservedInstances.manifest(cluster), List.of(new Seen(west0, seen0))),
        FailureCode.CONTENTS_DIFFER,
        "manifest "
            + ObservedInstances.POINT
            + " has contents [0, 1], the cluster file has [0] here");
  }

  @Test
  void refuses_another_database_system_before_it_looks_at_positions() {
    InstanceObserved other =
        Altered.of(minimumEnd("0/9000000"), "controlFile.data.identity.systemIdentifier", "42");
    Verdicts.never(
        judge(seen0, other),
        FailureCode.IDENTITY_DIFFERS,
        "west-1 is of system 42, content 1 of manifest "
            + ObservedInstances.POINT
            + " is of system 7100000000000000002");
  }

  @Test
  void refuses_programs_of_another_major_before_it_looks_at_positions() {
    Verdicts.never(
        judge(seen0, Altered.of(minimumEnd("0/9000000"), "software.server", "17.10")),
        FailureCode.VERSION_DIFFERS,
        "west-1 has a data directory of version 15 and programs of version 17.10, the WAL of east-1"
            + " is of version 15.20");
  }

  @Test
  void refuses_a_data_directory_that_another_major_made() {
    Verdicts.never(
        judge(Altered.of(seen0, "software.dataMajor", 14), seen1),
        FailureCode.VERSION_DIFFERS,
        "west-0 has a data directory of version 14 and programs of version 15.20, the WAL of east-0"
            + " is of version 15.20");
  }

  @Test
  void goes_on_with_another_minor_and_says_it() {
    InstanceObserved older = Altered.of(seen1, "software.server", "15.3");
    Verdicts.proceeds(judge(seen0, older));
    assertThat(
            TargetCheck.otherMinors(
                ObservedInstances.manifest(cluster),
                List.of(new Seen(west0, seen0), new Seen(west1, older))))
        .containsExactly(
            "west-1 has programs of version 15.3, the WAL of east-1 is of version 15.20");
  }

  @Test
  void refuses_an_instance_on_a_timeline_beyond_the_points() {
    InstanceObserved promoted =
        Altered.of(
            seen1, "controlFile.data.checkpoint", ObservedInstances.checkpoint(new TimelineId(2)));
    Verdicts.never(
        judge(seen0, promoted),
        FailureCode.PROMOTED,
        "west-1 is on timeline 2, the point was made on timeline 1");
  }

  @Test
  void refuses_an_instance_whose_floor_lies_one_byte_beyond_the_point() {
    Verdicts.never(
        judge(seen0, minimumEnd("0/30000A1")),
        FailureCode.BEYOND_TARGET,
        "west-1 can't be parked below 0/30000A1 (pg_controldata), the point lies at 0/30000A0");
  }

  @Test
  void refuses_a_base_backup_that_ends_beyond_the_point() {
    InstanceObserved.Backup backup =
        new InstanceObserved.Backup.Fresh(
            ObservedInstances.REDO, TimelineId.FIRST, Lsn.parse("0/4000000"));
    Verdicts.never(
        judge(seen0, Altered.of(seen1, "recovery.backup", backup)),
        FailureCode.BEYOND_TARGET,
        "west-1 can't be parked below 0/4000000 (base backup), the point lies at 0/30000A0");
  }

  @Test
  void refuses_less_room_than_four_wal_files() {
    Verdicts.proceeds(judge(seen0, Altered.of(seen1, "pgWalFreeBytes", 67108864)));
    Verdicts.never(
        judge(seen0, Altered.of(seen1, "pgWalFreeBytes", 67108863)),
        FailureCode.NO_ROOM,
        "west-1 has 67108863 bytes of room for WAL, needs 67108864");
  }

  @Test
  void names_every_instance_that_stands_against_it() {
    Verdicts.never(
        judge(Altered.of(seen0, "pgWalFreeBytes", 1), minimumEnd("0/30000A1")),
        FailureCode.NO_ROOM,
        "west-0 has 1 bytes of room for WAL, needs 67108864; west-1 can't be parked below"
            + " 0/30000A1 (pg_controldata), the point lies at 0/30000A0");
  }

  private InstanceObserved minimumEnd(String lsn) {
    return Altered.of(seen1, "controlFile.data.recovery.minimumEnd", lsn + " on timeline 1");
  }

  private Verdict<Manifest> judge(InstanceObserved first, InstanceObserved second) {
    return TargetCheck.judge(
        ObservedInstances.manifest(cluster),
        List.of(new Seen(west0, first), new Seen(west1, second)));
  }

  @Test
  void refuses_one_that_replays_the_points_own_file_and_cannot_be_asked() {
    Verdicts.never(
        silent(false, targetFile()),
        FailureCode.STATE_UNREADABLE,
        "west-0 runs, answers no SQL and replays "
            + targetFile()
            + ", in which the point lies at "
            + target().lsn()
            + ": whether it is beyond the point is not known; once it is stopped, its control file"
            + " shows it");
  }

  @Test
  void takes_along_one_that_still_waits_for_the_points_file() {
    Verdicts.proceeds(silent(true, targetFile()));
  }

  @Test
  void refuses_one_whose_startup_process_is_at_a_later_file() {
    WalFileName later =
        WalFileName.of(
            target().timeline(),
            targetFile().segmentNumber(target().walSegmentSize()) + 1,
            target().walSegmentSize());
    Verdicts.never(
        silent(true, later),
        FailureCode.BEYOND_TARGET,
        "west-0 can't be parked below "
            + later.startLsn(target().walSegmentSize())
            + " (startup process at "
            + later
            + "), the point lies at "
            + target().lsn());
  }

  private Verdict<Manifest> silent(boolean waiting, WalFileName file) {
    return TargetCheck.judge(
        ObservedInstances.manifest(cluster),
        List.of(
            new Seen(west0, seen0).at(new ReplayPlace(west0.id(), file, waiting)),
            new Seen(west1, seen1)));
  }

  private ContentTarget target() {
    return ObservedInstances.manifest(cluster).evidenceOf(west0.content()).orElseThrow().target();
  }

  private WalFileName targetFile() {
    return target().walFile();
  }
}
