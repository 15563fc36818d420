package dev.mooring.runbook.failover;

import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.members.Move;
import java.time.Duration;
import java.util.Optional;

/**
 * What a failover without an approval may lose. If commits waited for standbys: no acknowledged
 * commit, or as many bytes as the cluster file allows. If they waited for none: as many bytes of
 * what the primary had written, as read no more than 5 s before it fell silent.
 */
record LossUnattended(ObservedFailover observed, Move move) {
  /** A last write position older than this shows too little of what was written since. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** If the row does not hold, a person must approve. */
  CheckRow row() {
    long limit = limit();
    return CheckRow.wanted(
        isLittle(lostBytes()),
        "automatic-loss",
        move.to().id(),
        seen(),
        "a loss that is known" + (limit < 0 ? "" : ", and at most " + limit + " bytes"),
        "let a person approve it who knows what may be lost");
  }

  /** Whether the loss is known from the primary's last write position, and is within the limit. */
  boolean isSeen() {
    return !someWait() && isLittle(seenLostBytes());
  }

  private long limit() {
    return move.policy().failover().maxLossBytes();
  }

  private boolean isLittle(long lost) {
    return lost >= 0 && (limit() < 0 || lost <= limit());
  }

  private boolean someWait() {
    return observed.candidate(move.to()).filter(Candidate::someWait).isPresent();
  }

  /** Below zero if unknown. */
  private long lostBytes() {
    if (someWait()) {
      boolean reported = limit() < 0 || observed.isLossKnown(move.to());
      return reported ? observed.candidate(move.to()).orElseThrow().loss().bytes() : -1;
    }
    return seenLostBytes();
  }

  private long seenLostBytes() {
    return fresh().map(this::lacks).orElse(-1L);
  }

  private Optional<LastWrite> fresh() {
    return observed.before().lastWrites().stream()
        .filter(one -> one.beforeMillis() <= FRESH.toMillis())
        .filter(one -> lacks(one) >= 0)
        .findFirst();
  }

  private long lacks(LastWrite one) {
    return observed
        .all()
        .member(move.to())
        .map(standby -> Candidates.lackingOf(one, standby))
        .orElse(-1L);
  }

  /** The loss in words. */
  String seen() {
    if (someWait()) {
      return observed.candidate(move.to()).orElseThrow().loss().words();
    }
    return observed.before().lastWrites().stream()
        .findFirst()
        .map(this::inWords)
        .orElse("unknown: no write of the primary was observed before it fell silent");
  }

  private String inWords(LastWrite one) {
    long lacks = lacks(one);
    return String.format(
        "the primary was last observed at %s on timeline %s, %s before it fell silent; %s %s",
        one.position(),
        one.timeline(),
        DurationText.of(Duration.ofMillis(one.beforeMillis())),
        move.to().id(),
        lacks < 0
            ? "is not comparable with that"
            : lacks == 0 ? "has it" : "lacks " + lacks + " bytes of it");
  }
}
