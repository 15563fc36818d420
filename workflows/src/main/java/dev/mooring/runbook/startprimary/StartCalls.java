package dev.mooring.runbook.startprimary;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.PrimaryActivities.StartBarred;
import dev.mooring.port.PrimaryActivities.StartStopped;
import dev.mooring.port.PrimaryActivities.Started;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.BriefLook;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/** The port calls of one StartPrimary, each with its queue, its policy and its summary. */
final class StartCalls {
  /** How long crash recovery may take before it is read again. */
  static final Duration UP_WITHIN = Duration.ofSeconds(60);

  private static final Duration ANSWERED = Duration.ofSeconds(5);
  private static final Duration STREAMING_WITHIN = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final String boot;

  /**
   * The calls of a run.
   *
   * @param boot of the primary's host, in which no person asks for the start; else empty
   */
  StartCalls(Cluster cluster, String boot) {
    this.cluster = cluster;
    this.boot = boot;
  }

  ObservedMembers observe(Call call) {
    return new BriefLook(cluster, ANSWERED).all(call);
  }

  /** Observes the members over SQL, in one call for each site. */
  MemberAnswers bySite(Call call) {
    return new MemberObservations(cluster).answers(call);
  }

  /** Reads the roles of the instances of DR sites, of which none is a member. */
  MemberRoles drSites(Call call) {
    return new BriefLook(cluster, ANSWERED)
        .roles(
            call,
            cluster.consumers().stream()
                .flatMap(site -> cluster.instancesAt(site).stream())
                .toList());
  }

  /** Asks the hosts that were read what else manages members there, if that is not known yet. */
  ObservedMembers around(Call call, ObservedMembers seen) {
    return seen.with(new BriefLook(cluster, ANSWERED).around(call, seen));
  }

  Started start(Call call, Instance primary, SystemIdentifier system) {
    return primaries(ActivityPolicies.ENSURE.options(queue(primary), "start " + primary.id()))
        .ensureStarted(stopped(call, primary, system));
  }

  StartBarred bar(Call call, Instance primary, SystemIdentifier system) {
    return primaries(
            ActivityPolicies.ENSURE.options(
                queue(primary), "check whether " + primary.id() + " was started"))
        .revertStarted(stopped(call, primary, system));
  }

  private StartStopped stopped(Call call, Instance primary, SystemIdentifier system) {
    return new StartStopped(call, WorkLists.on(cluster, primary), system, UP_WITHIN, boot);
  }

  private static PrimaryActivities primaries(ActivityOptions options) {
    return Workflow.newActivityStub(PrimaryActivities.class, options);
  }

  StandbysAwaited awaitStreaming(Call call, Instance primary, List<Instance> standbys) {
    return new CatchUp(cluster).await(call, primary, standbys, STREAMING_WITHIN, List.of());
  }

  /** In one attempt: a commit may wait for an absent standby. */
  WriteProved write(Call call, Instance primary) {
    return new MemberWrites(cluster).once(call, primary);
  }

  ReplicationObserved read(Call call, Instance primary) {
    return new MemberObservations(cluster)
        .read(
            ActivityPolicies.OBSERVE.options(queue(primary), "read from " + primary.id()),
            call,
            List.of(primary));
  }

  /** The members that report over SQL that they accept writes; silent members are left out. */
  List<InstanceId> writersAmong(Call call, List<Instance> members) {
    return MemberObservations.writers(new BriefLook(cluster, ANSWERED).overSql(call, members));
  }

  private static String queue(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }
}
