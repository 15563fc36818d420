package dev.mooring.runbook.failover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.runbook.DurationText;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How fast a standby replayed between two observations, by its own clock. A promotion replays all
 * received WAL before it accepts writes, so the outage lasts at least that long.
 *
 * @param bytes that were replayed between them
 * @param millis that passed between them
 */
record ReplayPace(InstanceId instance, long bytes, long millis) {

  /** The pace of each standby that was observed twice. */
  static List<ReplayPace> between(List<MemberObserved> first, List<MemberObserved> later) {
    return later.stream().flatMap(now -> between(first, now).stream()).toList();
  }

  private static Optional<ReplayPace> between(List<MemberObserved> first, MemberObserved now) {
    return first.stream()
        .filter(before -> before.instance().equals(now.instance()))
        .map(MemberObserved::standing)
        .filter(before -> before.clockMillis() > 0)
        .map(
            before ->
                new ReplayPace(
                    now.instance(),
                    Candidates.replayedSince(before, now.standing()),
                    now.standing().clockMillis() - before.clockMillis()))
        .findFirst();
  }

  /** The time that replay still takes at that pace; empty if unknown. */
  static Optional<Duration> left(List<ReplayPace> paces, MemberObserved seen) {
    long left = Candidates.leftToReplay(seen.standing());
    if (seen.standing().more()) {
      return Optional.empty();
    }
    if (left == 0) {
      return Optional.of(Duration.ZERO);
    }
    return of(paces, seen)
        .filter(pace -> whyUnknown(seen, Optional.of(pace)).isEmpty())
        .map(pace -> Duration.ofMillis((long) Math.ceil((double) left * pace.millis / pace.bytes)));
  }

  /** What is left to replay and how long that takes, one sentence without a full stop. */
  static String inWords(List<ReplayPace> paces, MemberObserved seen) {
    if (seen.standing().more()) {
      return "it replays what lies on its disk, and for how long is unknown";
    }
    long left = Candidates.leftToReplay(seen.standing());
    if (left == 0) {
      return "nothing is left to be replayed";
    }
    String bytes = left + " bytes are to be replayed before it accepts writes, ";
    return left(paces, seen)
        .map(takes -> bytes + atPace(takes, of(paces, seen).orElseThrow()))
        .orElseGet(() -> bytes + "for how long is unknown: " + whyUnknown(seen, of(paces, seen)));
  }

  private static Optional<ReplayPace> of(List<ReplayPace> paces, MemberObserved seen) {
    return paces.stream().filter(pace -> pace.instance.equals(seen.instance())).findFirst();
  }

  private static String atPace(Duration takes, ReplayPace pace) {
    return String.format(
        "%s at the %d bytes a second that were measured over %d ms",
        takes.toSeconds() == 0 ? "less than a second" : "about " + DurationText.of(takes),
        pace.bytes * 1000 / pace.millis,
        pace.millis);
  }

  /** A promotion ends a pause and a delay, so the pace measured under them does not apply. */
  private static String whyUnknown(MemberObserved seen, Optional<ReplayPace> pace) {
    Standing standing = seen.standing();
    if (standing.replay().paused()) {
      return "replay is paused";
    }
    if (seen.applyDelay().isPresent()) {
      return "replay is held back by recovery_min_apply_delay = " + seen.applyDelay().get();
    }
    if (pace.filter(one -> one.millis > 0).isEmpty()) {
      return "it was read once";
    }
    return pace.filter(one -> one.bytes > 0).isEmpty()
        ? "nothing was replayed between two readings"
        : "";
  }
}
