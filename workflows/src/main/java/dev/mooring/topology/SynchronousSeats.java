package dev.mooring.topology;

import dev.mooring.topology.StreamingPolicy.Synchronous;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The standbys that commits wait for while a given member is the primary: those in the cluster
 * file. A primary does not wait for itself. If it is named, its seat goes to the member that it
 * took the role from, if that is not named too; any other unnamed member gets the seat only if
 * otherwise fewer than must confirm would be left.
 */
public final class SynchronousSeats {
  private SynchronousSeats() {}

  /**
   * Each once, in the order of the file.
   *
   * @param before whether a member had the role before
   */
  public static List<Instance> of(Cluster cluster, Instance primary, Predicate<Instance> before) {
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    List<Instance> seats = new ArrayList<>();
    for (InstanceId id : wanted.instances()) {
      cluster.members().stream().filter(member -> member.id().equals(id)).forEach(seats::add);
    }
    int own = seats.indexOf(primary);
    if (own < 0) {
      return seats;
    }
    seats.remove(own);
    boolean tooFew = seats.size() < wanted.number();
    cluster.members().stream()
        .filter(member -> !member.equals(primary) && !wanted.instances().contains(member.id()))
        .filter(member -> !member.upstream().equals(Instance.ARCHIVE))
        .filter(member -> tooFew || before.test(member))
        .min(Comparator.comparing(member -> !before.test(member)))
        .ifPresent(member -> seats.add(own, member));
    return seats;
  }
}
