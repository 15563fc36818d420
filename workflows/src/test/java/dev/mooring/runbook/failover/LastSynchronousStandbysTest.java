package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
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

  /** The hosts of these members were read. */
  private static LastSynchronousStandbys of(Cluster cluster, String old, String hosts) {
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
            List.of(),
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
}
