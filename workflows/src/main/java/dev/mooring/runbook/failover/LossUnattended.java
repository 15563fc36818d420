package dev.mooring.runbook.failover;

import dev.mooring.port.KnockActivities.LastWrite;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.switchover.Move;
import dev.mooring.runbook.switchover.PreflightRow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a failover that asks nobody may lose. Where commits waited for standbys: nothing that was
 * acknowledged, or so many bytes as the cluster file lets. Where they waited for nobody: so many
 * bytes of what the primary was seen to have right before it fell silent.
 *
 * @param last where the primary was seen to write last; one, or none
 */
record LossUnattended(FailoverSight sight, Move move, List<LastWrite> last) {
  /** What is older than that says too little of what was written since. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  LossUnattended {
    last = List.copyOf(last);
  }

  /** One that does not hold asks for a person. */
  PreflightRow row() {
    long limit = move.policy().failover().maxLossBytes();
    long lost = lostBytes(limit);
    return PreflightRow.wanted(
        lost >= 0 && (limit < 0 || lost <= limit),
        "without a person: what is lost with " + move.to().id(),
        seen(),
        limit < 0 ? "known" : "known, and at most " + limit + " bytes",
        "a person approves it, who knows what may be lost");
  }

  /** Below zero where it is not known. */
  private long lostBytes(long limit) {
    Optional<Candidate> candidate = sight.candidate(move.to());
    if (candidate.filter(Candidate::someWait).isPresent()) {
      boolean told = limit < 0 || sight.isLossKnown(move.to());
      return told ? candidate.orElseThrow().lostBytes() : -1;
    }
    return fresh().map(this::lacks).orElse(-1L);
  }

  private Optional<LastWrite> fresh() {
    return last.stream()
        .filter(one -> one.beforeMillis() <= FRESH.toMillis())
        .filter(one -> lacks(one) >= 0)
        .findFirst();
  }

  private long lacks(LastWrite one) {
    return sight
        .all()
        .member(move.to())
        .map(standby -> Candidates.lackingOf(one, standby))
        .orElse(-1L);
  }

  private String seen() {
    Optional<Candidate> candidate = sight.candidate(move.to());
    if (candidate.filter(Candidate::someWait).isPresent()) {
      return candidate.orElseThrow().loss();
    }
    return last.stream()
        .findFirst()
        .map(this::inWords)
        .orElse("unknown: the primary was not seen to write before it fell silent");
  }

  private String inWords(LastWrite one) {
    long lacks = lacks(one);
    return String.format(
        "the primary was last seen at %s on timeline %s, %s before it fell silent; %s %s",
        one.position(),
        one.timeline(),
        Span.of(Duration.ofMillis(one.beforeMillis())),
        move.to().id(),
        lacks < 0
            ? "is not comparable with that"
            : lacks == 0 ? "has it" : "lacks " + lacks + " bytes of it");
  }
}
