package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.FailoverActivities.WalFetched;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.Move;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies the WAL that only the old primary's disk has to the candidate, once the old primary is
 * fenced on its host. If that fails or takes too long, the run holds, unless no acknowledged commit
 * is lost without that WAL, the cluster file sets no loss limit, or fetch-wal is overridden. Then
 * the loss is judged as if the copy had not been tried.
 */
final class FetchMissingWal {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final RunContext context;
  private final RunbookRun run;
  private final FailoverRequest request;
  private final boolean holds;
  private final ObservedFailover observed;
  private final Move move;
  private final FailoverCalls ports;
  private final Duration within;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();
  private Optional<Lsn> hasAllTo = Optional.empty();
  private boolean tried;

  FetchMissingWal(RunContext context, FailoverRequest request, FailoverLook looked) {
    this.context = context;
    this.run = context.run();
    this.request = request;
    this.observed = looked.observed();
    this.move = looked.move();
    this.ports = looked.ports();
    this.within = move.policy().failover().promoteWithin();
    this.holds =
        !request.overrides(FailoverRule.FETCH_WAL)
            && !(looked.claimed() && Candidates.unwaited(observed.all().members()).isEmpty())
            && move.policy().failover().maxLossBytes() >= 0;
  }

  /** Whether the plan includes the copy: only if a script on the old primary's host fences it. */
  static boolean isPlanned(ObservedFailover observed, Move move) {
    return !observed.hostAnswersTo().isEmpty() && !DrivenFromOutside.is(move.cluster());
  }

  /** Whether the loss without that WAL is unknown, and fetch-wal is not overridden. */
  static boolean isNeeded(FailoverRequest request, ObservedFailover observed, Move move) {
    return isPlanned(observed, move)
        && !request.overrides(FailoverRule.FETCH_WAL)
        && isLossUnknown(observed, move);
  }

  /** Whether the loss without that WAL is unknown, if the cluster file limits the loss. */
  static boolean isLossUnknown(ObservedFailover observed, Move move) {
    return move.policy().failover().maxLossBytes() >= 0 && !observed.isLossKnown(move.to());
  }

  /** The candidate's received position: the old primary's host reports WAL beyond it. */
  static Optional<WalPosition> positionOf(ObservedFailover observed, Move move) {
    return observed
        .all()
        .member(move.to())
        .map(seen -> new WalPosition(observed.lineage().timeline(), seen.standing().received()));
  }

  List<ProofRecord> proofs() {
    return proofs;
  }

  List<String> degraded() {
    return degraded;
  }

  /** Up to here the candidate has all WAL of the old disk; empty if that is not known. */
  Optional<Lsn> hasAllTo() {
    return hasAllTo;
  }

  /** What the promotion loses, given the loss as the standbys alone show it. */
  String lostBeside(String reported) {
    return hasAllTo
        .map(
            end ->
                String.format(
                    "no WAL that the disk of %s has, which was read to %s", move.from().id(), end))
        .orElse(reported);
  }

  /** Copies the WAL if the old disk has more and can be read. */
  void ensure(FenceOldPrimary fencing) {
    run.step(
        FailoverStep.FETCH_WAL,
        () -> {
          if (fencing.wal().isPresent()) {
            fetchedOrHeld(fencing);
          } else {
            run.note(
                FailoverStep.FETCH_WAL,
                "what the disk of " + move.from().id() + " has was not read");
          }
        },
        Undo.nothing("what was brought is of the WAL that it would have replayed anyway"));
  }

  private void fetchedOrHeld(FenceOldPrimary fencing) {
    if (holds) {
      run.untilDone(
          FailoverStep.FETCH_WAL,
          this::notBrought,
          () -> new Hold(true, ""),
          () -> fetchedBy(fencing));
    } else {
      fetchedBy(fencing);
    }
  }

  private void fetchedBy(FenceOldPrimary fencing) {
    Optional<Fenced> read = tried ? fencing.walReadAgain() : fencing.wal();
    tried = true;
    fetched(read.orElseThrow());
  }

  private String notBrought() {
    String id = Workflow.getInfo().getWorkflowId();
    return String.format(
        "%s is fenced, and no standby is promoted: more would be lost than was approved. `mooring"
            + " roll-back %s --reason WHY` ends the run; a new plan with `--override fetch-wal"
            + " --reason WHY` promotes also without that WAL",
        move.from().id(), id);
  }

  private void fetched(Fenced old) {
    WalPosition had = positionOf(observed, move).orElseThrow();
    if (!old.walUnread().isEmpty()) {
      notFetched(FailureCode.STATE_UNREADABLE, old.walUnread());
      return;
    }
    if (old.walEnd().isEmpty()) {
      run.note(FailoverStep.FETCH_WAL, move.to().id() + " has all that its disk has");
      hasAllTo = Optional.of(had.lsn());
      return;
    }
    long end = Workflow.currentTimeMillis() + within.toMillis();
    try {
      FetchWal wanted =
          ports.fetching(
              run.call(FailoverStep.FETCH_WAL), move, observed.lineage().system(), had, within);
      replayed(had, ports.fetch(wanted, move.to(), holds), end);
    } catch (TemporalFailure e) {
      if (holds) {
        throw e;
      }
      Explained why = Explained.unlessStopped(e);
      notFetched(why.code(), why.sentence());
    }
  }

  private void notFetched(FailureCode code, String why) {
    run.note(FailoverStep.FETCH_WAL, why);
    String sentence =
        String.format(
            "WAL that only the disk of %s has was not brought to %s: %s",
            move.from().id(), move.to().id(), why);
    if (holds) {
      throw RunbookStop.failed(code, sentence);
    }
    if (request.overrides(FailoverRule.FETCH_WAL)) {
      context
          .deciding()
          .overridden(List.of(FailoverRule.FETCH_WAL.text()), request.by(), request.reason());
    }
    degraded.add(sentence);
  }

  private void replayed(WalPosition had, WalFetched done, long end) {
    Lsn now = seen(had.lsn());
    Duration pause = FIRST_PAUSE;
    while (now.isBefore(done.end()) && Workflow.currentTimeMillis() < end) {
      Workflow.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
      now = seen(now);
    }
    String words =
        String.format(
            "%d WAL files brought from the disk of %s, which ends at %s; %s replayed to %s, %s"
                + " before",
            done.files(), move.from().id(), done.end(), move.to().id(), now, had.lsn());
    if (now.isBefore(done.end())) {
      notFetched(
          FailureCode.NOT_CAUGHT_UP, words + ": not all of it in " + DurationText.of(within));
      return;
    }
    run.note(FailoverStep.FETCH_WAL, words);
    hasAllTo = Optional.of(done.end());
    proofs.add(new ProofRecord("wal_fetched", List.of(new Fact(move.to().id().value(), words))));
  }

  /** The candidate's position now; the last known one if it does not answer. */
  private Lsn seen(Lsn before) {
    return ports.standbys(run.call(FailoverStep.FETCH_WAL), List.of(move.to())).stream()
        .map(seen -> seen.standing().received())
        .findFirst()
        .orElse(before);
  }
}
