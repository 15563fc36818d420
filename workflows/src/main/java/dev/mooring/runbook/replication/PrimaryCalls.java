package dev.mooring.runbook.replication;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.PrimaryActivities.ArchiveSeen;
import dev.mooring.port.PrimaryActivities.ObservePrimary;
import dev.mooring.port.PrimaryActivities.PrimarySet;
import dev.mooring.port.PrimaryActivities.Restart;
import dev.mooring.port.PrimaryActivities.Restarted;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.PrimaryCheckpoint;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a setup asks of the primary and its host about settings that only a start takes. */
final class PrimaryCalls {
  /** After a checkpoint of its own a fast stop takes seconds; both fit in one attempt. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(40);

  private static final Duration UP_WITHIN = Duration.ofSeconds(40);

  /** One try of a server that is silent. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

  private final Cluster cluster;

  PrimaryCalls(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * What the members beside the primary say of themselves.
   *
   * @param writers those that accept writes
   * @param unasked those that were observed before and could not be asked now, and why
   */
  record Beside(List<InstanceId> writers, List<String> unasked) {
    Beside {
      writers = List.copyOf(writers);
      unasked = List.copyOf(unasked);
    }
  }

  private HostWork on(Instance primary) {
    return WorkLists.on(cluster, primary);
  }

  private PrimaryActivities port(ActivityPolicies how, Instance primary, String what) {
    return Workflow.newActivityStub(
        PrimaryActivities.class,
        how.options(ActivityPolicies.queueOf(primary.site()), what + " " + primary.id()));
  }

  /**
   * What is at the place of the archive directory; there, where its host sees no such directory.
   */
  ArchiveSeen archive(Members members, Call call) {
    String archive = PrimaryCheck.archiveOf(cluster, members);
    Instance primary = members.primary();
    return archive.isEmpty()
        ? ArchiveSeen.THERE
        : port(ActivityPolicies.OBSERVE, primary, "look at the archive directory of")
            .observePrimary(new ObservePrimary(call, on(primary), archive))
            .archive();
  }

  private SetPrimary settings(PrimaryPlan plan, Call call) {
    return new SetPrimary(call, on(plan.primary()), plan.wanted(), plan.archive());
  }

  PrimarySet set(PrimaryPlan plan, Call call) {
    return port(ActivityPolicies.ENSURE_TO_ITS_END, plan.primary(), "settings of")
        .ensurePrimarySet(settings(plan, call));
  }

  PrimarySet revert(PrimaryPlan plan, Call call) {
    return port(ActivityPolicies.UNDO, plan.primary(), "give back the settings of")
        .revertPrimarySet(settings(plan, call));
  }

  /** In one attempt. */
  PrimarySet revertOnce(PrimaryPlan plan, Call call) {
    return once(ActivityPolicies.UNDO, plan.primary(), "let run again")
        .revertPrimarySet(settings(plan, call));
  }

  /** In one attempt. */
  Restarted restartOnce(PrimaryPlan plan, Call call) {
    return once(ActivityPolicies.ENSURE_TO_ITS_END, plan.primary(), "restart")
        .ensureRestarted(new Restart(call, on(plan.primary()), STOPS_WITHIN, UP_WITHIN));
  }

  private static PrimaryActivities once(ActivityPolicies how, Instance primary, String what) {
    return Workflow.newActivityStub(
        PrimaryActivities.class,
        how.oneAttempt(ActivityPolicies.queueOf(primary.site()), what + " " + primary.id()));
  }

  /**
   * Asks the members beside the primary. A server that does not answer accepts no writes that a
   * client could observe; of a server that was not asked, nothing is known.
   */
  Beside beside(Members members, Call call) {
    Observations looks = new Observations(ANSWERED_WITHIN);
    SortedMap<InstanceId, Promise<Observed<ReplicationObserved>>> looking = new TreeMap<>();
    for (Instance member : members.standbys()) {
      looking.put(member.id(), look(looks, member, call));
    }
    List<InstanceId> writers = new ArrayList<>();
    List<String> unasked = new ArrayList<>();
    looking.forEach(
        (id, look) -> {
          if (look.get() instanceof Observed.Seen<ReplicationObserved> answer) {
            writers.addAll(MemberObservations.writers(answer.value().members()));
          } else if (look.get() instanceof Observed.Unseen<ReplicationObserved> silent
              && members.member(id).isPresent()) {
            unasked.add(id + " accepts writes: " + silent.why());
          }
        });
    return new Beside(writers, unasked);
  }

  private Promise<Observed<ReplicationObserved>> look(
      Observations looks, Instance member, Call call) {
    return new MemberObservations(cluster)
        .look(
            looks,
            new Observations.At(
                member.id().value(),
                ActivityPolicies.queueOf(member.site()),
                FailureCode.DATABASE_UNREACHABLE),
            call,
            List.of(member));
  }

  /** What a fast stop would have to write. */
  Checkpointed checkpoint(Instance primary, Call call) {
    return PrimaryCheckpoint.make(cluster, call, primary);
  }

  /** The primary alone. */
  ReplicationObserved look(Instance primary, Call call) {
    return new MemberObservations(cluster)
        .read(
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.queueOf(primary.site()), "settings of " + primary.id()),
            call,
            List.of(primary));
  }
}
