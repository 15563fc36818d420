package dev.mooring.runbook.members;

import dev.mooring.quoting.StandbyList;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import dev.mooring.topology.SynchronousSeats;
import dev.mooring.topology.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A move of the primary, and the upstream of each standby afterwards.
 *
 * @param from the old primary
 * @param to the new primary
 * @param detached standbys that are detached from the old primary before it is stopped, because a
 *     stop waits for every walsender
 * @param gone members that no standby can stream from afterwards
 */
public record Move(
    Cluster cluster, Instance from, Instance to, List<Instance> detached, List<Instance> gone) {
  public Move {
    detached = List.copyOf(detached);
    gone = List.copyOf(gone);
  }

  /** A planned move. */
  public Move(Cluster cluster, Instance from, Instance to, List<Instance> detached) {
    this(cluster, from, to, detached, List.of());
  }

  /** A move that detaches no standby. */
  public Move(Cluster cluster, Instance from, Instance to) {
    this(cluster, from, to, List.of());
  }

  /** A failover, because the old primary is gone. */
  public static Move withoutOld(Cluster cluster, Instance gone, Instance to) {
    return new Move(cluster, gone, to, List.of(), List.of(gone));
  }

  /** The same if of all but the old and the new primary only these can be streamed from. */
  public Move among(List<Instance> there) {
    List<Instance> all = new ArrayList<>(gone);
    siblings().stream().filter(sibling -> !there.contains(sibling)).forEach(all::add);
    return new Move(cluster, from, to, detached, all);
  }

  /** Whether the old primary is gone. */
  public boolean fromIsGone() {
    return gone.contains(from);
  }

  /** The streaming policy of the cluster. */
  public StreamingPolicy policy() {
    return cluster.streaming().orElseThrow();
  }

  /** Whether the old and the new primary share a host. */
  public boolean sharesHost() {
    return isOnHostOfOld(to);
  }

  /** Whether a member is on the host of the old primary: one host may have several names. */
  public boolean isOnHostOfOld(Instance member) {
    return address(member).equals(address(from));
  }

  /** Virtual addresses that can't be moved: they point at the host of both, on every port. */
  public List<Endpoint> addressesThatStay() {
    return policy().endpoints().stream()
        .filter(endpoint -> endpoint instanceof Endpoint.VirtualIp && sharesHost())
        .toList();
  }

  private String address(Instance member) {
    return cluster.host(member.host()).access().address();
  }

  /** All members but the old and the new primary. */
  public List<Instance> siblings() {
    return cluster.members().stream().filter(i -> !i.equals(from) && !i.equals(to)).toList();
  }

  /** All members but the new primary. */
  public List<Instance> standbys() {
    return cluster.members().stream().filter(i -> !i.equals(to)).toList();
  }

  /** The upstream of a standby after the move, as {@link Upstreams} defines it. */
  public Optional<Instance> upstreamOf(Instance standby) {
    return upstreams().of(standby);
  }

  /** What a standby becomes, and the upstream of the cluster file if that is gone. */
  public String becomes(Instance standby) {
    return upstreams().becomes(standby);
  }

  /** Whether the member will stream from the new primary itself. */
  public boolean streamsFromTarget(Instance member) {
    return !member.equals(to) && upstreamOf(member).filter(to::equals).isPresent();
  }

  private Upstreams upstreams() {
    return Upstreams.of(cluster, to).without(gone);
  }

  /** The slots that the new primary needs: one for each standby that streams from it. */
  public List<String> slots() {
    return upstreams().from(to).stream().map(cluster::slotName).toList();
  }

  /**
   * The {@code synchronous_standby_names} of the new primary: the standbys of the cluster file,
   * with the old primary in the new one's place. Empty if commits wait for none.
   */
  public String synchronousNames() {
    return names(seats());
  }

  /**
   * What a failover sets it to if only these can confirm a commit: fewer than configured if there
   * are not enough, and no standby if there is none, because every commit would hang. Empty if
   * commits wait for none: an administrator's own names stay as they are.
   */
  public Optional<String> synchronousNamesAmong(List<Instance> there) {
    List<Instance> able =
        SynchronousSeats.of(cluster, to, there::contains).stream().filter(there::contains).toList();
    return Optional.of(able.isEmpty() ? "" : names(Math.min(mustConfirm(), able.size()), able))
        .filter(names -> mustConfirm() > 0);
  }

  /** The standbys in {@link #synchronousNames}. */
  public List<Instance> seats() {
    return SynchronousSeats.of(cluster, to, from::equals);
  }

  /** How many of them a commit waits for. */
  public int mustConfirm() {
    Synchronous synchronous = policy().replication().synchronous();
    return synchronous.method() == Method.NONE ? 0 : synchronous.number();
  }

  /** The names in the cluster file, with its own primary's name. */
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
    return new StandbyList(
            policy().replication().synchronous().method().toString(),
            number,
            seats.stream().map(cluster::applicationName).toList())
        .toString();
  }

  /** The {@code synchronous_commit} of the primary. */
  public String synchronousCommit() {
    return policy().replication().commit().name().toLowerCase(Locale.ROOT);
  }
}
