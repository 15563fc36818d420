package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.FailoverActivities.PoweredOff;
import dev.mooring.port.FailoverActivities.Promote;
import dev.mooring.port.FailoverActivities.WalFetched;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.BriefLook;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** The port calls of one Failover, with their queues, policies and summaries. */
final class FailoverCalls {
  private static final Duration ANSWERED = Duration.ofSeconds(5);

  /** The same limit for a member that was silent in the observation before. */
  private static final Duration SILENT_BEFORE = Duration.ofSeconds(1);

  /** Added to the time limit of the power-off command: its check, and the wait for the lock. */
  private static final Duration POWERED_OFF_BESIDE = Duration.ofSeconds(60);

  private static final Duration POWER_CHECKED = Duration.ofSeconds(20);

  /** How long it may stay unknown whether a host promoted before an operator is notified. */
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);

  private final Cluster cluster;

  FailoverCalls(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Observes all members, their hosts and the endpoints in parallel. */
  ObservedMembers observe(Call call) {
    return observe(call, member -> false);
  }

  /**
   * Observes all members, their hosts and the endpoints in parallel.
   *
   * @param silent members that were silent, with their hosts, in the observation before
   */
  ObservedMembers observe(Call call, Predicate<Instance> silent) {
    return new BriefLook(cluster, ANSWERED)
        .all(call, member -> silent.test(member) ? SILENT_BEFORE : ANSWERED);
  }

  /** The observations that run beside {@link #observe}. */
  ObservationsBeside beside() {
    return new ObservationsBeside(cluster, ANSWERED);
  }

  /** Observes these standbys over SQL in parallel. */
  List<MemberObserved> standbys(Call call, List<Instance> which) {
    return new BriefLook(cluster, ANSWERED).overSql(call, which);
  }

  /**
   * Powers off the host of an old primary.
   *
   * @param by the site whose worker runs the command, unless the cluster file names the worker of
   *     another site
   */
  PoweredOff powerOff(Call call, Instance old, FenceCommand fence, SiteName by) {
    return failover(
            ActivityPolicies.within(
                ActivityPolicies.queueOf(siteOf(fence, by)),
                "power " + old.host() + " off",
                fence.within().plus(POWERED_OFF_BESIDE)))
        .ensurePoweredOff(
            new FenceHost(call, old.id(), cluster.host(old.host()), fence, from(fence)));
  }

  /** The result of the command's check; the power-off command itself is not run. */
  PowerObserved power(Call call, Instance old, FenceCommand fence, SiteName by) {
    return failover(
            ActivityPolicies.within(
                ActivityPolicies.queueOf(siteOf(fence, by)),
                "check whether " + old.host() + " is off",
                POWER_CHECKED))
        .observePower(new FenceHost(call, old.id(), cluster.host(old.host()), fence, from(fence)));
  }

  private static SiteName siteOf(FenceCommand fence, SiteName by) {
    return fence.from() instanceof From.WorkerOf worker ? worker.site() : by;
  }

  private List<Host> from(FenceCommand fence) {
    return fence.from() instanceof From.OnHost host
        ? List.of(cluster.host(host.name()))
        : List.of();
  }

  /**
   * Copies WAL of an old primary that is stopped to the candidate.
   *
   * @param insists whether failed attempts are repeated within the time limit, because the run
   *     waits for the WAL
   */
  WalFetched fetch(FetchWal request, Instance candidate, boolean insists) {
    String queue = ActivityPolicies.queueOf(candidate.site());
    String summary = "bring " + candidate.id() + " what only the old primary has";
    return failover(
            insists
                ? ActivityPolicies.within(queue, summary, request.within())
                : ActivityPolicies.withoutInsisting(queue, summary, request.within()))
        .ensureWalFetched(request);
  }

  FetchWal fetching(
      Call call, Move move, SystemIdentifier system, WalPosition beyond, Duration within) {
    return new FetchWal(
        call,
        WorkLists.on(cluster, move.to()),
        WorkLists.on(cluster, move.from()),
        system,
        beyond,
        within);
  }

  TakenOver promote(Promote request, Instance candidate) {
    return failover(
            ActivityPolicies.within(
                ActivityPolicies.queueOf(candidate.site()),
                "promote " + candidate.id(),
                request.within().plus(ANSWERED)))
        .ensurePromoted(request);
  }

  Promote promotion(
      Call call,
      Instance candidate,
      SystemIdentifier system,
      TimelineId timeline,
      Duration within) {
    return new Promote(call, WorkLists.on(cluster, candidate), system, timeline, within);
  }

  PromotionBarred bar(Promote request, Instance candidate) {
    return failover(
            ActivityPolicies.within(
                ActivityPolicies.queueOf(candidate.site()),
                "check whether " + candidate.id() + " was promoted",
                KNOWN_WITHIN))
        .revertPromoted(request);
  }

  private static FailoverActivities failover(ActivityOptions options) {
    return Workflow.newActivityStub(FailoverActivities.class, options);
  }
}
