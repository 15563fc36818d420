package dev.mooring.runbook.failover;

import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.Candidates.Standby;
import dev.mooring.runbook.failover.Candidates.Wishes;
import dev.mooring.runbook.failover.LastSynchronousStandbys.Waits;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Ranks the standbys of a primary that is gone. The rules, the first one first: a standby that can
 * be promoted; one that the cluster file does not exclude; one that may be promoted without
 * overriding waited-for; one that commits waited for; more WAL; the order of failover.prefer;
 * potential before asynchronous; the old primary's site; the order of the cluster file. Positions
 * are compared only within the primary's own timeline.
 */
final class Candidates {
  private static final long UNKNOWN = -1;

  private final List<Standby> ofItsLine;
  private final LastSynchronousStandbys waited;
  private final Wishes wishes;
  private final Optional<ControlData> disk;

  private Candidates(
      List<Standby> ofItsLine,
      LastSynchronousStandbys waited,
      Wishes wishes,
      Optional<ControlData> disk) {
    this.ofItsLine = List.copyOf(ofItsLine);
    this.waited = waited;
    this.wishes = wishes;
    this.disk = disk;
  }

  /**
   * A standby that was read.
   *
   * @param application its application_name at the primary
   */
  record Standby(String application, MemberObserved seen) {
    private InstanceId id() {
      return seen.instance();
    }

    /** The greater of the received and the replayed position. */
    private Lsn position() {
      return seen.standing().received();
    }

    private boolean isOf(SystemIdentifier system, TimelineId timeline) {
      return seen.standing().inRecovery()
          && seen.system().equals(system)
          && seen.standing().timeline().equals(timeline);
    }
  }

  /**
   * What the cluster file prefers.
   *
   * @param prefer the preferred standbys, the best first
   * @param exclude standbys that are chosen only if no other can be promoted
   * @param near members at the old primary's site
   */
  record Wishes(List<InstanceId> prefer, List<InstanceId> exclude, List<InstanceId> near) {
    Wishes {
      prefer = List.copyOf(prefer);
      exclude = List.copyOf(exclude);
      near = List.copyOf(near);
    }

    static Wishes of(Cluster cluster, Instance old) {
      FailoverPolicy policy = cluster.streaming().orElseThrow().failover();
      return new Wishes(
          policy.prefer(),
          policy.exclude(),
          cluster.membersAt(old.site()).stream().map(Instance::id).toList());
    }

    int place(Candidate one) {
      int place = prefer.indexOf(one.instance());
      return place < 0 ? prefer.size() : place;
    }

    boolean isNear(Candidate one) {
      return near.contains(one.instance());
    }
  }

  /**
   * A standby as a candidate for promotion.
   *
   * @param excluded whether the cluster file excludes it
   * @param waits whether commits waited for it
   * @param hasConfirmed whether it has all WAL that enough of the standbys have, if commits waited
   * @param loss what its promotion would lose
   * @param against why it can't be promoted; empty if it can
   */
  record Candidate(
      InstanceId instance,
      boolean excluded,
      Waits waits,
      boolean hasConfirmed,
      Loss loss,
      Lag lag,
      String against) {
    boolean mayBePromoted() {
      return against.isEmpty();
    }

    /** Whether the standby is known to have every acknowledged commit. */
    boolean hasAll() {
      return loss.bytes() == 0;
    }

    /** Bytes it is known to lack of what other standbys and the old primary's disk have. */
    long lacksBytes() {
      return Math.max(lag.bytes(), lag.onTheOldDisk());
    }

    /** Whether commits are known to have waited for standbys. */
    boolean someWait() {
      return waits != Waits.NOBODY;
    }

    /**
     * Whether the standby may be promoted without overriding waited-for. One of a quorum and a
     * potential one may only if they are known to have all WAL that the others confirmed, also if
     * commits may have waited for none; one that commits did not wait for may not.
     */
    boolean mayTakeItsPlace() {
      return switch (waits) {
        case NOBODY, SURELY, ANYBODY -> true;
        case QUORUM, POTENTIAL -> hasConfirmed;
        case NOT -> false;
      };
    }
  }

  /**
   * The acknowledged commits that a promotion would lose.
   *
   * @param bytes of WAL that a synchronous standby has and the candidate lacks: 0 if the candidate
   *     is known to have every acknowledged commit, -1 if the loss is unknown
   * @param words one sentence without a full stop
   */
  record Loss(long bytes, String words) {
    private static Loss unknown(String why) {
      return new Loss(UNKNOWN, "unknown: " + why);
    }
  }

  /**
   * The WAL that a standby lacks.
   *
   * @param bytes that other standbys on its timeline have more; -1 if it can't be promoted
   * @param onTheOldDisk bytes that the old primary's disk is known to have more, at least
   * @param atLeast whether the standby may have more WAL than was read
   */
  record Lag(long bytes, long onTheOldDisk, boolean atLeast) {}

