package dev.mooring.runbook.status;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/** Who streams from whom, as both ends say it. */
final class Links {
  private final Cluster cluster;
  private final List<MemberObserved> seen;

  Links(Cluster cluster, List<ObservedMember> members) {
    this.cluster = cluster;
    this.seen = members.stream().flatMap(member -> member.seen().seen().stream()).toList();
  }

  /** A member's row among the senders of another. */
  record Link(MemberObserved from, Sender sender) {
    boolean streams() {
      return sender.streams();
    }

    /**
     * For how long the sender has not heard of the member: by the member's own clock, where it
     * answered too. Looks lie seconds apart at most, clocks of hosts may lie hours apart. -1 when
     * it was never heard of.
     */
    long silentSeconds(Optional<MemberObserved> member) {
      return sender.silentSeconds(member.map(MemberObserved::standing));
    }
  }

  /** The one that sends to a member; the primary before a standby. */
  Optional<Link> to(Instance member) {
    String name = member.replicationName();
    return seen.stream()
        .sorted((a, b) -> Boolean.compare(a.standing().inRecovery(), b.standing().inRecovery()))
        .flatMap(from -> from.senders().stream().map(sender -> new Link(from, sender)))
        .filter(
            link -> link.sender().application().equals(name) || link.sender().slot().equals(name))
        .findFirst();
  }

  /** What a receiver is connected to: a member by its id, anything else by its address. */
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
