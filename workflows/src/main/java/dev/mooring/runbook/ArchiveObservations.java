package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.ObserveRecent;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Reads what archives hold, each from the host of an instance that archives or restores there; all
 * reads are begun before the first is waited for. An archive that can't be read is reported and
 * does not block the run.
 */
public final class ArchiveObservations {
  private final Cluster cluster;
  private final Call call;
  private final BiFunction<String, String, ActivityOptions> options;
  private final List<Look> looks = new ArrayList<>();

  private record Look(Instance on, Promise<RecentArchived> answer) {}

  /** The archives that were read, and why others were not. */
  public record Seen(List<RecentArchived> archives, List<InstanceFailure> unread) {}

  public ArchiveObservations(Cluster cluster, Call call) {
    this(cluster, call, ActivityPolicies.OBSERVE::options);
  }

  /**
   * @param options of each read, by its queue and its summary
   */
  public ArchiveObservations(
      Cluster cluster, Call call, BiFunction<String, String, ActivityOptions> options) {
    this.cluster = cluster;
    this.call = call;
    this.options = options;
  }

  /**
   * Begins to read one archive.
   *
   * @param what the purpose, for the activity's summary
   * @param whose the member whose system and timeline the files must have
   * @param last the file at which its chain should end, if known
   */
  public void begin(
      Instance on, String what, MemberObserved whose, WalSegmentSize size, List<WalFileName> last) {
    begin(on, what, whose.system(), whose.standing().timeline(), size, last);
  }

  /** The same with a system and a timeline from elsewhere. */
  public void begin(
      Instance on,
      String what,
      SystemIdentifier system,
      TimelineId timeline,
      WalSegmentSize size,
      List<WalFileName> last) {
    Site site = cluster.site(on.site()).orElseThrow();
    ArchiveActivities port =
        Workflow.newActivityStub(
            ArchiveActivities.class, options.apply(ActivityPolicies.queueOf(site.name()), what));
    ObserveRecent request =
        new ObserveRecent(
            call, WorkLists.on(cluster, on), site.archive(), system, timeline, size, last);
    looks.add(new Look(on, Async.function(port::observeRecent, request)));
  }

  /** Takes the answers that arrive within that time; the other archives count as silent. */
  public Seen heardWithin(Duration atMost) {
    Workflow.await(atMost, () -> looks.stream().allMatch(look -> look.answer().isCompleted()));
    List<Look> silent = looks.stream().filter(look -> !look.answer().isCompleted()).toList();
    looks.removeAll(silent);
    Seen heard = heard();
    List<InstanceFailure> unread = new ArrayList<>(heard.unread());
    for (Look look : silent) {
      unread.add(
          new InstanceFailure(
              look.on().id(),
              FailureCode.HOST_SILENT,
              "it was not known in the time of this observation"));
    }
    return new Seen(heard.archives(), unread);
  }

  /** Waits for all answers. If the run is cancelled meanwhile, the cancellation is thrown. */
  public Seen heard() {
    List<RecentArchived> seen = new ArrayList<>();
    List<InstanceFailure> unread = new ArrayList<>();
    for (Look look : looks) {
      try {
        seen.add(look.answer().get());
      } catch (TemporalFailure failure) {
        unread.addAll(FanOut.silent(List.of(look.on()), failure));
      }
    }
    return new Seen(seen, unread);
  }
}
