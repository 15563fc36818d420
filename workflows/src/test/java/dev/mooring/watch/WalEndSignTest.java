package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the WAL of a standby ends with, whose receiver is gone. */
class WalEndSignTest {
  private static final SiteName WEST = new SiteName("west");
  private static final InstanceId WEST_0 = new InstanceId("west-0");
  private static final Limits LIMITS =
      new Limits(1 << 20, 8, 300, Duration.ofSeconds(45), Duration.ofMinutes(1), 0, 90);

  private final Cluster cluster = Strait.cluster();
  private final FakeCluster world = new FakeCluster(cluster);

  private ReplicationObserved seen(SiteName site) {
    return world
        .replication()
        .observeReplication(
            new OnServers(
                new Call(cluster.name(), "run", "WATCH", 1, Epoch.NONE),
                cluster.policies().database(),
                servers(site)));
  }

  private List<Server> servers(SiteName site) {
    return WorkLists.servers(cluster, cluster.membersAt(site));
  }

  private static List<Sign> last(InstanceId standby, String receiver, String end) {
    List<Sign> last = new ArrayList<>(List.of(new Sign(Kind.RECEIVER, standby, receiver)));
    if (!end.isEmpty()) {
      last.add(new Sign(Kind.WAL_END, standby, end));
    }
    return last;
  }

  private static List<WalHeld> read(String end) {
    return end.isEmpty()
        ? List.of()
        : List.of(
            new WalHeld(
                WEST_0,
                new WalPosition(new TimelineId(1), new Lsn(0x5000000)),
                end.equals(Sign.SHUT_DOWN)));
  }

  @ParameterizedTest
  @CsvSource({
    "false, streams, '', shut-down, shut-down",
    "false, streams, '', another-record, another-record",
    "false, streams, '', '', ''",
    "false, none, shut-down, '', shut-down",
    "false, none, another-record, '', another-record",
    "true, none, shut-down, '', receives",
    "true, none, another-record, '', another-record",
    "true, none, '', '', ''",
    "true, streams, shut-down, '', ''",
    "true, streams, receives, '', ''",
    "false, none, receives, another-record, another-record",
    "false, none, receives, shut-down, shut-down",
    "false, none, receives, '', receives",
  })
  void it_is_kept_until_the_standby_streams_again(
      boolean streams, String receiver, String was, String read, String shown) {
    if (!streams) {
      world.members().kill("east-0");
    }
    SiteLook look =
        new SiteLook(
            seen(WEST),
            List.of(),
            List.of(),
            read(read),
            new ReadinessObserved(List.of(), List.of()),
            List.of());
    assertThat(
            look.signs(servers(WEST), List.of(), LIMITS, last(WEST_0, receiver, was)).stream()
                .filter(sign -> sign.kind() == Kind.WAL_END)
                .map(Sign::words)
                .reduce("", String::concat))
        .isEqualTo(shown);
  }

  private List<Instance> toRead(SiteName site, List<Sign> last) {
    return SiteLook.endsToRead(
            new WatchedSite(
                site,
                cluster.policies().database(),
                servers(site),
                WorkLists.byHost(cluster, cluster.membersAt(site)),
                List.of(),
                List.of()),
            seen(site),
            last)
        .stream()
        .map(HostWork::instances)
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "streams, '', true",
    "none, receives, true",
    "none, '', false",
    "streams, shut-down, false",
    "none, another-record, false",
  })
  void it_is_read_of_one_that_streamed_and_has_no_receiver(
      String receiver, String was, boolean isRead) {
    List<Sign> last = last(WEST_0, receiver, was);
    assertThat(toRead(WEST, last)).as("it streams").isEmpty();
    world.members().kill("east-0");
    assertThat(toRead(WEST, last)).hasSize(isRead ? 1 : 0);
  }

  @Test
  void it_is_not_read_while_a_member_of_its_site_accepts_writes() {
    SiteName east = new SiteName("east");
    List<Sign> last = last(new InstanceId("east-1"), Sign.STREAMS, "");
    world.members().cut("east-1", true);
    assertThat(seen(east).members()).allMatch(one -> one.receivers().isEmpty());
    assertThat(toRead(east, last)).isEmpty();
    world.members().kill("east-0");
    assertThat(toRead(east, last)).hasSize(1);
  }
}
