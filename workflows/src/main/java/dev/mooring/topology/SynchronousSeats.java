package dev.mooring.topology;

import dev.mooring.quoting.StandbyList;
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
    List<Instance> seats = named(cluster);
    int own = seats.indexOf(primary);
    if (own < 0) {
      return seats;
    }
    seats.remove(own);
    boolean tooFew = seats.size() < wanted(cluster).number();
    unnamed(cluster, primary).stream()
        .filter(member -> tooFew || before.test(member))
        .min(Comparator.comparing(member -> !before.test(member)))
        .ifPresent(member -> seats.add(own, member));
    return seats;
  }

  /**
   * The same by the primary's synchronous_standby_names: they have the member that it took the role
   * from.
   */
  public static List<Instance> of(Cluster cluster, Instance primary, String names) {
    StandbyList list = StandbyList.of(names);
    return of(cluster, primary, member -> list.isNamed(cluster.applicationName(member)));
  }

  /**
   * All standbys that one of the seats may belong to, if it is unknown which member the primary
   * took the role from.
   */
  public static List<Instance> possible(Cluster cluster, Instance primary) {
    List<Instance> seats = named(cluster);
    if (seats.remove(primary)) {
      seats.addAll(unnamed(cluster, primary));
    }
    return seats;
  }

  /**
   * The hosts of how many of {@link #possible} must record that commits may wait for no standby, so
   * that a failover which reads enough of them finds that record.
   */
  public static int toRecord(Cluster cluster, Instance primary) {
    return Math.min(wanted(cluster).number(), possible(cluster, primary).size());
  }

  private static List<Instance> named(Cluster cluster) {
    List<Instance> named = new ArrayList<>();
    for (InstanceId id : wanted(cluster).instances()) {
      cluster.members().stream().filter(member -> member.id().equals(id)).forEach(named::add);
    }
    return named;
  }

  /** A standby that the archive alone feeds confirms no commit. */
  private static List<Instance> unnamed(Cluster cluster, Instance primary) {
    return cluster.members().stream()
        .filter(member -> !member.equals(primary))
        .filter(member -> !wanted(cluster).instances().contains(member.id()))
        .filter(member -> !member.upstream().equals(Instance.ARCHIVE))
        .toList();
  }

  private static Synchronous wanted(Cluster cluster) {
    return cluster.streaming().orElseThrow().replication().synchronous();
  }
}
