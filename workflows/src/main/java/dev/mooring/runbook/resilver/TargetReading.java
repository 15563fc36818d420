package dev.mooring.runbook.resilver;

import dev.mooring.port.CopyActivities.Content;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Held;
import dev.mooring.port.CopyActivities.WalEnd;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.resilver.Members.Outdated;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Ended;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Source;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was seen of an instance and of the primary, to choose its rejoin method. */
final class TargetReading {
  private static final String REWIND = "pg_rewind";

  private TargetReading() {}

  /** The primary, from what it answered and what is in its directory. */
  static Verdict<Source> source(MemberObserved primary, DirectorySeen directory) {
    Optional<TimelineHistory> history =
        directory.contents().held().stream()
            .flatMap(held -> history(held, primary.standing().timeline()).stream())
            .findFirst();
    if (history.isEmpty()) {
      return Verdict.never(
          FailureCode.STATE_UNREADABLE,
          String.format(
              "%s is on timeline %s, and its directory does not show the history of it%s",
              primary.instance(),
              primary.standing().timeline(),
              directory.contents().why().isEmpty() ? "" : ": " + directory.contents().why()));
    }
    return Verdict.proceed(
        new Source(
            primary.instance(), primary.system(), history.get(), primary.standing().received()));
  }

  private static Optional<TimelineHistory> history(Held held, TimelineId timeline) {
    return timeline.equals(TimelineId.FIRST)
        ? Optional.of(TimelineHistory.first())
        : held.histories().stream().filter(known -> known.of().equals(timeline)).findFirst();
  }

  /**
   * The instance. One that accepts writes, or of which that is not known, is never made anew.
   *
   * @param primary its directory, with the oldest WAL that it still has
   */
  static Verdict<Target> target(Outdated one, DirectorySeen primary) {
    DirectorySeen directory = one.directory();
    boolean writes =
        directory.process() == ServerProcess.RUNNING
            && (one.member().filter(member -> !member.standing().inRecovery()).isPresent()
                || directory.contents().held().stream()
                    .anyMatch(held -> held.control().state() == InstanceState.IN_PRODUCTION));
    if (writes) {
      return Verdict.never(
          FailureCode.TWO_PRIMARIES,
          one.instance().id() + " runs and accepts writes: stop and fence it first");
    }
    if (directory.process() == ServerProcess.ORPHANED) {
      return Verdict.never(
          FailureCode.STATE_UNREADABLE,
          one.instance().id() + " has no postmaster, and processes of its server live on");
    }
    if (directory.process() == ServerProcess.RUNNING && one.member().isEmpty()) {
      return Verdict.never(
          FailureCode.STATE_UNREADABLE,
          one.instance().id()
              + " runs and answers no SQL: stop it, and its files show its position");
    }
    boolean holdsWal = directory.contents().kind() == Content.UNUSABLE;
    return Verdict.proceed(
        directory.contents().held().stream()
            .findFirst()
            .map(held -> usable(one, held, primary))
            .orElseGet(() -> new Target.Unusable(directory.contents().why(), holdsWal)));
  }

  private static Target usable(Outdated one, Held held, DirectorySeen primary) {
    Optional<WalEnd> seen = one.member().map(TargetReading::streamed).or(() -> first(held));
    if (seen.isEmpty()) {
      return new Target.Unusable("the end of its WAL is not known", true);
    }
    WalEnd wal = seen.get();
    Ended ended = ended(held, one);
    if (ended == Ended.CRASHED && !wal.read()) {
      return new Target.Unusable("it ended in a crash and its WAL can't be read to its end", true);
    }
    Optional<TimelineHistory> history = history(held, wal.timeline());
    if (history.isEmpty()) {
      return new Target.Unusable(
          "it is on timeline " + wal.timeline() + ", whose history is not there", true);
    }
    return new Target.Usable(
        held.control().systemIdentifier(),
        ended,
        history.get(),
        wal.end(),
        againstRewind(one, held, primary),
        primary.contents().held().stream()
            .flatMap(its -> its.oldest().stream())
            .findFirst()
            .filter(from -> from.isAfter(wal.end()))
            .map(from -> "WAL from " + wal.end() + " on: the primary has it from " + from + " on"));
  }

  private static WalEnd streamed(MemberObserved member) {
    return new WalEnd(member.standing().timeline(), member.standing().received(), true);
  }

  private static Optional<WalEnd> first(Held held) {
    return held.wal().stream().findFirst();
  }

  private static Ended ended(Held held, Outdated one) {
    InstanceState state = held.control().state();
    boolean standby =
        one.member().isPresent()
            || held.flags().unfinishedBackup()
            || state == InstanceState.SHUT_DOWN_IN_RECOVERY
            || state == InstanceState.IN_ARCHIVE_RECOVERY;
    if (standby) {
      return Ended.STANDBY;
    }
    return state == InstanceState.SHUT_DOWN ? Ended.SHUT_DOWN : Ended.CRASHED;
  }

  private static List<String> againstRewind(Outdated one, Held held, DirectorySeen primary) {
    List<String> against = new ArrayList<>();
    if (!held.flags().hintBits()) {
      against.add("neither page checksums nor wal_log_hints");
    }
    if (!held.flags().fullPages()) {
      against.add("full_page_writes is off");
    }
    if (held.flags().unfinishedBackup()) {
      against.add("a base backup that was not replayed to its end");
    }
    if (one.directory().programs().lacking().contains(REWIND)) {
      against.add("no " + REWIND + " on its host");
    }
    for (DirectorySeen directory : List.of(one.directory(), primary)) {
      directory.space().tablespaces().stream()
          .filter(place -> !place.trouble().isEmpty())
          .map(place -> place.location() + " of " + directory.instance() + " " + place.trouble())
          .forEach(against::add);
    }
    return against;
  }
}
