package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;

/**
 * By what connections standbys stream, held against the cluster file: a pure function of what the
 * members answered. What counts is what a receiver runs with, not what is configured.
 */
record Connections(Cluster cluster, Members members) {

  /**
   * What is otherwise than the file has it; empty if no standby streams, and in histories of
   * releases that did not ask.
   */
  List<String> differences(Instance standby) {
    return members.member(standby.id()).stream()
        .flatMap(seen -> differences(standby, seen).stream())
        .toList();
  }

  private List<String> differences(Instance standby, MemberObserved seen) {
    String configured = seen.setting("primary_conninfo").orElse("");
    return seen.receivers().stream()
        .filter(receiver -> !receiver.connection().isEmpty())
        .flatMap(
            receiver ->
                wanted(standby).stream()
                    .flatMap(one -> one.differences(receiver.connection(), configured).stream()))
        .toList();
  }

  private Optional<StandbyConnection> wanted(Instance standby) {
    return Upstreams.of(cluster, members.primary())
        .of(standby)
        .map(from -> new StandbyConnection(cluster, from, cluster.applicationName(standby)));
  }

  /** Whether the upstream of the cluster file sends to it, over a connection as the file has it. */
  boolean isAsked(Instance standby) {
    boolean sent =
        Upstreams.of(cluster, members.primary())
            .of(standby)
            .flatMap(from -> members.member(from.id()))
            .filter(from -> sender(from, standby).isPresent())
            .isPresent();
    boolean received =
        members.member(standby.id()).stream()
            .flatMap(seen -> seen.receivers().stream())
            .anyMatch(receiver -> !receiver.connection().isEmpty());
    return sent && received && differences(standby).isEmpty();
  }

  /** Whether commits of the primary wait for it, as the primary itself sends to it now. */
  boolean isWaitedFor(Instance standby) {
    return sender(members.primarySeen(), standby)
        .filter(sender -> sender.sync().equals("sync") || sender.sync().equals("quorum"))
        .isPresent();
  }

  private Optional<Sender> sender(MemberObserved from, Instance standby) {
    return from.senders().stream()
        .filter(s -> s.slot().equals(cluster.slotName(standby)) && s.state().equals("streaming"))
        .findFirst();
  }
}
