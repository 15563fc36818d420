package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.quoting.StandbyList;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousReaction;
import dev.mooring.topology.SynchronousSeats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The incidents of the commits of the primary: they wait for standbys of which none streams, or do
 * not wait for standbys that stream. By the primary's own view of who streams from it.
 */
final class SynchronousIncidents {
  /** A standby that comes and goes is not waited for in turns. */
  private static final Duration STREAMS_FOR = Duration.ofMinutes(10);

  private final Cluster cluster;
  private final MemberSigns signs;
  private final Instant now;

  private SynchronousIncidents(Cluster cluster, List<SiteState> sites, Instant now) {
    this.cluster = cluster;
    this.signs = new MemberSigns(cluster, sites);
    this.now = now;
  }

  /**
   * What the primary waits for, and what streams from it.
   *
   * @param streaming the names by which standbys are known to stream
   * @param possible those, and the names of members of which it is not known
   */
  private record Commits(
      Instance primary,
      String commit,
      SynchronousStandbyNames names,
      List<String> streaming,
      List<String> possible) {}

  /**
   * The one that the steady signs show, as one that begins now. None unless exactly one member
   * accepts writes, and all others stand by or are known to be silent; none if an instance of a DR
   * site may have been opened.
   */
  static List<Incident> found(Cluster cluster, List<SiteState> sites, Instant now) {
    SynchronousIncidents all = new SynchronousIncidents(cluster, sites, now);
    return all.known().flatMap(all::incident).stream().toList();
  }

  /**
   * Those of the found ones whose run is not refused for what is seen. Commits are relaxed only
   * while the hosts of enough standbys answer, which record that. By the cluster file they are
   * relaxed only while the hosts of all members answer, each member is read or down, and commits
   * wait for members alone.
   */
  static List<Incident> startable(Cluster cluster, List<SiteState> sites, List<Incident> found) {
    SynchronousIncidents all = new SynchronousIncidents(cluster, sites, Instant.EPOCH);
    return found.stream()
        .filter(one -> one.reaction() == Reaction.RESTORE || all.mayRelax())
        .toList();
  }

  private boolean mayRelax() {
    boolean acts =
        cluster
            .streaming()
            .flatMap(streaming -> streaming.watch().setsSynchronous())
            .filter(SynchronousReaction::acts)
            .isPresent();
    return commits()
        .filter(commits -> isRecordable(commits.primary()))
        .filter(commits -> !acts || commits.names().ofNoMember(cluster).isEmpty())
        .filter(commits -> !acts || areMembersKnown())
        .isPresent();
  }

  /** What the run asks of the hosts too. */
  private boolean isRecordable(Instance primary) {
    return SynchronousSeats.possible(cluster, primary).stream()
            .filter(signs.having(Kind.HOST, Sign.ANSWERS)::contains)
            .count()
        >= SynchronousSeats.toRecord(cluster, primary);
  }

  private boolean areMembersKnown() {
    return signs.allHostsAnswer()
        && cluster.members().stream()
            .filter(one -> signs.silence(one).isPresent())
            .allMatch(one -> signs.value(Kind.PROCESS, one).filter(Sign.NONE::equals).isPresent());
  }

  /**
   * When the run for an incident is due: at once, but standbys must have streamed for ten minutes.
   */
  static Instant due(Incident one) {
    return one.reaction() == Reaction.RESTORE ? one.since().plus(STREAMS_FOR) : one.since();
  }

  /**
   * The incidents after those signs. One is over once they show that as surely as they show one;
   * without a run it is forgotten then, and begins anew. Commits that wait again within {@link
   * NoticePolicy#AGAIN_AFTER} since the beginning of an incident with a run are the same incident.
   *
   * @param found what {@link #found} shows by the same signs
   */
  static List<Incident> after(
      Cluster cluster,
      List<SiteState> sites,
      List<Incident> found,
      List<Incident> before,
      Instant now) {
    SynchronousIncidents all = new SynchronousIncidents(cluster, sites, now);
    return Stream.of(Reaction.RELAX, Reaction.RESTORE)
        .flatMap(
            reaction ->
                Incidents.after(
                    kept(reaction, before, found, now),
                    Incidents.of(reaction, found),
                    all::hasEnded,
                    reaction == Reaction.RELAX ? NoticePolicy.AGAIN_AFTER : Duration.ZERO,
                    now)
                    .stream())
        .filter(one -> one.started() || !one.over())
        .toList();
  }

