package dev.mooring.runbook.switchover;

import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.runbook.DurationText;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Locale;

/**
 * How long nobody is likely to accept writes, from what was seen of this cluster just now and what
 * was measured of PostgreSQL and Temporal before. An estimate: the limit is the budget. What can't
 * be told beforehand is named, with its amount where that is known.
 */
final class ExpectedOutage {
  /** A fast stop after a checkpoint and a promotion by hand on an idle server took at most that. */
  private static final long STOP_AND_PROMOTE_MILLIS = 250;

  /** What a durable step costs at most on a Temporal that has little else to do. */
  private static final long A_STEP_MILLIS = 100;

  private static final int STEPS = 2;

  private ExpectedOutage() {}

  static String of(Move move, ObservedMembers sight) {
    long hosts = answer(sight, move.from()) + answer(sight, move.to());
    boolean paused = !move.policy().poolers().isEmpty();
    long steps = A_STEP_MILLIS * (paused ? STEPS + 1 : STEPS);
    return String.format(
        Locale.ROOT,
        "about %s, budget %s. Made of: fast stop and promotion %s, as measured on idle servers;"
            + " scripts on %s and %s %s, as seen now; %d steps of the run, at most %s each. Not in"
            + " it, since it can't be told: %s",
        seconds(STOP_AND_PROMOTE_MILLIS + hosts + steps),
        DurationText.of(move.policy().switchover().outageBudget()),
        seconds(STOP_AND_PROMOTE_MILLIS),
        move.from().host(),
        move.to().host(),
        seconds(hosts),
        paused ? STEPS + 1 : STEPS,
        seconds(A_STEP_MILLIS),
        beside(move, sight));
  }

  private static long answer(ObservedMembers sight, Instance member) {
    return sight.around().surroundings(member).map(Surroundings::answerMillis).orElse(0L);
  }

  private static String beside(Move move, ObservedMembers sight) {
    long lag =
        sight.member(move.from()).stream()
            .flatMap(from -> from.senders().stream())
            .filter(sender -> !sender.state().equals(StopChecks.TAKES_BACKUP))
            .filter(sender -> !detached(move, sender))
            .mapToLong(Sender::lagBytes)
            .max()
            .orElse(0);
    long files = sight.member(move.from()).map(from -> from.load().unarchived()).orElse(0L);
    long since = sight.around().ready(move.from()).map(MemberReadiness::sinceCheckpoint).orElse(0L);
    return String.format(
        Locale.ROOT,
        "the %d bytes that the slowest standby has not confirmed and the %d files that wait for the"
            + " archiver now, with what is written until the stop; %d bytes of WAL since the last"
            + " checkpoint are gone through before the outage%s",
        lag,
        files,
        since,
        move.mustConfirm() == 0
            ? ""
            : "; commits wait on until " + move.mustConfirm() + " synchronous standbys follow");
  }

  private static boolean detached(Move move, Sender sender) {
    List<String> off = move.detached().stream().map(Instance::replicationName).toList();
    return off.contains(sender.application());
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
  }
}
