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

/** The answers of the members of each site to one question over SQL. */
public final class MemberAnswers {
  /** How far apart the readings of two sites may be to compare their clocks. */
  private static final Duration TOGETHER = Duration.ofSeconds(2);

  private final List<Promise<Heard>> answers;

  /** An answer, and how long after the question it came. */
  private record Heard(ReplicationObserved answer, long afterMillis) {

    /**
     * The answer without clocks that could be compared. A standby's clock is set back to the time
     * of the question, so that the delay makes no standby look silent.
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

  /** Whether they were read at about one time: one site's worker may answer a minute later. */
  private boolean together() {
    return heard().filter(one -> !one.answer().members().isEmpty()).count() <= 1
        || heard().allMatch(one -> one.afterMillis() <= TOGETHER.toMillis());
  }

  /**
   * The answers with clocks that can be compared. If the readings may be too far apart, the members
   * are asked again. If they still are, the primary's clock is left out, and a standby was silent
   * for at least as long as its own clock shows.
   *
   * @param again asks these members
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
