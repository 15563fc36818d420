package dev.mooring.runbook.switchover;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A move of the primary: from whom to whom, and who follows whom afterwards.
 *
 * @param cluster the cluster
 * @param from the primary before
 * @param to the primary after
 * @param detached standbys that are taken off the old primary before it is stopped, because a stop
 *     waits for everybody who streams from it
 */
public record Move(Cluster cluster, Instance from, Instance to, List<Instance> detached) {
  public Move {
    detached = List.copyOf(detached);
  }

  /** A move that takes nobody off. */
  public Move(Cluster cluster, Instance from, Instance to) {
    this(cluster, from, to, List.of());
  }

  /** How the cluster streams. */
  public StreamingPolicy policy() {
    return cluster.streaming().orElseThrow();
  }

  /** All members but the two that change roles. */
  public List<Instance> siblings() {
    return cluster.members().stream().filter(i -> !i.equals(from) && !i.equals(to)).toList();
  }

  /** All members but the new primary. */
  public List<Instance> standbys() {
    return cluster.members().stream().filter(i -> !i.equals(to)).toList();
  }

  /** Whom a standby streams from once the move is made, as {@link Upstreams} has it. */
  public Optional<Instance> upstreamOf(Instance standby) {
    return upstreams().of(standby);
  }

  private Upstreams upstreams() {
    return Upstreams.of(cluster, to);
  }

  /** The slots that the new primary must have: one for each standby that will stream from it. */
  public List<String> slots() {
    return upstreams().from(to).stream().map(Instance::replicationName).toList();
  }

  /**
   * What {@code synchronous_standby_names} is to be on the new primary: the standbys that commits
   * wait for now, with the old primary in the place of the new one. Nothing where none are waited
   * for.
   */
  public String synchronousNames() {
    return names(member -> member.equals(to) ? from : member);
  }

  /** The names that the cluster file has, its own primary's among them. */
  String synchronousNamesIn() {
    return names(member -> member);
  }

  private String names(UnaryOperator<Instance> standing) {
    Synchronous synchronous = policy().replication().synchronous();
    if (synchronous.method() == Method.NONE) {
      return "";
    }
    List<String> names = new ArrayList<>();
    for (InstanceId waitedFor : synchronous.instances()) {
      cluster.members().stream()
          .filter(member -> member.id().equals(waitedFor))
          .forEach(member -> names.add(standing.apply(member).replicationName()));
    }
    return String.format(
        "%s %d (%s)",
        synchronous.method(),
        synchronous.number(),
        names.stream().distinct().collect(Collectors.joining(", ")));
  }
}
