package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When cancelled queries are a fault, tried with values. */
class RecoveryConflictsTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final InstanceId WEST_0 = new InstanceId("west-0");
  private static final Lsn HERE = Lsn.parse("0/3000000");

  private final RecoveryConflicts conflicts = new RecoveryConflicts();

  private List<InstanceId> after(long number, Duration at) {
    return after(STRAIT, number, at);
  }

  private List<InstanceId> after(ClusterName cluster, long number, Duration at) {
    MemberObserved standby =
        new MemberObserved(
            WEST_0,
            new SystemIdentifier(7300000000000000001L),
            new Standing(true, new TimelineId(1), HERE, new Replay(HERE, false, ""), 0, false),
            new Replication(List.of(), List.of(), List.of()),
            List.of(),
            new MemberLoad(0, 0, 0, 0, List.of(), number));
    return conflicts.after(
        cluster, new ReplicationObserved(List.of(standby), List.of()), at.toNanos());
  }

  @Test
  void queries_cancelled_before_the_first_reading_and_single_ones_are_no_fault() {
    assertThat(after(100, Duration.ZERO)).isEmpty();
    assertThat(after(101, Duration.ofSeconds(10))).isEmpty();
    assertThat(after(101, Duration.ofSeconds(20))).isEmpty();
  }

  @Test
  void two_within_ten_minutes_are_a_fault_for_as_long_after_the_last() {
    after(0, Duration.ZERO);
    after(1, Duration.ofMinutes(1));
    assertThat(after(2, Duration.ofMinutes(3))).containsExactly(WEST_0);
    assertThat(after(2, Duration.ofMinutes(13))).containsExactly(WEST_0);
    assertThat(after(2, Duration.ofMinutes(14))).isEmpty();
    assertThat(after(3, Duration.ofMinutes(15))).isEmpty();
    assertThat(after(4, Duration.ofMinutes(24))).containsExactly(WEST_0);
    assertThat(after(5, Duration.ofMinutes(33))).containsExactly(WEST_0);
  }

  @Test
  void a_number_that_was_reset_has_not_grown_and_another_cluster_is_counted_apart() {
    after(5, Duration.ZERO);
    after(6, Duration.ofMinutes(1));
    assertThat(after(0, Duration.ofMinutes(2))).isEmpty();
    assertThat(after(new ClusterName("sound"), 7, Duration.ofMinutes(2))).isEmpty();
  }
}
