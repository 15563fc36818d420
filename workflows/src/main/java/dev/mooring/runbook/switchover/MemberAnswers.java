package dev.mooring.runbook.switchover;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** What the members of each site answered over SQL to one question that was put to all at once. */
final class MemberAnswers {
  /** How far apart readings of two sites may lie whose clocks are compared. */
  private static final Duration TOGETHER = Duration.ofSeconds(2);

  private final long asked = Workflow.currentTimeMillis();
  private final List<Promise<ReplicationObserved>> answers;
  private long answered = asked;

  /**
   * @param answers one of each site, asked for just now
   */
  MemberAnswers(List<Promise<ReplicationObserved>> answers) {
    this.answers = answers.stream().map(answer -> answer.thenApply(this::heard)).toList();
  }

  private ReplicationObserved heard(ReplicationObserved answer) {
    answered = Workflow.currentTimeMillis();
    return answer;
  }

  List<MemberObserved> members() {
    return answers.stream().flatMap(answer -> answer.get().members().stream()).toList();
  }

  List<InstanceFailure> silent() {
    return answers.stream().flatMap(answer -> answer.get().failures().stream()).toList();
  }

  /** Whether they were read at about one time: a site's worker may be a minute behind another's. */
  private boolean together() {
    return answers.stream().filter(answer -> !answer.get().members().isEmpty()).count() <= 1
        || Duration.ofMillis(answered - asked).compareTo(TOGETHER) <= 0;
  }

  /**
   * Their answers, such that clocks in them can be compared. Where they may lie apart, those that
   * answered are asked once more; answers that lie apart again are given without clocks.
   *
   * @param again asks these
   */
  List<MemberObserved> comparable(Function<List<MemberObserved>, MemberAnswers> again) {
    List<MemberObserved> first = members();
    if (together()) {
      return first;
    }
    MemberAnswers second = again.apply(first);
    List<MemberObserved> anew = second.members();
    return second.together() && anew.size() == first.size()
        ? anew
        : first.stream().map(MemberAnswers::withoutClock).toList();
  }

  static MemberObserved withoutClock(MemberObserved seen) {
    Standing at = seen.standing();
    return new MemberObserved(
        seen.instance(),
        seen.system(),
        new Standing(at.inRecovery(), at.timeline(), at.received(), at.replayed(), at.paused(), 0),
        seen.senders(),
        seen.slots(),
        seen.receivers(),
        seen.settings(),
        seen.load());
  }
}
