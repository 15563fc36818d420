package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.CommandRun;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyReverted;
import dev.mooring.port.CopyActivities.CopyRuns;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.OldRemoved;
import dev.mooring.port.CopyActivities.OwnSetting;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Base backups and rewinds of standbys: begun, awaited, placed, taken back. What a lost worker left
 * half done is found by the next attempt on the host.
 */
public final class CopyActs {
  private static final Duration AFTER_ITS_LIMIT = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final ActOrder order;

  /**
   * Of that cluster's members.
   *
   * @param order of all acts of the run
   */
  public CopyActs(Cluster cluster, ActOrder order) {
    this.cluster = cluster;
    this.order = order;
  }

  /**
   * A base backup or a rewind of a standby.
   *
   * @param from what it is made from, under the name and with the slot of the copy
   * @param tablespaces where the source has them
   */
  public Copy copy(
      Call call,
      Way way,
      Instance standby,
      Upstream from,
      List<Elsewhere> tablespaces,
      CopyLimits limits) {
    return new Copy(
        call,
        WorkLists.on(cluster, standby),
        way,
        new Source(
            from,
            cluster.policies().database().database(),
            new MemberActs(cluster).restoreCommand(standby),
            tablespaces),
        limits,
        List.of(
            new OwnSetting("port", String.valueOf(standby.port())),
            new OwnSetting("listen_addresses", cluster.host(standby.host()).access().address())),
        List.of());
  }

  /** Begins it, or finds the one that was begun. */
  public CopyRuns begin(ActivityPolicies policy, Copy copy) {
    return acted(policy, "begin the " + made(copy), copy, CopyActivities::ensureCopying);
  }

  /** Waits for its end, beside acts on its host. */
  public CopyAwaited await(Copy copy, Duration atMost) {
    Instance standby = standby(copy);
    return port(ActivityPolicies.await(
            queue(standby), "wait for the " + made(copy) + " of " + standby.id(), atMost))
        .awaitCopied(new AwaitCopied(copy, atMost));
  }

  /** Brings what was made to its place. */
  public CopyPlaced place(ActivityPolicies policy, Copy copy) {
    return acted(
        policy,
        copy.way() == Way.REWIND ? "place the rewound directory" : "place the base backup",
        copy,
        CopyActivities::ensurePlaced);
  }

  /** Takes back a base backup that was not placed, or a rewind, after which the run goes on. */
  public CopyReverted revert(Copy copy) {
    return acted(
        copy.way() == Way.REWIND ? ActivityPolicies.ENSURE : ActivityPolicies.UNDO,
        "take back the " + made(copy),
        copy,
        CopyActivities::revertCopying);
  }

  /** Removes old directories that runs kept, but the newest. */
  public OldRemoved removeOld(Copy copy) {
    return acted(
        ActivityPolicies.ENSURE, "remove old directories", copy, CopyActivities::ensureOldRemoved);
  }

  /**
   * Keeps WAL aside that may hold lost transactions.
   *
   * @param from where it parted from the primary; none to keep all that is there
   */
  public WalKept keepWal(Call call, Instance member, List<Lsn> from) {
    CopyActivities port =
        port(
            ActivityPolicies.await(
                queue(member), "keep WAL of " + member.id(), CopyActivities.KEEPING_AT_MOST));
    return order.act(
        member,
        call,
        now -> port.ensureWalKept(new KeepWal(now, WorkLists.on(cluster, member), from)));
  }

  /**
   * Runs an administrator's command of the cluster file on a member's host.
   *
   * @param primary of the member, for the command's text
   */
  public CommandRun run(
      Call call,
      Instance member,
      String setting,
      String template,
      InstanceId primary,
      Duration within) {
    CopyActivities port =
        port(
            ActivityPolicies.withoutInsisting(
                queue(member),
                "run " + setting + " for " + member.id(),
                within.multipliedBy(2).plus(AFTER_ITS_LIMIT)));
    return order.act(
        member,
        call,
        now ->
            port.ensureCommandRun(
                new RunCommand(
                    now, WorkLists.on(cluster, member), setting, template, primary, within)));
  }

  private <T> T acted(
      ActivityPolicies policy, String what, Copy copy, BiFunction<CopyActivities, Copy, T> act) {
    Instance standby = standby(copy);
    CopyActivities port = port(policy.options(queue(standby), what + " of " + standby.id()));
    return order.act(standby, copy.call(), now -> act.apply(port, copy.by(now)));
  }

  private static String made(Copy copy) {
    return switch (copy.way()) {
      case REWIND -> "rewind";
      case BASE_BACKUP -> "base backup";
    };
  }

  private static Instance standby(Copy copy) {
    return copy.on().instances().get(0);
  }

  private static String queue(Instance standby) {
    return ActivityPolicies.queueOf(standby.site());
  }

  private static CopyActivities port(ActivityOptions options) {
    return Workflow.newActivityStub(CopyActivities.class, options);
  }
}
