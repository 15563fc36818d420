package dev.mooring.runbook.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SynchronousSeats;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Patroni names the connection and the slot of a member after its own name for it. */
class UpstreamNamesTest {
  private final Cluster cluster = Strait.byPatroni("pg.");

  /** All members, the only sender with that application name and slot. */
  private List<MemberObserved> seen(String application, String slot) {
    Cluster plain = Harbour.straitOfOneUpstream();
    return new FakeCluster(plain)
            .replication()
            .observeReplication(
                new OnServers(
                    new Call(plain.name(), "run", "LOOK", 0, Epoch.NONE),
                    plain.policies().database(),
                    plain.members().stream().map(one -> new Server(one, "e0")).toList()))
            .members()
            .stream()
            .map(
                one ->
                    one.senders().isEmpty()
                        ? one
                        : Altered.of(
                            one,
                            "replication.senders",
                            List.of(
                                Altered.of(
                                    Altered.of(one.senders().get(0), "application", application),
                                    "slot",
                                    slot))))
            .toList();
  }

  @Test
  void commits_wait_for_the_member_that_patroni_calls_so() {
    Cluster synchronous = Strait.byPatroni(Strait.synchronous(), "pg.");
    String names = "ANY 1 (\"pg.east-0\", \"pg.east-1\")";
    assertThat(SynchronousStandbyNames.of(names).ofNoMember(synchronous)).isEmpty();
    assertThat(
            SynchronousSeats.of(synchronous, Harbour.instance(synchronous, "west-0"), names)
                .stream()
                .map(one -> one.id().value()))
        .containsExactly("east-0", "east-1");
  }

  private List<String> sendersTo(List<MemberObserved> seen, String id) {
    Instance member = Harbour.instance(cluster, id);
    return new Links(cluster, seen)
        .to(member).stream().map(link -> link.from().instance().value()).toList();
  }

  @Test
  void a_connection_is_of_the_member_that_patroni_calls_so() {
    assertThat(sendersTo(seen("pg.west-0", ""), "west-0")).containsExactly("east-0");
    assertThat(sendersTo(seen("", "pg_west_0"), "west-0")).containsExactly("east-0");
    assertThat(sendersTo(seen("west_0", "west_0"), "west-0")).isEmpty();
    assertThat(sendersTo(seen("pg.west-0", "pg_west_0"), "east-1")).isEmpty();
  }
}
