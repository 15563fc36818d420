package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.failover.LastSynchronousStandbys.Waits;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which standbys commits waited for, by who was read. */
class LastSynchronousStandbysTest {
  private static final String PASSWORD = "\"file:/etc/mooring/replication\"}";
  private static final TimelineId LINE = new TimelineId(1);

  private static Cluster cluster(String synchronous) {
    return Strait.cluster(
        PASSWORD, PASSWORD.replace("}", ", synchronous: {method: " + synchronous + "}}"));
  }

  private static MemberObserved primary(String names) {
    Lsn at = new Lsn(900);
    return new MemberObserved(
        new InstanceId("east-0"),
        new SystemIdentifier(7),
        new Standing(false, LINE, at, new Replay(at, false, ""), 0, false),
        new Replication(List.of(), List.of(), List.of()),
        List.of(new Setting("synchronous_standby_names", names, false)),
        new MemberLoad(0, 0, 0, 0));
  }

  /** The hosts of these members were read, and perhaps the primary answers. */
  private static LastSynchronousStandbys of(
      Cluster cluster, String old, String hosts, MemberObserved... answers) {
    List<String> read = List.of(hosts.split(" "));
    FakeCluster world = new FakeCluster(cluster);
    Call call = new Call(cluster.name(), "run", "OBSERVE", 1, Epoch.NONE);
    List<InstanceRole> roles =
        cluster.members().stream()
            .filter(member -> read.contains(member.id().value()))
            .map(member -> new ObserveRoles(call, WorkLists.on(cluster, member)))
            .flatMap(look -> world.roles().observeRoles(look).roles().stream())
            .toList();
    Instance gone = cluster.member(new InstanceId(old)).orElseThrow();
    return LastSynchronousStandbys.of(
        cluster,
        gone,
        new ObservedMembers(
            List.of(answers),
            List.of(),
            new MemberRoles(roles, Epoch.NONE, List.of()),
            new EndpointsObserved(List.of(), List.of()),
            new MemberSurroundings(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of())),
        LINE);
  }

  /** A move gives the seat of a named primary to the one before it, and no host may tell which. */
  @ParameterizedTest
  @CsvSource({
    "any, east-0, 'ANY 1 (east_1, west_0)', QUORUM",
    "first, east-0, 'FIRST 1 (east_1, west_0)', POTENTIAL",
    "any, west-0, 'ANY 1 (east_0, east_1)', NOT"
  })
  void by_the_file_each_standby_may_have_the_seat_of_a_primary_that_is_named(
      String method, String old, String set, Waits west) {
    LastSynchronousStandbys waited =
        of(cluster(method + ", instances: [east-0, east-1]"), old, "east-1 west-0");
    assertThat(waited.set()).hasToString(set);
    assertThat(waited.forOne("west_0")).isEqualTo(west);
  }

  @Test
  void where_patroni_runs_them_the_file_stands_for_the_names_that_patroni_gave() {
    Cluster named = Strait.byPatroni(cluster("any, instances: [east-1, west-0]"), "pg.");
    assertThat(of(named, "east-0", "east-1 west-0").set())
        .hasToString("ANY 1 (pg.east-1, pg.west-0)");
  }

  @ParameterizedTest
  @CsvSource({
    // its host has the record if there is one, also if it answers over SQL
    "'ANY 1 (west_0, east_1)', east-0, ''",
    "'ANY 1 (west_0, east_1)', east-1 west-0, ''",
    "'ANY 1 (west_0, east_1)', east-1, 'the host of west-0 was'",
    "'', east-1, 'the host of west-0 was'",
  })
  void a_primary_whose_host_is_silent_may_have_a_record_on_hosts_that_were_not_read(
      String names, String hosts, String relaxed) {
    Cluster cluster = Strait.synchronous();
    assertThat(of(cluster, "east-0", hosts, primary(names)).relaxed()).startsWith(relaxed);
    assertThat(of(cluster, "east-0", hosts, primary(names)).relaxed().isEmpty())
        .isEqualTo(relaxed.isEmpty());
    assertThat(of(Strait.byPatroni(cluster, ""), "east-0", hosts, primary(names)).relaxed())
        .isEmpty();
  }

  /** A primary that is named itself leaves fewer than must confirm. */
  @Test
  void at_least_one_host_rules_a_record_out() {
    Cluster cluster = cluster("any, number: 3, instances: [east-0, east-1, west-0]");
    assertThat(of(cluster, "east-0", "none").relaxed())
        .isEqualTo(
            "the host of east-1, west-0 was not read, and may have recorded that commits wait for"
                + " no standby");
    assertThat(of(cluster, "east-0", "west-0").relaxed()).isEmpty();
  }
}
