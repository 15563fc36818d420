package dev.mooring.runbook.publish;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.PrimaryActivities.MarkArchived;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * An archiver that fails at a WAL file which its archive has. A rewind or a base backup brings
 * files without their {@code .done}; a checkpoint after the promotion, at once or much later, hands
 * them to the archiver, and the archive_command of PostgreSQL's manual refuses what is there.
 */
public final class StuckArchiver {
  private static final Duration BRIEFLY = Duration.ofSeconds(5);

  private final Cluster cluster;
  private final BiFunction<String, String, ActivityOptions> asking;
  private final BiFunction<String, String, ActivityOptions> marking;

  /** For the primaries of that cluster. */
  public StuckArchiver(Cluster cluster) {
    this(cluster, ActivityPolicies.OBSERVE_BRIEFLY::options, ActivityPolicies.ENSURE::options);
  }

  private StuckArchiver(
      Cluster cluster,
      BiFunction<String, String, ActivityOptions> asking,
      BiFunction<String, String, ActivityOptions> marking) {
    this.cluster = cluster;
    this.asking = asking;
    this.marking = marking;
  }

  /**
   * What was done about the file that an archiver fails at.
   *
   * @param isDone whether it is marked as archived, and the archiver goes on with the next file
   * @param inWords as a sentence; if it is not done also why, and who may have written the file
   */
  public record Marked(String file, boolean isDone, String inWords) {}

  /** What its archiver says; empty if the server does not answer. */
  public Optional<ArchiverFiles> archiver(Call call, Instance primary) {
    ReplicationActivities port =
        Workflow.newActivityStub(
            ReplicationActivities.class,
            asking.apply(queue(primary), "ask " + primary.id() + " about its archiver"));
    try {
      return port
          .observeReadiness(new MemberObservations(cluster).request(call, List.of(primary)))
          .members()
          .stream()
          .findFirst()
          .map(MemberReadiness::archiver);
    } catch (TemporalFailure silent) {
      return Optional.empty();
    }
  }

  /**
   * Marks the file that the archiver reports as failing, if its directory has it equal byte by
   * byte; empty if none fails, or nothing is known. The archiver reports the next one later.
   */
  public Optional<Marked> mark(Call call, Instance primary) {
    return archiver(call, primary)
        .filter(seen -> !seen.failed().isEmpty())
        .map(seen -> marked(call, primary, seen));
  }

  /**
   * The same for a caller with other things to wait for: one short attempt.
   *
   * @param tried the files that were tried before, which are not tried again; takes this one
   * @param giveUp no call lasts beyond it
   */
  Optional<Marked> markOnce(Call call, Instance primary, Set<String> tried, Instant giveUp) {
    if (!RunbookRun.now().isBefore(giveUp)) {
      return Optional.empty();
    }
    BiFunction<String, String, ActivityOptions> briefly =
        (queue, summary) -> briefly(queue, summary, giveUp);
    StuckArchiver once = new StuckArchiver(cluster, briefly, briefly);
    return once.archiver(call, primary)
        .filter(seen -> !seen.failed().isEmpty() && RunbookRun.now().isBefore(giveUp))
        .filter(seen -> tried.add(seen.failed()))
        .map(seen -> once.marked(call, primary, seen));
  }

  private static ActivityOptions briefly(String queue, String summary, Instant giveUp) {
    Duration left = Duration.between(RunbookRun.now(), giveUp);
    return ActivityPolicies.withoutInsisting(queue, summary, DurationText.shorter(left, BRIEFLY));
  }

  private Marked marked(Call call, Instance primary, ArchiverFiles seen) {
    return marked(
        primary.id(),
        seen.failed(),
        seen.refusing().stream()
            .findFirst()
            .map(wal -> whyNot(call, primary, wal))
            .orElse(
                "only the complete file of an ended segment can be compared, and only in the"
                    + " directory of an archive_command such as PostgreSQL's manual has"));
  }

  private Marked marked(InstanceId primary, String file, String whyNot) {
    return whyNot.isEmpty()
        ? new Marked(
            file,
            true,
            String.format("%s: %s was marked as archived, its archive has it", primary, file))
        : new Marked(
            file,
            false,
            String.format("the archiver of %s fails at %s: %s", primary, file, whyNot)
                + ArchivingCheck.foreign(cluster, primary));
  }

  private String whyNot(Call call, Instance primary, RefusedWal wal) {
    PrimaryActivities port =
        Workflow.newActivityStub(
            PrimaryActivities.class,
            marking.apply(
                queue(primary), "mark " + wal.file() + " of " + primary.id() + " as archived"));
    try {
      return port.ensureArchivedMarked(new MarkArchived(call, WorkLists.on(cluster, primary), wal))
          .whyNot();
    } catch (TemporalFailure e) {
      return Explained.unlessStopped(e).sentence();
    }
  }

  private static String queue(Instance primary) {
    return ActivityPolicies.queueOf(primary.site());
  }
}
