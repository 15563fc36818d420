package dev.mooring.runbook.replication;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.PrimaryCheckpoint;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The looks and the steps by which commits of the primary stop waiting for standbys, or wait for
 * them again. What is recorded never claims more than what is in force:
 *
 * <ul>
 *   <li><b>Relaxing.</b> First the hosts of the primary and of enough standbys record that commits
 *       may wait for no standby; only then is the setting changed. From the record on a failover
 *       claims nothing, so no moment is left at which it claims too much.
 *   <li><b>Restoring.</b> The same record is made first if the setting changes. Then it is changed,
 *       seen in force, and the standbys are awaited up to where the primary is after a checkpoint:
 *       a commit that was acknowledged before may have waited for none of them. The record is
 *       removed last.
 * </ul>
 *
 * <p>A run that ends at any point leaves the record: then a failover claims too little, until a run
 * removes it. Once the removal has begun the setting is not given back, because a host may have no
 * record any more.
 */
final class SynchronousReplication {
  private static final int LOOKS = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final RunContext context;
  private final RunbookRun run;
  private final Cluster cluster;
  private final SetupCalls calls;
  private final ReplicationRequest request;
  private final Optional<UnaskedSynchronous> unasked;
  private boolean clearing;

  SynchronousReplication(RunContext context, SetupCalls calls, ReplicationRequest request) {
    this.context = context;
    this.run = context.run();
    this.cluster = context.cluster();
    this.calls = calls;
    this.request = request;
    this.unasked = request.incident().map(since -> new UnaskedSynchronous(context, request, since));
  }

  /**
   * What follows from what was seen.
   *
   * @param broken the rules about the primary that are overridden
   * @param roles of the members whose hosts answered
   */
  record Looked(SynchronousPlan plan, List<String> broken, List<InstanceRole> roles) {
    Looked {
      broken = List.copyOf(broken);
      roles = List.copyOf(roles);
    }
  }

  /** Reads the hosts, and judges. */
  Looked look(Members members, Call call) {
    WhoMayWrite hosts = WhoMayWrite.asked(cluster, members.primary(), call);
    List<String> broken =
        new ArrayList<>(hosts.broken(cluster, members, call, request.overrides()));
    SynchronousPlan plan =
        RunContext.refuseUnless(SynchronousPlan.judge(cluster, members, hosts.roles(), request));
    broken.addAll(plan.overridden());
    return new Looked(plan, broken, hosts.roles());
  }

  /** What only a person may pass over, for the plan of a run that a watch starts. */
  List<Fact> measured(Looked seen) {
    return unasked.map(one -> one.measured(seen)).orElse(List.of());
  }

  /**
   * A person approves that commits wait for no standby; a restoring needs what a setup needs.
   * Whatever a watch starts needs an approval.
   */
  void approved(Looked seen) {
    if (unasked.isPresent()) {
      context.approved(unasked.get().approval(seen));
    } else if (seen.plan().relaxes() || overridesWithPersons(seen)) {
      context.approved(request.approval(context.persons()));
    } else if (!request.digest().isEmpty()) {
      context.approved(request.ofThatPlan());
    }
  }