  /**
   * All standbys that were read, the best first, those that can't be promoted last.
   *
   * @param read in the order of the cluster file
   * @param system identifier of the primary that is gone
   * @param timeline that the primary wrote
   * @param disk the primary's control file, if it was read
   */
  static List<Candidate> ranked(
      List<Standby> read,
      LastSynchronousStandbys waited,
      SystemIdentifier system,
      TimelineId timeline,
      Wishes wishes,
      Optional<ControlData> disk) {
    Candidates all =
        new Candidates(
            read.stream().filter(one -> one.isOf(system, timeline)).toList(), waited, wishes, disk);
    List<Candidate> ranked = new ArrayList<>();
    read.forEach(one -> ranked.add(all.candidate(one, against(one, system, timeline))));
    ranked.sort(RankRule.best(wishes));
    return ranked;
  }

  /** The first ranking rule that puts one before the other, as a sentence. */
  static String why(Candidate one, Candidate other, Wishes wishes) {
    return RankRule.why(one, other, wishes);
  }

  private Candidate candidate(Standby one, String against) {
    boolean may = against.isEmpty();
    Loss loss = may ? loss(one) : new Loss(UNKNOWN, "not known: " + against);
    return new Candidate(
        one.id(),
        wishes.exclude().contains(one.id()),
        waited.forOne(one.application(), behind(one, confirming()) > 0),
        loss.bytes() == 0,
        relaxed(loss),
        new Lag(
            may ? behind(one, ofItsLine) : -1,
            disk.map(control -> lackingOf(control, one.seen())).orElse(0L),
            one.seen().standing().more()),
        against);
  }

  /** The loss is unknown if commits may have waited for no standby; what is known of it stays. */
  private Loss relaxed(Loss loss) {
    if (loss.bytes() < 0 || waited.relaxed().isEmpty()) {
      return loss;
    }
    return Loss.unknown(
        loss.bytes() == 0
            ? waited.relaxed()
            : waited.relaxed() + "; another standby has " + loss.bytes() + " bytes more");
  }

  /** The bytes by which the standby is behind the furthest of the others. */
  private static long behind(Standby one, List<Standby> others) {
    return others.stream()
        .map(Standby::position)
        .filter(position -> position.isAfter(one.position()))
        .mapToLong(position -> position.bytesSince(one.position()))
        .max()
        .orElse(0);
  }

  /** Bytes that the standby received and has not replayed. */
  static long leftToReplay(Standing standing) {
    return standing.received().isAfter(standing.replayed())
        ? standing.received().bytesSince(standing.replayed())
        : 0;
  }

  /**
   * Bytes of the old primary's WAL that the standby lacks up to the last checkpoint in the control
   * file: 0 if the standby has received that checkpoint, or if system identifier or timeline
   * differ.
   */
  private static long lackingOf(ControlData old, MemberObserved standby) {
    Standing standing = standby.standing();
    boolean comparable =
        old.systemIdentifier().equals(standby.system())
            && old.checkpoint().timeline().equals(standing.timeline());
    return comparable && old.checkpoint().location().isAfter(standing.received())
        ? old.checkpoint().location().bytesSince(standing.received())
        : 0;
  }

  /**
   * Bytes that the standby lacks up to the last position read from the primary; -1 if that is of
   * another system or timeline.
   */
  static long lackingOf(LastWrite last, MemberObserved standby) {
    Lsn received = standby.standing().received();
    if (!last.system().equals(standby.system())
        || !last.timeline().equals(standby.standing().timeline())) {
      return -1;
    }
    return last.position().isAfter(received) ? last.position().bytesSince(received) : 0;
  }

  /** Whether the later observation, on the same timeline, shows that it received more WAL. */
  static boolean gotMore(MemberObserved first, MemberObserved later) {
    return first.instance().equals(later.instance())
        && first.standing().timeline().equals(later.standing().timeline())
        && later.standing().received().isAfter(first.standing().received());
  }

  /** Bytes that the standby replayed between two observations. */
  static long replayedSince(Standing first, Standing later) {
    return later.replayed().isAfter(first.replayed())
        ? later.replayed().bytesSince(first.replayed())
        : 0;
  }

  private static String against(Standby one, SystemIdentifier system, TimelineId timeline) {
    if (!one.seen().system().equals(system)) {
      return "it is of system " + one.seen().system() + ", the primary of " + system;
    }
    if (!one.seen().standing().inRecovery()) {
      return "it accepts writes";
    }
    return one.seen().standing().timeline().equals(timeline)
        ? ""
        : "it is on timeline "
            + one.seen().standing().timeline()
            + ", the primary wrote "
            + timeline;
  }

