package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.AwaitHistory;
import dev.mooring.port.ArchiveActivities.HistoryArchived;
import dev.mooring.port.Call;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.publish.ArchivingCheck;
import dev.mooring.runbook.publish.StuckArchiver;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whether the new primary's WAL reaches its archive, proved by what the archive holds. A promoted
 * server archives its timeline's history file first, so the proof needs no write. The archive is
 * read while standbys begin to stream, so a working archiver costs no extra time.
 */
final class ArchivedTimeline {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final Instance to;
  private final Steps run;
  private final TimelineId before;
  private final TakenOver taken;
  private final Promise<HistoryArchived> archived;

  /**
   * Begins to read the archive.
   *
   * @param before the timeline of the old primary
   */
  ArchivedTimeline(Move move, Steps run, TimelineId before, TakenOver taken) {
    this.cluster = move.cluster();
    this.to = move.to();
    this.run = run;
    this.before = before;
    this.taken = taken;
    this.archived = awaitHistory(run.call(SwitchoverStep.VERIFY));
  }

  private Promise<HistoryArchived> awaitHistory(Call call) {
    ArchiveActivities port =
        Workflow.newActivityStub(
            ArchiveActivities.class,
            ActivityPolicies.await(queue(), "check that " + to.id() + " archives", WITHIN));
    Site.Archive archive = cluster.site(to.site()).orElseThrow().archive();
    return Async.function(
        port::awaitHistory,
        new AwaitHistory(call, WorkLists.on(cluster, to), archive, taken.timeline(), WITHIN));
  }

  private String queue() {
    return ActivityPolicies.queueOf(to.site());
  }

  /**
   * The history file that was found in the archive.
   *
   * @param unseen takes the reason if there is no proof
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
              "whether %s archives is not known: %s%s", to.id(), why.sentence(), lastWord()));
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
            + " %s. Another server archived it as production: find out which%s, and take a base"
            + " backup%s",
        file(),
        to.id(),
        history.entries().stream().map(e -> e.parent() + " left at " + e.switchPoint()).toList(),
        before,
        taken.fork(),
        ArchivingCheck.suspects(cluster, to.id()).map(any -> " (perhaps " + any + ")").orElse(""),
        lastWord());
  }

  private String absent(String notRead) {
    return String.format(
        "%s does not archive: %s was not in its archive within %s%s%s. Its log says why; until it"
            + " does no restore point becomes READY, and its WAL piles up",
        to.id(),
        file(),
        DurationText.of(WITHIN),
        notRead.isEmpty() ? "" : ", " + notRead,
        lastWord());
  }

  private String lastWord() {
    Optional<ArchiverFiles> reported =
        new StuckArchiver(cluster).archiver(run.call(SwitchoverStep.VERIFY), to);
    if (reported.isEmpty()) {
      return "; the state of its archiver could not be read";
    }
    if (!reported.get().failed().isEmpty()) {
      return "; its archiver says that it could not archive " + reported.get().failed();
    }
    return reported.get().archived().isEmpty()
        ? "; its archiver says nothing"
        : "; its archiver says that it archived " + reported.get().archived();
  }
}
