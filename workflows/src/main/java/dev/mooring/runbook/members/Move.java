package dev.mooring.runbook.members;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import dev.mooring.topology.SynchronousSeats;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A move of the primary: from whom to whom, and who follows whom afterwards.
 *
 * @param cluster the cluster
 * @param from the primary before
 * @param to the primary after
 * @param detached standbys that are taken off the old primary before it is stopped, because a stop
 *     waits for every standby that streams from it
 * @param fromIsGone whether the primary before can't be streamed from afterwards
 */
public record Move(
    Cluster cluster, Instance from, Instance to, List<Instance> detached, boolean fromIsGone) {
  public Move {
    detached = List.copyOf(detached);
  }

  /** A planned move. */
  public Move(Cluster cluster, Instance from, Instance to, List<Instance> detached) {
    this(cluster, from, to, detached, false);
  }

  /** A move that detaches no standby. */
  public Move(Cluster cluster, Instance from, Instance to) {
    this(cluster, from, to, List.of());
  }

  /** One takes the place of a primary that is gone. */
  public static Move withoutOld(Cluster cluster, Instance gone, Instance to) {
    return new Move(cluster, gone, to, List.of(), true);
  }

  /** How the cluster streams. */
  public StreamingPolicy policy() {
    return cluster.streaming().orElseThrow();
  }

  /** Whether the two that change roles share a host. */
  public boolean sharesHost() {
    return isOnHostOfOld(to);
  }

  /** Whether a member is on the host of the primary before: one host may have several names. */
  public boolean isOnHostOfOld(Instance member) {
    return address(member).equals(address(from));
  }

  /** Virtual addresses that move nothing: they point at the host of both, on every port. */
  public List<Endpoint> addressesThatStay() {
    return policy().endpoints().stream()
        .filter(endpoint -> endpoint instanceof Endpoint.VirtualIp && sharesHost())
        .toList();
  }

  private String address(Instance member) {
    return cluster.host(member.host()).access().address();
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
    return upstreams().of(standby).map(upstream -> isGone(upstream) ? to : upstream);
  }

  private boolean isGone(Instance upstream) {
    return fromIsGone && upstream.equals(from);
  }

  /** Whether it will stream from the new primary itself. */
  public boolean streamsFromTarget(Instance member) {
    return !member.equals(to) && upstreamOf(member).filter(to::equals).isPresent();
  }

  private Upstreams upstreams() {
    return Upstreams.of(cluster, to);
  }

  /** The slots that the new primary must have: one for each standby that will stream from it. */
  public List<String> slots() {
    return upstreams().from(to).stream().map(Instance::replicationName).toList();
  }

  /**
   * What {@code synchronous_standby_names} is to be on the new primary: the standbys that the
   * cluster file names, the old primary before others in the new one's place. Nothing where none
   * are waited for.
   */
  public String synchronousNames() {
    return names(seats());
  }

  /**
   * The same where only these can confirm a commit: fewer of them, if there are not enough, and no
   * standby if there is none, because every commit would hang.
   */
  public String synchronousNamesAmong(List<Instance> there) {
    List<Instance> able =
        SynchronousSeats.of(cluster, to, there::contains).stream().filter(there::contains).toList();
    Synchronous synchronous = policy().replication().synchronous();
    return able.isEmpty() || synchronous.method() == Method.NONE
        ? ""
        : names(Math.min(synchronous.number(), able.size()), able);
  }

  /** Who has a seat in {@link #synchronousNames}. */
  public List<Instance> seats() {
    return SynchronousSeats.of(cluster, to, from::equals);
  }

  /** How many of them a commit waits for. */
  public int mustConfirm() {
    Synchronous synchronous = policy().replication().synchronous();
    return synchronous.method() == Method.NONE ? 0 : synchronous.number();
  }

  /** The names that the cluster file has, its own primary's among them. */
  public String synchronousNamesIn() {
    return names(
        policy().replication().synchronous().instances().stream()
            .flatMap(id -> cluster.members().stream().filter(member -> member.id().equals(id)))
            .toList());
  }

  private String names(List<Instance> seats) {
    Synchronous synchronous = policy().replication().synchronous();
    return synchronous.method() == Method.NONE ? "" : names(synchronous.number(), seats);
  }

  private String names(int number, List<Instance> seats) {
    return String.format(
        "%s %d (%s)",
        policy().replication().synchronous().method(),
        number,
        seats.stream().map(Instance::replicationName).collect(Collectors.joining(", ")));
  }

  /** Value of {@code synchronous_commit} on the primary. */
  public String synchronousCommit() {
    return policy().replication().commit().name().toLowerCase(Locale.ROOT);
  }
}
