package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The incidents of the commits of the primary: they wait for standbys of which none streams, or do
 * not wait for standbys that stream. By the primary's own view of who streams from it.
 */
final class SynchronousIncidents {
  private final Cluster cluster;
  private final MemberSigns signs;
  private final Instant now;

  private SynchronousIncidents(Cluster cluster, List<SiteState> sites, Instant now) {
    this.cluster = cluster;
    this.signs = new MemberSigns(cluster, sites);
    this.now = now;
  }

  /** What the primary waits for, and what streams from it. */
  private record Commits(Instance primary, SynchronousStandbyNames names, List<String> streaming) {}

  /**
   * The one that the steady signs show, as one that begins now. None unless exactly one member
   * accepts writes, and all others stand by or are known to be silent; none if an instance of a DR
   * site may have been opened.
   */
  static List<Incident> found(Cluster cluster, List<SiteState> sites, Instant now) {
    SynchronousIncidents all = new SynchronousIncidents(cluster, sites, now);
    boolean known =
        cluster.members().stream().allMatch(one -> all.signs.value(Kind.ROLE, one).isPresent())
            && all.signs.isNoDrSiteOpened();
    return known ? all.commits().flatMap(all::incident).stream().toList() : List.of();
  }

  /**
   * The incidents after those signs. One is over once the signs of the one primary show that. The
   * same relaxation is needed once in {@link NoticePolicy#AGAIN_AFTER}: after that commits wait.
   *
   * @param found what {@link #found} shows by the same signs
   */
  static List<Incident> after(
      Cluster cluster,
      List<SiteState> sites,
      List<Incident> found,
      List<Incident> before,
      Instant now) {
    boolean ended = new SynchronousIncidents(cluster, sites, now).commits().isPresent();
    return Stream.of(Reaction.RELAX, Reaction.RESTORE)
        .flatMap(
            reaction ->
                Incidents.after(
                    of(reaction, before),
                    of(reaction, found),
                    one -> ended,
                    reaction == Reaction.RELAX ? NoticePolicy.AGAIN_AFTER : Duration.ZERO,
                    now)
                    .stream())
        .toList();
  }

  private static List<Incident> of(Reaction reaction, List<Incident> incidents) {
    return incidents.stream().filter(one -> one.reaction() == reaction).toList();
  }

  private Optional<Commits> commits() {
    List<Instance> writers = signs.writers();
    if (writers.size() != 1) {
      return Optional.empty();
    }
    Instance primary = writers.get(0);
    Optional<String> streaming = signs.value(Kind.SENDS_TO, primary);
    return signs
        .value(Kind.WAITS_FOR, primary)
        .filter(names -> streaming.isPresent())
        .map(
            names ->
                new Commits(
                    primary,
                    SynchronousStandbyNames.of(names),
                    Stream.of(streaming.orElseThrow().split(",", -1))
                        .filter(name -> !name.isEmpty())
                        .toList()));
  }

  private Optional<Incident> incident(Commits commits) {
    return reaction(commits)
        .map(
            reaction ->
                new Incident(
                    reaction,
                    commits.primary().id(),
                    now.truncatedTo(ChronoUnit.SECONDS),
                    false,
                    false));
  }

  private Optional<Reaction> reaction(Commits commits) {
    SynchronousStandbyNames names = commits.names();
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    List<String> streaming =
        SynchronousSeats.of(
                cluster,
                commits.primary(),
                standby ->
                    names
                        .names()
                        .contains(SynchronousStandbyNames.folded(standby.replicationName())))
            .stream()
            .map(Instance::replicationName)
            .filter(commits.streaming()::contains)
            .toList();
    if (streaming.isEmpty()) {
      return names.number() > 0 && commits.streaming().stream().noneMatch(names::has)
          ? Optional.of(Reaction.RELAX)
          : Optional.empty();
    }
    boolean lacksOne = names.isAnybody() || !streaming.stream().allMatch(names::has);
    return streaming.size() >= wanted.number() && lacksOne
        ? Optional.of(Reaction.RESTORE)
        : Optional.empty();
  }
}
