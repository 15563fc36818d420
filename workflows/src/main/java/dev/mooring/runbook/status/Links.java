package dev.mooring.runbook.status;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/** The replication connections, as both ends report them. */
final class Links {
  private final Cluster cluster;
  private final List<MemberObserved> seen;

  Links(Cluster cluster, List<ObservedMember> members) {
    this.cluster = cluster;
    this.seen = members.stream().flatMap(member -> member.seen().seen().stream()).toList();
  }

  /** A member's row in pg_stat_replication of another member. */
  record Link(MemberObserved from, Sender sender) {
    boolean streams() {
      return sender.streams();
    }

    /**
     * How long the sender has not heard from the member, by the member's own clock if it answered:
     * the observations are seconds apart at most, but the clocks of hosts may differ by hours. -1
     * if it never heard from it.
     */
    long silentSeconds(Optional<MemberObserved> member) {
      return sender.silentSeconds(member.map(MemberObserved::standing));
    }
  }

  /** The sender of a member; the primary before a standby. */
  Optional<Link> to(Instance member) {
    String name = member.replicationName();
    return seen.stream()
        .sorted((a, b) -> Boolean.compare(a.standing().inRecovery(), b.standing().inRecovery()))
        .flatMap(from -> from.senders().stream().map(sender -> new Link(from, sender)))
        .filter(
            link -> link.sender().application().equals(name) || link.sender().slot().equals(name))
        .findFirst();
  }

  /** The sender of a receiver: a member by its id, any other server by its address. */
  String upstream(Receiver receiver) {
    return cluster.members().stream()
        .filter(member -> member.port() == receiver.senderPort())
        .filter(
            member -> cluster.host(member.host()).access().address().equals(receiver.senderHost()))
        .map(member -> member.id().value())
        .findFirst()
        .orElse(receiver.senderHost() + ":" + receiver.senderPort());
  }
}