  /**
   * Commits with such a setting were acknowledged before any standby had them: no remaining member
   * has a record of them.
   */
  private String butOfThose() {
    List<String> unwaited = unwaited(ofItsLine.stream().map(Standby::seen).toList());
    return unwaited.isEmpty()
        ? ""
        : "; but commits of these roles or databases wait for no standby, and what is lost of them"
            + " is unknown: "
            + String.join(", ", unwaited);
  }

  /**
   * The roles and databases whose synchronous_commit does not wait for standbys, as these standbys
   * replayed it.
   */
  static List<String> unwaited(List<MemberObserved> seen) {
    return seen.stream().flatMap(one -> one.load().unwaited().stream()).distinct().toList();
  }

  /** The synchronous standbys whose whole position was read. */
  private List<Standby> confirming() {
    return ofItsLine.stream()
        .filter(other -> waited.set().has(other.application()))
        .filter(other -> !other.seen().standing().more())
        .toList();
  }

  /**
   * No acknowledged commit is lost if the candidate has all WAL of enough synchronous standbys,
   * whichever of them confirmed.
   */
  private Loss loss(Standby one) {
    SynchronousStandbyNames set = waited.set();
    if (set.number() == 0) {
      return Loss.unknown("commits waited for no standby");
    }
    if (!waited.doubt().isEmpty()) {
      return Loss.unknown(waited.doubt());
    }
    if (set.isAnybody()) {
      return Loss.unknown("commits waited for any standby that streamed, " + set);
    }
    List<Standby> confirming = confirming();
    if (confirming.size() < waited.enough()) {
      return Loss.unknown(
          String.format(
              "%d of the %d standbys of which commits waited for %d were read, %d are needed",
              confirming.size(), set.names().size(), set.number(), waited.enough()));
    }
    long less = behind(one, confirming);
    return less == 0
        ? new Loss(0, "no commit that was acknowledged, " + waited.basis() + butOfThose())
        : new Loss(
            less, less + " bytes that a standby has which commits waited for" + butOfThose());
  }

  /**
   * One ranking rule; the first rule that distinguishes two candidates decides.
   *
   * @param order the better candidate first
   * @param why a sentence without a full stop
   */
  private record RankRule(
      Comparator<Candidate> order, BiFunction<Candidate, Candidate, String> why) {

    /** The rules in their order of precedence. */
    private static List<RankRule> all(Wishes wishes) {
      return List.of(
          by(one -> !one.mayBePromoted(), (one, other) -> other.instance() + " can't be promoted"),
          by(
              Candidate::excluded,
              (one, other) -> "failover.exclude names " + other.instance() + ", and not it"),
          by(
              one -> !one.mayTakeItsPlace(),
              (one, other) -> other.instance() + " may lack commits that were acknowledged"),
          by(RankRule::byCommits, RankRule::commitsWaited),
          by(
              one -> one.lag().bytes(),
              (one, other) ->
                  String.format(
                      "it has %d bytes of WAL more than %s%s",
                      other.lag().bytes() - one.lag().bytes(),
                      other.instance(),
                      other.lag().atLeast() ? ", as far as that was read" : "")),
          by(wishes::place, (one, other) -> "failover.prefer names it before " + other.instance()),
          by(Candidate::waits, RankRule::commitsWaited),
          by(
              one -> !wishes.isNear(one),
              (one, other) ->
                  "it is at the site of the old primary, and " + other.instance() + " is not"));
    }

    private static <T extends Comparable<T>> RankRule by(
        Function<Candidate, T> what, BiFunction<Candidate, Candidate, String> why) {
      return new RankRule(Comparator.comparing(what), why);
    }

    /** The order by all rules, the best first. */
    static Comparator<Candidate> best(Wishes wishes) {
      return all(wishes).stream()
          .map(RankRule::order)
          .reduce(Comparator::thenComparing)
          .orElseThrow();
    }

    /** The first rule that puts one before the other, as a sentence. */
    static String why(Candidate one, Candidate other, Wishes wishes) {
      return all(wishes).stream()
          .filter(rule -> rule.order().compare(one, other) != 0)
          .map(rule -> rule.why().apply(one, other))
          .findFirst()
          .orElse("the cluster file names it before " + other.instance() + ", all else is equal");
    }

    /** Among standbys that may lack commits, the furthest has what others confirmed. */
    private static Waits byCommits(Candidate one) {
      boolean isSure = one.mayTakeItsPlace() && one.waits() != Waits.NOT;
      return isSure ? one.waits() : Waits.POTENTIAL;
    }

    private static String commitsWaited(Candidate one, Candidate other) {
      return String.format(
          "commits waited %s, and %s for %s",
          one.waits().inShort(), other.waits() == Waits.NOT ? "not" : "perhaps", other.instance());
    }
  }
}
