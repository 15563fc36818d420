package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.SenderPositions;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether one reading of a primary shows that commits hang, by its walsenders. */
class CommitsSignTest {
  private static final Limits LIMITS =
      new Limits(1 << 20, 8, 300, Duration.ofSeconds(45), Duration.ofMinutes(1), 0, 90);

  private final Cluster cluster = Strait.cluster();

  private String commits(String names, String commit, List<Sender> senders) {
    List<Server> servers = WorkLists.servers(cluster, List.of(cluster.members().get(0)));
    MemberObserved primary =
        new FakeCluster(cluster)
            .replication()
            .observeReplication(
                new OnServers(
                    new Call(cluster.name(), "run", "WATCH", 1, Epoch.NONE),
                    cluster.policies().database(),
                    servers))
            .members()
            .get(0);
    MemberObserved set =
        Altered.of(
            Altered.of(primary, "replication.senders", senders),
            "settings",
            List.of(
                new Setting("synchronous_commit", commit, false),
                new Setting("synchronous_standby_names", names, false)));
    return new SiteLook(
            new ReplicationObserved(List.of(set), List.of()),
            List.of(),
            List.of(),
            List.of(),
            new ReadinessObserved(List.of(), List.of()),
            List.of())
        .signs(servers, List.of("east_1", "west_0"), LIMITS, List.of()).stream()
            .filter(sign -> sign.kind() == Kind.COMMITS)
            .map(Sign::words)
            .reduce("", String::concat);
  }

  /** As {@code NAME STATE SYNC_STATE}. */
  private static Sender sender(String text) {
    String[] words = text.strip().split(" ", -1);
    return new Sender(
        words[0], "", words[1], words[2], 0, "", 0, 0, new SenderPositions("", "", "", "", 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                     | on    | ''                                       | return",
        "west_0                 | on    | west_0 streaming sync                    | return",
        "west_0                 | on    | ''                                       |"
            + " they wait for 1 of 'west_0'; streaming: none",
        "west_0                 | local | ''                                       | return",
        "'west_0, east_1'       | on    | east_1 streaming sync                    | return",
        "'FIRST 1 (a, b)'       | on    | a streaming sync, b streaming potential  | return",
        "*                      | on    | pg_receivewal streaming potential        |"
            + " they wait for 1 of '*'; streaming: pg_receivewal",
        "*                      | on    | other streaming sync                     | return",
        "'ANY 2 (west_0, gone)' | on    | west_0 streaming quorum, x catchup async |"
            + " they wait for 2 of 'ANY 2 (west_0, gone)'; streaming: west_0",
        "'ANY 2 (west_0, gone)' | on    | west_0 streaming quorum, west_0 streaming quorum"
            + " | return",
        "west_0                 | on    | west_0 catchup potential                 |"
            + " they wait for 1 of 'west_0'; streaming: none"
      })
  void commits_hang_unless_enough_walsenders_count_for_the_primary(
      String names, String commit, String senders, String words) {
    List<Sender> all =
        Stream.of(senders.split(",", -1))
            .filter(text -> !text.isBlank())
            .map(CommitsSignTest::sender)
            .toList();
    assertThat(commits(names, commit, all)).isEqualTo(words);
  }
}
