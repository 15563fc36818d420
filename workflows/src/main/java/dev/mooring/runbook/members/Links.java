package dev.mooring.runbook.members;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The replication connections, as both ends report them. */
public final class Links {
  private final Cluster cluster;
  private final List<MemberObserved> seen;

  /**
   * @param seen those that answered
   */
  public Links(Cluster cluster, List<MemberObserved> seen) {
    this.cluster = cluster;
    this.seen = List.copyOf(seen);
  }

  /** A member's row in pg_stat_replication of another member. */
  public record Link(MemberObserved from, Sender sender) {
    public boolean streams() {
      return sender.streams();
    }

    /**
     * How long the sender has not heard from the member, by the member's own clock if it answered:
     * the observations are seconds apart at most, but the clocks of hosts may differ by hours. -1
     * if it never heard from it.
     */
    public long silentSeconds(Optional<MemberObserved> member) {
      return sender.silentSeconds(member.map(MemberObserved::standing));
    }
  }

  /** The sender of a member; the primary before a standby, then one that streams. */
  public Optional<Link> to(Instance member) {
    List<String> names = cluster.replicationNames(member);
    return seen.stream()
        .flatMap(from -> from.senders().stream().map(sender -> new Link(from, sender)))
        .filter(
            link ->
                names.contains(link.sender().application()) || names.contains(link.sender().slot()))
        .min(
            Comparator.comparing((Link link) -> link.from().standing().inRecovery())
                .thenComparing(link -> !link.streams()));
  }

  /**
   * A standby that answered, its sender, and so on as far as those are standbys: one that applies
   * WAL late delays those below it. The first is the member; empty if it is no such standby.
   */
  public List<MemberObserved> standbysTo(Instance member) {
    List<MemberObserved> all = new ArrayList<>();
    Optional<MemberObserved> next =
        seen.stream().filter(one -> one.instance().equals(member.id())).findFirst();
    while (next.filter(one -> one.standing().inRecovery() && !all.contains(one)).isPresent()) {
      all.add(next.get());
      next = cluster.member(next.get().instance()).flatMap(this::to).map(Link::from);
    }
    return all;
  }

  /** The sender of a receiver: a member by its id, any other server by its address. */
  public String upstream(Receiver receiver) {
    return cluster.members().stream()
        .filter(member -> member.port() == receiver.senderPort())
        .filter(
            member -> cluster.host(member.host()).access().address().equals(receiver.senderHost()))
        .map(member -> member.id().value())
        .findFirst()
        .orElse(receiver.senderHost() + ":" + receiver.senderPort());
  }
}
