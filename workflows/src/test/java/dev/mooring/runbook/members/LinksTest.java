package dev.mooring.runbook.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinksTest {
  private final Cluster four = Strait.belowEast();

  private MemberObserved standby(String id, String of, String delay) {
    Instance upstream = four.member(new InstanceId(of)).orElseThrow();
    String address = four.host(upstream.host()).access().address();
    Receiver from = new Receiver("streaming", address, upstream.port(), "", 0, "", "");
    Replay replay = new Replay(new Lsn(1), false, "");
    return new MemberObserved(
        new InstanceId(id),
        new SystemIdentifier(7),
        new Standing(true, new TimelineId(1), new Lsn(1), replay, 0, false),
        new Replication(List.of(), List.of(), List.of(from)),
        List.of(new Setting("recovery_min_apply_delay", delay, false)),
        new MemberLoad(0, 0, 0, 0));
  }

  @Test
  void a_standby_is_as_late_as_the_one_that_it_streams_from() {
    MemberObserved late = standby("east-1", "east-0", "1h");
    MemberObserved below = standby("east-2", "east-1", "0");
    MemberObserved beside = standby("west-0", "east-0", "0");
    Links links = new Links(four, List.of(late, below, beside));
    assertThat(links.late(late)).contains("1h");
    assertThat(links.late(below)).contains("1h");
    assertThat(links.late(beside)).isEmpty();
    assertThat(links.late(standby("east-2", "east-1", "5min"))).contains("5min");
  }
}
