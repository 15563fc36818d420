package dev.mooring.runbook.resilver;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineFork;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which rejoin method an outdated instance needs, from what was seen of it and, after that, of the
 * primary it is to follow. {@code pg_rewind} is not asked: right after a promotion it said of a
 * target that had diverged that no rewind was required.
 */
public final class RejoinMethodCheck {
  private RejoinMethodCheck() {}

  /**
   * The primary, seen after a CHECKPOINT on it, and after the instance: WAL that it wrote meanwhile
   * must not make the instance look ahead of it.
   *
   * @param history of its live timeline
   * @param position how far it has written
   */
  public record Source(
      InstanceId instance, SystemIdentifier system, TimelineHistory history, Lsn position) {}

  /** What is in the data directory of the instance. */
  public sealed interface Target {

    /**
     * Nothing that a server can be started on.
     *
     * @param holdsWal whether WAL is there all the same, which may hold lost transactions
     */
    record Unusable(String why, boolean holdsWal) implements Target {}

    /**
     * A data directory that can be read.
     *
     * @param ended how its last server ended
     * @param history of the timeline that its WAL ends on
     * @param end where its own WAL ends
     * @param rewind what blocks a rewind; nothing where it may be done
     * @param lacking WAL that it would need next and the primary no longer has, if it is so
     */
    record Usable(
        SystemIdentifier system,
        Ended ended,
        TimelineHistory history,
        Lsn end,
        List<String> rewind,
        Optional<String> lacking)
        implements Target {
      public Usable {
        rewind = List.copyOf(rewind);
      }
    }
  }

  /** How a server ended, as far as a restart depends on it. */
  public enum Ended {
    /** As a standby, by any method: it starts again from its own position. */
    STANDBY,
    /** As a primary and in an orderly way: its shutdown checkpoint is the last it wrote. */
    SHUT_DOWN,
    /** As a primary and without a shutdown checkpoint: its crash recovery writes WAL of its own. */
    CRASHED
  }

  /**
   * WAL that may hold lost transactions; it is kept aside and listed before anything else.
   *
   * @param from where the instance parted from the primary, or where a crashed one can be read to;
   *     all that is there, where that is not known
   */
  public record Keep(Optional<Lsn> from) {}

  /**
   * What is to be done.
   *
   * @param why one sentence for the plan
   * @param keep WAL that the primary never had, if there may be any
   * @param twin a timeline that it wrote itself, and the primary's line has from another
   */
  public record Choice(
      RejoinMethod method, String why, Optional<Keep> keep, Optional<TimelineId> twin) {
    /** For an instance that has no twin. */
    Choice(RejoinMethod method, String why, Optional<Keep> keep) {
      this(method, why, keep, Optional.empty());
    }
  }

  /**
   * What of its own an instance gives up at most, as a limit that an approval binds to.
   *
   * @param end where its own WAL ends, if that is known
   */
  static String discarded(Choice choice, Optional<Lsn> end) {
    if (choice.keep().isEmpty()) {
      return "";
    }
    Keep keep = choice.keep().get();
    String beyond = keep.from().map(at -> " beyond " + at).orElse("");
    return onlyItsOwn(keep, end)
        ? String.format(
            ", discarding %d bytes of its WAL%s at most",
            end.orElseThrow().bytesSince(keep.from().orElseThrow()), beyond)
        : ", discarding all that it alone has" + beyond + ": how much is not known";
  }

  /**
   * Whether what is kept begins where the instance parted, and is known to its end: what is kept
   * from its own end on is what may lie behind a place that can't be read.
   *
   * @param end where its own WAL ends, if that is known
   */
  static boolean onlyItsOwn(Keep keep, Optional<Lsn> end) {
    return keep.from().isPresent() && end.filter(at -> at.isAfter(keep.from().get())).isPresent();
  }