  /** The ten minutes of a restoring begin anew after a standby that comes and goes. */
  private boolean hasEnded(Incident one) {
    boolean waits = one.reaction() == Reaction.RESTORE && !one.started();
    return known()
        .filter(
            commits ->
                waits
                    || !commits.primary().id().equals(one.instance())
                    || !mayBe(one.reaction(), commits))
        .isPresent();
  }

  /**
   * Without a restoring that is needed still so long after its run was started: another follows.
   */
  private static List<Incident> kept(
      Reaction reaction, List<Incident> before, List<Incident> found, Instant now) {
    return Incidents.of(reaction, before).stream()
        .filter(
            one ->
                reaction == Reaction.RELAX
                    || !one.started()
                    || one.since().plus(NoticePolicy.AGAIN_AFTER).isAfter(now)
                    || found.stream().noneMatch(one::isAlike))
        .toList();
  }

  private Optional<Commits> known() {
    boolean known =
        cluster.members().stream().allMatch(one -> signs.value(Kind.ROLE, one).isPresent())
            && signs.isNoDrSiteOpened();
    return known ? commits() : Optional.empty();
  }

  private Optional<Commits> commits() {
    List<Instance> writers = signs.writers();
    if (writers.size() != 1) {
      return Optional.empty();
    }
    Instance primary = writers.get(0);
    Optional<String> commit = signs.value(Kind.SYNCHRONOUS_COMMIT, primary);
    return signs
        .value(Kind.WAITS_FOR, primary)
        .filter(names -> commit.isPresent())
        .map(
            names ->
                new Commits(
                    primary,
                    commit.orElseThrow(),
                    SynchronousStandbyNames.of(names),
                    signs.streamingFrom(primary),
                    possible(primary)));
  }

  private List<String> possible(Instance primary) {
    List<String> absent = signs.absentFrom(primary);
    return Stream.concat(
            cluster.members().stream()
                .filter(one -> !one.equals(primary))
                .map(cluster::applicationName)
                .filter(name -> !absent.contains(name)),
            signs.streamingFrom(primary).stream())
        .distinct()
        .toList();
  }

  private Optional<Incident> incident(Commits commits) {
    return Stream.of(Reaction.RELAX, Reaction.RESTORE)
        .filter(reaction -> mustBe(reaction, commits))
        .findFirst()
        .map(reaction -> Incidents.begun(reaction, commits.primary().id(), now));
  }

  /** Whether it is needed if what is not known streams, and if it does not. */
  private boolean mustBe(Reaction reaction, Commits commits) {
    return reaction(commits, commits.streaming()).filter(reaction::equals).isPresent()
        && reaction(commits, commits.possible()).filter(reaction::equals).isPresent();
  }

  private boolean mayBe(Reaction reaction, Commits commits) {
    return reaction(commits, commits.streaming()).filter(reaction::equals).isPresent()
        || reaction(commits, commits.possible()).filter(reaction::equals).isPresent();
  }

  private Optional<Reaction> reaction(Commits commits, List<String> all) {
    SynchronousStandbyNames names = commits.names();
    if (SynchronousCommits.waitForNone(commits.commit())) {
      return Optional.empty();
    }
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    List<String> streaming =
        SynchronousSeats.of(
                cluster,
                commits.primary(),
                standby ->
                    names.names().contains(StandbyList.folded(cluster.applicationName(standby))))
            .stream()
            .map(cluster::applicationName)
            .filter(all::contains)
            .toList();
    if (streaming.isEmpty()) {
      return names.number() > 0 && all.stream().noneMatch(names::has)
          ? Optional.of(Reaction.RELAX)
          : Optional.empty();
    }
    boolean lacksOne = names.isAnybody() || !streaming.stream().allMatch(names::has);
    return streaming.size() >= wanted.number() && lacksOne && names.ofNoMember(cluster).isEmpty()
        ? Optional.of(Reaction.RESTORE)
        : Optional.empty();
  }
}
