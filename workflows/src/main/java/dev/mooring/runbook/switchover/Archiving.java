package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.ArchiveActivities.HistoryArchived;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Steps;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether what the new primary writes comes into its archive, proved by what is there. A server
 * that is promoted archives the history of its timeline first of all, so nothing need be written
 * for the proof; it is looked for while standbys begin to stream, and takes no time of its own
 * where it works.
 */
final class Archiving {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final Move move;
  private final ArchiveCalls ports;
  private final Steps run;
  private final TimelineId before;
  private final TakenOver taken;
  private final Promise<HistoryArchived> archived;

  /**
   * Begins to look.
   *
   * @param before what the old primary wrote on
   */
  Archiving(Move move, Steps run, TimelineId before, TakenOver taken) {
    this.move = move;
    this.ports = new ArchiveCalls(move.cluster());
    this.run = run;
    this.before = before;
    this.taken = taken;
    this.archived =
        ports.awaitHistory(run.call(SwitchoverStep.VERIFY), move.to(), taken.timeline(), WITHIN);
  }

  /**
   * What was seen in the archive.
   *
   * @param unseen takes why nothing was
   */
  Optional<Fact> proved(List<String> unseen) {
    try {
      HistoryArchived seen = archived.get();
      Optional<TimelineHistory> history = seen.history().stream().findFirst();
      if (history.filter(this::isOfThisMove).isPresent()) {
        return Optional.of(
            new Fact(
                "archived", file() + ", which leaves timeline " + before + " where this move did"));
      }
      unseen.add(history.isPresent() ? another(history.get()) : absent(seen.notRead()));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      unseen.add(
          String.format(
              "whether %s archives is not seen: %s%s", move.to().id(), why.sentence(), lastWord()));
    }
    return Optional.empty();
  }

  private String file() {
    return TimelineHistory.fileName(taken.timeline());
  }

  private boolean isOfThisMove(TimelineHistory history) {
    return history.isAncestor(before) && history.switchPointOf(before).equals(taken.fork());
  }

  private String another(TimelineHistory history) {
    return String.format(
        "%s in the archive of %s is not of this move: it has %s, and this move left timeline %s at"
            + " %s. Whoever archived it is taken for production: find out who did, and take a base"
            + " backup%s",
        file(),
        move.to().id(),
        history.entries().stream().map(e -> e.parent() + " left at " + e.switchPoint()).toList(),
        before,
        taken.fork(),
        lastWord());
  }

  private String absent(String notRead) {
    return String.format(
        "%s does not archive: %s was not in its archive within %s%s%s. Its log says why; until it"
            + " does no restore point becomes READY, and its WAL piles up",
        move.to().id(),
        file(),
        DurationText.of(WITHIN),
        notRead.isEmpty() ? "" : ", " + notRead,
        lastWord());
  }

  private String lastWord() {
    Optional<MemberReadiness> told = ports.archiver(run.call(SwitchoverStep.VERIFY), move.to());
    if (told.isEmpty()) {
      return "; its archiver could not be asked";
    }
    if (!told.get().archiver().isEmpty()) {
      return "; its archiver says that it could not archive " + told.get().archiver();
    }
    return told.get().archived().isEmpty()
        ? "; its archiver says nothing"
        : "; its archiver says that it archived " + told.get().archived();
  }
}