  /** The cheapest method that suffices. */
  public static Verdict<Choice> judge(InstanceId instance, Source source, Target target) {
    if (target instanceof Target.Unusable unusable) {
      Optional<Keep> all = Optional.of(new Keep(Optional.empty()));
      return Verdict.proceed(
          new Choice(
              RejoinMethod.BASE_BACKUP,
              unusable.why(),
              unusable.holdsWal() ? all : Optional.empty()));
    }
    Target.Usable here = (Target.Usable) target;
    if (!here.system().equals(source.system())) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s holds database system %s, %s is %s",
              instance, here.system(), source.instance(), source.system()));
    }
    return Verdict.proceed(ofOneSystem(source, here));
  }

  private static Choice ofOneSystem(Source source, Target.Usable here) {
    Optional<TimelineFork> common = TimelineFork.of(here.history(), source.history());
    if (common.isEmpty()) {
      return new Choice(
          RejoinMethod.BASE_BACKUP,
          String.format(
              "timelines %s and %s have no ancestor in common",
              here.history().of(), source.history().of()),
          Optional.of(new Keep(Optional.empty())));
    }
    TimelineFork fork = common.get();
    if (wroteTheSameTimeline(source, here, fork)) {
      return twin(source, here, fork);
    }
    Lsn shared = fork.at().orElse(source.position());
    if (here.end().isAfter(shared)) {
      return diverged(source, here, fork, shared);
    }
    if (here.ended() == Ended.CRASHED) {
      return crashed(source, here, fork, shared);
    }
    return behind(source, here, fork);
  }

  /**
   * A timeline has one writer. Two standbys that were both promoted at one position have one
   * history between them, and each its own WAL from there on: no comparison of the two shows that.
   * The control file of the instance does: the instance was a primary there, and is not the source.
   *
   * <p>Of a timeline that the source's line has left, one whose WAL ends where that was left wrote
   * all of it, and was followed to its end; one that has more parted there, and is rewound. One
   * whose WAL ends before, on a timeline that a promotion began, was not who wrote the rest. The
   * first timeline begins by no promotion, and has no second writer.
   */
  private static boolean wroteTheSameTimeline(
      Source source, Target.Usable here, TimelineFork fork) {
    if (here.ended() == Ended.STANDBY || !here.history().of().equals(fork.timeline())) {
      return false;
    }
    Optional<Lsn> began = begun(source, fork.timeline());
    boolean wroteThere = began.filter(at -> !here.end().isAfter(at)).isEmpty();
    return fork.at()
        .map(left -> wroteThere && began.isPresent() && here.end().isBefore(left))
        .orElse(wroteThere);
  }

  /** Where that timeline of the source's line begins; the first one has no such place. */
  private static Optional<Lsn> begun(Source source, TimelineId timeline) {
    return source.history().entries().stream()
        .filter(entry -> entry.parent().compareTo(timeline) < 0)
        .map(TimelineHistory.Entry::switchPoint)
        .reduce((before, last) -> last);
  }

  private static Choice twin(Source source, Target.Usable here, TimelineFork fork) {
    Optional<Lsn> began = begun(source, fork.timeline());
    String begins = began.map(at -> ", which begins at " + at).orElse("");
    String why =
        fork.at()
            .map(
                left ->
                    String.format(
                        "it was a primary on timeline %s itself%s, and its WAL ends at %s, before"
                            + " the line of %s left that at %s: another wrote the rest, and may"
                            + " have written more of it",
                        fork.timeline(), begins, here.end(), source.instance(), left))
            .orElseGet(
                () ->
                    String.format(
                        "it was a primary on timeline %s itself%s, and so is %s: their WAL may"
                            + " differ since",
                        fork.timeline(), begins, source.instance()));
    return new Choice(
        RejoinMethod.BASE_BACKUP, why, Optional.of(new Keep(began)), Optional.of(fork.timeline()));
  }

  private static Choice diverged(Source source, Target.Usable here, TimelineFork fork, Lsn shared) {
    return rewound(
        here,
        fork,
        String.format(
            "it has %d bytes of WAL beyond %s on timeline %s, which %s never had",
            here.end().bytesSince(shared), shared, fork.timeline(), source.instance()),
        Optional.of(new Keep(Optional.of(shared))));
  }

  /**
   * Crash recovery ends with a checkpoint in the instance's own WAL. Where that comes to lie before
   * the fork, pg_rewind takes it for one that both have (findLastCheckpoint looks for the last
   * before the fork in the target's WAL alone) and starts from it, or sees nothing to rewind.
   *
   * <p>A place that can't be read looks like the end of WAL, and what lies behind it may be lost
   * transactions: WAL is kept from there on.
   */
  private static Choice crashed(Source source, Target.Usable here, TimelineFork fork, Lsn shared) {
    String why =
        "it ended in a crash at " + here.end() + ", where it parted from " + source.instance();
    Optional<Keep> keep = Optional.of(new Keep(Optional.of(here.end())));
    if (fork.at().isPresent() && here.end().equals(shared)) {
      return rewound(here, fork, why, keep);
    }
    return new Choice(
        RejoinMethod.BASE_BACKUP,
        String.format(
            "it ended in a crash at %s, within what %s has: crash recovery would write WAL there"
                + " that a rewind takes for shared",
            here.end(), source.instance()),
        keep);
  }

  private static Choice behind(Source source, Target.Usable here, TimelineFork fork) {
    if (!here.history().of().equals(fork.timeline())) {
      return rewound(
          here,
          fork,
          "it was promoted to timeline " + here.history().of() + ", and wrote nothing there",
          Optional.empty());
    }
    String where =
        String.format(
            "its WAL ends at %s on timeline %s, within what %s has of it",
            here.end(), here.history().of(), source.instance());
    return here.lacking()
        .map(
            wal ->
                new Choice(
                    RejoinMethod.BASE_BACKUP, where + ", but lacking is " + wal, Optional.empty()))
        .orElseGet(() -> new Choice(RejoinMethod.FOLLOW, where, Optional.empty()));
  }

  private static Choice rewound(
      Target.Usable here, TimelineFork fork, String why, Optional<Keep> keep) {
    List<String> against = new ArrayList<>(here.rewind());
    if (fork.at().isEmpty()) {
      against.add("both are on timeline " + fork.timeline() + ", where pg_rewind finds no fork");
    }
    return against.isEmpty()
        ? new Choice(RejoinMethod.REWIND, why, keep)
        : new Choice(
            RejoinMethod.BASE_BACKUP, why + "; no rewind: " + String.join(", ", against), keep);
  }
}
