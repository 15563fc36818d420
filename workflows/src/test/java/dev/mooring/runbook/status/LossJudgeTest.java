package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As the hosts of strait show its members; east-0 is the primary, until it is killed. */
class LossJudgeTest {
  private final Cluster strait = Harbour.strait();
  private final FakeCluster world = new FakeCluster(strait);

  private List<CheckRow> findings(String writer, String... silentHosts) {
    Call call = new Call(strait.name(), "run", "LOOK", 0, Epoch.NONE);
    List<InstanceRole> roles =
        WorkLists.byHost(strait, strait.members()).stream()
            .filter(work -> !List.of(silentHosts).contains(work.host().name().value()))
            .flatMap(
                work -> world.roles().observeRoles(new ObserveRoles(call, work)).roles().stream())
            .toList();
    List<MemberObserved> seen =
        world
            .replication()
            .observeReplication(
                new OnServers(
                    call,
                    strait.policies().database(),
                    WorkLists.servers(strait, strait.members())))
            .members();
    return LossJudge.findings(
        new StatusFacts(
            strait,
            Moored.NOW,
            Moored.seenAlike(new Observed.Seen<>(Moored.evidence(0))),
            strait.members().stream().map(one -> server(one, writer)).toList(),
            Moored.service(List.of(), false),
            Optional.empty(),
            new StatusFacts.Streaming(
                strait.members().stream().map(one -> member(one, seen)).toList(),
                Optional.empty(),
                Optional.empty(),
                roles,
                List.of(),
                Optional.empty())));
  }

  private static ObservedMember member(Instance member, List<MemberObserved> seen) {
    return new ObservedMember(
        member,
        seen.stream()
            .filter(one -> one.instance().equals(member.id()))
            .findFirst()
            .<Observed<MemberObserved>>map(Observed.Seen::new)
            .orElseGet(() -> new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "refused")),
        Optional.empty());
  }

  private static InstanceFacts server(Instance member, String writer) {
    return new InstanceFacts(
        member,
        new Observed.Seen<>(ObservedInstances.primary(member)),
        member.id().value().equals(writer)
            ? new Observed.Seen<>(ObservedInstances.server(member))
            : new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "refused"),
        Epoch.NONE);
  }

  @Test
  void what_a_former_primary_has_is_not_listed_until_it_is_a_standby() {
    world.members().kill("east-0");
    world.members().promote("west-0");

    assertThat(findings("west-0"))
        .containsExactly(
            CheckRow.warning(
                "lost-transactions",
                "east-0",
                "was primary and is no standby: transactions that only it may have are not listed"
                    + " yet",
                "listed, if it was the primary",
                "`mooring resilver strait --instances east-0` lists them"));
    assertThat(findings("")).as("nobody was promoted").isEmpty();
  }

  @Test
  void a_standby_that_is_down_was_no_primary() {
    world.members().kill("west-0");

    assertThat(findings("east-0")).isEmpty();
  }

  /** As after a failover whose fence was a power switch, or a person's word. */
  @Test
  void what_a_former_primary_on_a_silent_host_has_is_not_listed_until_it_has_a_slot_again() {
    world.members().kill("east-0");
    world.members().promote("west-0");
    world.members().moved("west-0", 9);
    world.members().leftSlot("west-0", "east_1");

    assertThat(findings("west-0", "e0"))
        .containsExactly(
            CheckRow.warning(
                "lost-transactions",
                "east-0",
                "does not answer, nor its host, and west-0 has no slot for it: if it was the"
                    + " primary, transactions that only it may have are not listed yet",
                "listed, if it was the primary",
                "`mooring resilver strait --instances east-0` lists them when its host answers"));
    world.members().leftSlot("west-0", "east_0");
    assertThat(findings("west-0", "e0")).isEmpty();
  }

  @Test
  void a_standby_on_a_silent_host_owes_nothing() {
    world.members().moved("east-0", 9);
    world.members().kill("east-1");
    assertThat(findings("east-0", "e1")).isEmpty();
  }

  /** Nobody ever took its place: it is not known to have been a primary. */
  @Test
  void a_member_that_was_never_there_owes_nothing() {
    world.members().neverThere("west-0");
    assertThat(findings("east-0", "w0")).isEmpty();
  }
}
