package dev.mooring.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The upstream of each standby while one member is the primary, for every runbook. A standby
 * streams from the member that the cluster file names for it, a cascade, also if that was the
 * primary once and is a standby now; from the primary if the file names none; from no instance if
 * it names the archive. The chain of named upstreams must end at the primary, else it is refused.
 *
 * @param members of the cluster
 * @param primary the member that accepts writes
 * @param gone members that no standby can stream from: the primary takes the place of each
 */
public record Upstreams(List<Instance> members, Instance primary, List<Instance> gone) {
  public Upstreams {
    members = List.copyOf(members);
    gone = List.copyOf(gone);
  }

  /** The upstreams in a cluster while that member is its primary. */
  public static Upstreams of(Cluster cluster, Instance primary) {
    return new Upstreams(cluster.members(), primary, List.of());
  }

  /** The same if no standby can stream from those. */
  public Upstreams without(List<Instance> gone) {
    return new Upstreams(members, primary, gone);
  }

  /** Whether it streams from that primary itself, and not from a standby or the archive. */
  public static boolean direct(Instance standby, Instance primary) {
    return standby.upstream().isEmpty() || standby.upstream().equals(primary.id().value());
  }

  /** The upstream of a standby; none for the primary, and for a standby fed by the archive. */
  public Optional<Instance> of(Instance standby) {
    return inFile(standby).map(upstream -> gone.contains(upstream) ? primary : upstream);
  }

  /** What a standby becomes, and the upstream of the cluster file if that is gone. */
  public String becomes(Instance standby) {
    return "standby of "
        + of(standby).map(up -> up.id().value()).orElse("the archive")
        + replaced(standby).map(named -> " instead of " + named.id()).orElse("");
  }

  /** The upstream of the cluster file if that is gone. */
  public Optional<Instance> replaced(Instance standby) {
    return inFile(standby).filter(gone::contains);
  }

  private Optional<Instance> inFile(Instance standby) {
    if (standby.id().equals(primary.id()) || standby.upstream().equals(Instance.ARCHIVE)) {
      return Optional.empty();
    }
    return direct(standby, primary) ? Optional.of(primary) : Optional.of(named(standby));
  }

  private Instance named(Instance standby) {
    return members.stream()
        .filter(member -> member.id().value().equals(standby.upstream()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    standby.id() + " follows " + standby.upstream() + ", which is no member"));
  }

  /** The standbys that stream from that member, in the order of the members. */
  public List<Instance> from(Instance upstream) {
    return members.stream()
        .filter(member -> of(member).filter(its -> its.id().equals(upstream.id())).isPresent())
        .toList();
  }

  /**
   * The same standbys, each after its upstream: a standby in a cascade can only be started once its
   * upstream streams.
   */
  public List<Instance> fromTheTop(List<Instance> standbys) {
    List<Instance> ordered = new ArrayList<>(standbys);
    ordered.sort(Comparator.comparingInt(this::depth));
    return ordered;
  }

  /** How many other standbys its WAL comes through: 0 from the primary, or from the archive. */
  public int depth(Instance standby) {
    int through = 0;
    Optional<Instance> above = of(standby);
    while (above.isPresent() && !above.get().id().equals(primary.id())) {
      through++;
      above = of(above.get());
    }
    return through;
  }
}
