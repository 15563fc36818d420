package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where an instance stands; what its members say over SQL is told by MembersJudgeTest. */
class WalPlaceTest {
  private static final Instance WEST = Harbour.instance(Moored.CLUSTER, "west-0");
  private static final TimelineId TWO = new TimelineId(2);
  private static final InstanceObserved STOPPED = ObservedInstances.standby(WEST);

  private static WalPlace onDisk(InstanceObserved seen, Optional<WalPosition> held) {
    return of(
        new Observed.Seen<>(seen),
        new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "refused"),
        held);
  }

  private static WalPlace of(
      Observed<InstanceObserved> host,
      Observed<ServerObserved> server,
      Optional<WalPosition> held) {
    return WalPlace.of(
        Optional.of(new InstanceFacts(WEST, host, server, Epoch.NONE)), Optional.empty(), held);
  }

  @Test
  void a_control_file_is_of_the_last_checkpoint_unless_the_server_was_shut_down() {
    assertThat(onDisk(STOPPED, Optional.empty()))
        .isEqualTo(new WalPlace("1", "", "0/30000A0", "control file"));
    InstanceObserved killed = Altered.of(STOPPED, "controlFile.data.state", "in archive recovery");
    assertThat(onDisk(killed, Optional.empty()))
        .isEqualTo(new WalPlace("1", "", "0/30000A0", "control file, at its last checkpoint"));
    InstanceObserved runs = Altered.of(STOPPED, "process", "RUNNING");
    assertThat(onDisk(runs, Optional.empty()).readFrom())
        .isEqualTo("control file, at its last checkpoint");
  }

  /** Its first checkpoint on the new timeline comes minutes later; until then it says only that. */
  @Test
  void a_primary_that_died_before_its_first_checkpoint_is_on_the_timeline_that_it_began() {
    InstanceObserved promoted =
        Altered.of(
            Altered.of(STOPPED, "controlFile.data.state", "in production"),
            "controlFile.data.recovery.minimumEnd",
            "0/5000060 on timeline 2");
    assertThat(onDisk(promoted, Optional.empty()))
        .isEqualTo(new WalPlace("2", "0/5000060", "", "control file, at its last checkpoint"));
  }

  @Test
  void a_standby_that_followed_another_timeline_is_on_it_before_its_next_checkpoint() {
    InstanceObserved followed =
        Altered.of(STOPPED, "controlFile.data.recovery.minimumEnd", "0/5000060 on timeline 2");
    assertThat(onDisk(followed, Optional.empty()))
        .isEqualTo(new WalPlace("2", "", "0/5000060", "control file"));
  }

  /** It replays what lies in its pg_wal, and has not asked for more since its start. */
  @Test
  void a_standby_that_asked_for_no_wal_yet_may_have_more_than_it_tells() {
    assertThat(streaming(true, Optional.empty()))
        .isEqualTo(new WalPlace("2", "0/5000060", "0/5000060", "SQL, pg_wal may have more"));
    assertThat(streaming(true, Optional.of(new WalPosition(TWO, Lsn.parse("0/6000000")))))
        .isEqualTo(new WalPlace("2", "0/6000000", "0/5000060", "pg_wal; replayed: SQL"));
    assertThat(streaming(false, Optional.of(new WalPosition(TWO, Lsn.parse("0/6000000")))))
        .isEqualTo(new WalPlace("2", "0/5000060", "0/5000060", "SQL"));
  }

  private static WalPlace streaming(boolean more, Optional<WalPosition> held) {
    Lsn at = Lsn.parse("0/5000060");
    Standing standing = new Standing(true, TWO, at, new Replay(at, false, ""), 0, more);
    MemberObserved member =
        new MemberObserved(
            WEST.id(),
            STOPPED.control().systemIdentifier(),
            standing,
            new Replication(List.of(), List.of(), List.of()),
            List.of(),
            new MemberLoad(0, 0, 0, 0));
    return WalPlace.of(Optional.empty(), Optional.of(member), held);
  }

  @Test
  void wal_on_its_disk_is_newer() {
    InstanceObserved killed = Altered.of(STOPPED, "controlFile.data.state", "in archive recovery");
    WalPosition end = new WalPosition(TWO, Lsn.parse("0/5000060"));
    assertThat(onDisk(killed, Optional.of(end)))
        .isEqualTo(
            new WalPlace(
                "2",
                "0/5000060",
                "0/30000A0",
                "pg_wal; replayed: control file, at its last checkpoint"));
  }

  @Test
  void a_server_that_tells_this_role_of_no_stream_names_the_timeline_of_its_control_file() {
    assertThat(
            of(
                new Observed.Seen<>(STOPPED),
                new Observed.Seen<>(ObservedInstances.replaying(WEST)),
                Optional.empty()))
        .isEqualTo(new WalPlace("1", "", "0/30000A0", "SQL, timeline of its last checkpoint"));
  }

  @Test
  void of_one_that_nobody_saw_nothing_is_known() {
    assertThat(
            of(
                new Observed.Unseen<>(FailureCode.HOST_UNREACHABLE, "silent"),
                new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "refused"),
                Optional.empty()))
        .isEqualTo(new WalPlace("", "", "", ""));
  }
}
