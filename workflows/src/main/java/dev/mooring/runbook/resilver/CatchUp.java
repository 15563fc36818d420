package dev.mooring.runbook.resilver;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.resilver.RejoinChoice.Rated;
import dev.mooring.topology.InstanceId;
import java.time.Duration;

/**
 * Waits without a lock until healed instances have caught up: in spells, between which it looks
 * whether the primary is still the one they were made from. What is awaited is where the primary
 * stands when a spell begins.
 */
final class CatchUp {
  private static final Duration FIRST = Duration.ofSeconds(15);
  private static final Duration AT_MOST = Duration.ofMinutes(10);

  private final ResilverCalls calls;
  private final RejoinChoice chosen;

  CatchUp(ResilverCalls calls, RejoinChoice chosen) {
    this.calls = calls;
    this.chosen = chosen;
  }

  /** Whether the primary is still the one. */
  Verdict<InstanceId> look(Call call) {
    StillPrimary still = new StillPrimary(chosen.answer(), chosen.hosts().roles(), call.run());
    return still.judge(calls.observeMembers(call).members(), calls.observeRoles(call).roles());
  }

  /**
   * Waits; fails where they take longer.
   *
   * @return anything but proceed where the primary was moved meanwhile
   */
  Verdict<InstanceId> await(Duration within, Call call) {
    Duration left = within;
    for (Duration spell = FIRST; ; spell = DurationText.twice(spell, AT_MOST)) {
      Verdict<InstanceId> seen = look(call);
      if (!(seen instanceof Verdict.Proceed)) {
        return seen;
      }
      Duration now = DurationText.shorter(spell, left);
      StandbysAwaited awaited =
          calls.awaitStreaming(
              call,
              chosen.primary(),
              chosen.fromTheTop().stream().map(Rated::instance).toList(),
              now);
      left = left.minus(now);
      if (awaited.behind().isEmpty()) {
        return seen;
      }
      if (left.isZero()) {
        throw RunbookStop.failed(FailureCode.NOT_CAUGHT_UP, FanOut.inWords(awaited.behind()));
      }
    }
  }
}
