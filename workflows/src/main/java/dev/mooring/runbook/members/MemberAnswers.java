package dev.mooring.runbook.members;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the members of each site answered over SQL to one question that was put to all at once. */
public final class MemberAnswers {
  /** How far apart readings of two sites may lie whose clocks are compared. */
  private static final Duration TOGETHER = Duration.ofSeconds(2);

  private final List<Promise<Heard>> answers;

  /** An answer, and how long after the question it came. */
  private record Heard(ReplicationObserved answer, long afterMillis) {

    /**
     * What it says without clocks that could be compared. The clock of a standby stands where it
     * stood at the question at the latest, so that what lies between makes no standby silent.
     */
    Stream<MemberObserved> uncompared() {
      return answer.members().stream()
          .map(
              seen -> {
                long clock = seen.standing().clockMillis();
                boolean known = seen.standing().inRecovery() && clock != 0;
                return withClock(seen, known ? clock - afterMillis : 0);
              });
    }
  }

  /**
   * @param answers one of each site, asked for just now
   */
  public MemberAnswers(List<Promise<ReplicationObserved>> answers) {
    long asked = Workflow.currentTimeMillis();
    this.answers =
        answers.stream()
            .map(
                one ->
                    one.thenApply(
                        answer -> new Heard(answer, Workflow.currentTimeMillis() - asked)))
            .toList();
  }

  private Stream<Heard> heard() {
    return answers.stream().map(Promise::get);
  }

  public List<MemberObserved> members() {
    return heard().flatMap(one -> one.answer().members().stream()).toList();
  }

  public List<InstanceFailure> silent() {
    return heard().flatMap(one -> one.answer().failures().stream()).toList();
  }

  /** Whether they were read at about one time: a site's worker may be a minute behind another's. */
  private boolean together() {
    return heard().filter(one -> !one.answer().members().isEmpty()).count() <= 1
        || heard().allMatch(one -> one.afterMillis() <= TOGETHER.toMillis());
  }

  /**
   * Their answers, such that clocks in them can be compared. Where they may lie apart, those that
   * answered are asked once more; answers that lie apart again are given without the primary's
   * clock, and a standby was silent for as long at least as its own says.
   *
   * @param again asks these
   */
  public List<MemberObserved> comparable(Function<List<MemberObserved>, MemberAnswers> again) {
    List<MemberObserved> first = members();
    if (together()) {
      return first;
    }
    MemberAnswers second = again.apply(first);
    List<MemberObserved> anew = second.members();
    return second.together() && anew.size() == first.size()
        ? anew
        : heard().flatMap(Heard::uncompared).toList();
  }

  public static MemberObserved withClock(MemberObserved seen, long clockMillis) {
    Standing at = seen.standing();
    return new MemberObserved(
        seen.instance(),
        seen.system(),
        new Standing(
            at.inRecovery(), at.timeline(), at.received(), at.replay(), clockMillis, at.more()),
        seen.replication(),
        seen.settings(),
        seen.load());
  }
}