  /**
   * Refuses a rule that is broken only since the plan was made: no person has approved that. A run
   * of a watch must be as it was before.
   */
  void refuseUnlessApproved(Looked again) {
    unasked.ifPresent(one -> one.refuseUnlessAsBefore(again));
    if (overridesWithPersons(again)
        && context.deciding().approvers(context.plan().digest()).isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.NOT_APPROVED,
          String.join("; ", again.broken())
              + ". That was not so before the locks were taken: start the run again, and it waits"
              + " for the approval of it");
    }
  }

  /** Whether a rule is overridden, and one person's word is not enough for that. */
  private boolean overridesWithPersons(Looked seen) {
    return !seen.broken().isEmpty() && (context.refusesUnsigned() || context.persons() > 1);
  }

  /**
   * Everything, in order.
   *
   * @param changed takes each change once it is made, one sentence each
   * @param degraded takes what is less than wanted
   */
  void make(SynchronousPlan plan, List<String> changed, List<String> degraded) {
    if (plan.relaxes() || plan.sets()) {
      record(plan, changed, degraded);
    }
    if (plan.sets()) {
      set(plan, changed);
    }
    run.observe(ReplicationStep.SEE_SYNCHRONOUS, () -> see(plan));
    if (!plan.relaxes()) {
      clearOnceConfirmed(plan, degraded);
    }
  }

  private void record(SynchronousPlan plan, List<String> changed, List<String> degraded) {
    List<InstanceFailure> silent =
        run.step(
            ReplicationStep.RECORD_RELAXATION,
            () -> recorded(plan, run.call(ReplicationStep.RECORD_RELAXATION)),
            Undo.by(
                () ->
                    run.stays(
                        String.format(
                            "it stays recorded that commits of %s may wait for no standby: once"
                                + " standbys stream, `mooring replicate synchronous %s` removes"
                                + " that",
                            plan.members().primary().id(), cluster.name()))));
    changed.add(plan.record());
    if (plan.relaxes()) {
      silent.forEach(
          one -> degraded.add(one.instance() + ": its host did not record it: " + one.message()));
    }
  }

  /** First on the primary's host, and then on the others; those whose hosts did not take it. */
  private List<InstanceFailure> recorded(SynchronousPlan plan, Call call) {
    FanOut.failOn(relax(plan, List.of(plan.members().primary()), call));
    List<InstanceFailure> silent = relax(plan, others(plan.hosts(), plan), call);
    boolean all = unasked.filter(UnaskedSynchronous::isByTheFile).isPresent();
    FanOut.failOn(!plan.relaxes() ? List.of() : all ? silent : unrecorded(plan, silent));
    return silent;
  }

  private static List<Instance> others(List<Instance> hosts, SynchronousPlan plan) {
    return hosts.stream().filter(one -> !one.equals(plan.members().primary())).toList();
  }

  private List<InstanceFailure> relax(SynchronousPlan plan, List<Instance> on, Call call) {
    return calls.recordRelaxation(plan.members().primary(), timeline(plan), on, call);
  }

  private static TimelineId timeline(SynchronousPlan plan) {
    return plan.members().primarySeen().standing().timeline();
  }

  /**
   * Those that must have the record and don't; none if enough have it, or the rule is overridden.
   */
  private List<InstanceFailure> unrecorded(SynchronousPlan plan, List<InstanceFailure> silent) {
    List<InstanceId> failed = silent.stream().map(InstanceFailure::instance).toList();
    List<Instance> reported =
        plan.hosts().stream().filter(one -> !failed.contains(one.id())).toList();
    return plan.unrecorded().isEmpty()
            && !SynchronousPlan.tooFewHosts(cluster, plan.members().primary(), reported).isEmpty()
        ? silent
        : List.of();
  }

  private void set(SynchronousPlan plan, List<String> changed) {
    Instance primary = plan.members().primary();
    run.step(
        ReplicationStep.SET_SYNCHRONOUS,
        () -> calls.synchronous(primary, plan.after(), run.call(ReplicationStep.SET_SYNCHRONOUS)),
        Undo.by(() -> giveBack(plan, changed)));
    changed.add(plan.reported());
  }

  private void giveBack(SynchronousPlan plan, List<String> changed) {
    if (clearing) {
      run.stays("synchronous_standby_names stays as it was set");
      return;
    }
    calls.revertSynchronous(
        plan.members().primary(), plan.before(), run.call(ReplicationStep.SET_SYNCHRONOUS));
    changed.remove(plan.reported());
  }

  private MemberObserved see(SynchronousPlan plan) {
    PrimaryCalls primaries = new PrimaryCalls(cluster);
    for (int looks = 1; ; looks++) {
      ReplicationObserved seen =
          primaries.look(plan.members().primary(), run.call(ReplicationStep.SEE_SYNCHRONOUS));
      FanOut.failOn(seen.failures());
      MemberObserved primary = seen.members().get(0);
      Optional<String> against = against(plan, primary);
      if (against.isEmpty()) {
        return primary;
      }
      if (looks == LOOKS) {
        throw RunbookStop.failed(FailureCode.DATABASE_REFUSED, against.get());
      }
      Workflow.sleep(BETWEEN_LOOKS);
    }
  }

  private Optional<String> against(SynchronousPlan plan, MemberObserved primary) {
    String names = SynchronousNames.on(primary).names();
    if (!names.equals(plan.after().names())) {
      return Optional.of(
          String.format(
              "synchronous_standby_names of %s is '%s', not '%s': it may be set on its command line"
                  + " or in another file",
              primary.instance(), names, plan.after().names()));
    }
    return plan.confirming().stream()
        .filter(standby -> primary.senders().stream().noneMatch(one -> confirms(one, standby)))
        .map(standby -> standby.id() + " does not stream as a synchronous standby")
        .findFirst();
  }

  private boolean confirms(Sender sender, Instance standby) {
    return sender.confirms()
        && sender.application().equalsIgnoreCase(cluster.applicationName(standby));
  }

  private void clearOnceConfirmed(SynchronousPlan plan, List<String> degraded) {
    String unconfirmed = run.observe(ReplicationStep.AWAIT_CONFIRMING, () -> unconfirmed(plan));
    if (!unconfirmed.isEmpty()) {
      degraded.add(
          String.format(
              "it stays recorded that commits may wait for no standby, until"
                  + " `mooring replicate synchronous %s` removes that: %s",
              cluster.name(), unconfirmed));
      return;
    }
    run.onlyForward(
        ReplicationStep.CLEAR_RELAXATION,
        () ->
            run.step(
                    ReplicationStep.CLEAR_RELAXATION,
                    () -> cleared(plan),
                    Undo.nothing("commits wait for standbys again"))
                .forEach(
                    silent ->
                        degraded.add(
                            silent.instance()
                                + ": its host may still record that commits wait for no standby: "
                                + silent.message())));
  }

  /**
   * Why a commit may still be on the primary alone; empty if none is. Commits wait only once the
   * checkpointer has read the setting (SyncRepUpdateSyncStandbysDefined in PostgreSQL's syncrep.c):
   * it has before a checkpoint that is requested after that.
   */
  private String unconfirmed(SynchronousPlan plan) {
    Call call = run.call(ReplicationStep.AWAIT_CONFIRMING);
    Instance primary = plan.members().primary();
    try {
      PrimaryCheckpoint.make(cluster, call, primary);
    } catch (RunbookStop failed) {
      return failed.reason();
    }
    return FanOut.inWords(
        new CatchUp(cluster)
            .await(call, primary, plan.confirming(), SetUpReplication.STREAMS_WITHIN, List.of())
            .behind());
  }

  /** On all members' hosts, also those that did not answer before. */
  private List<InstanceFailure> cleared(SynchronousPlan plan) {
    clearing = true;
    return calls.clearRelaxation(
        plan.members().primary(),
        timeline(plan),
        cluster.members(),
        run.call(ReplicationStep.CLEAR_RELAXATION));
  }
}
