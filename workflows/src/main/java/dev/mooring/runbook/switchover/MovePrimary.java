package dev.mooring.runbook.switchover;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.LockObservations;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.StepGroup;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.ResilveredRows;
import dev.mooring.runbook.checks.RunChecks;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A move of the primary, from the first observation to the last slot: all of a Switchover, and the
 * second half of a Failback. It takes no lock and asks for no approval: the calling run does. If
 * Patroni manages the members, Patroni makes the move.
 */
public final class MovePrimary implements StepGroup {
  private final RunContext context;
  private final Steps run;
  private final SwitchoverCalls ports;
  private final Intent intent;
  private final MoveMeans means;
  private List<CheckRow> checks = List.of();
  private List<String> objects = List.of();
  private @Nullable ObservedMembers observed;
  private @Nullable Move move;

  /**
   * A move that was not observed yet.
   *
   * @param context the run, its cluster file read
   */
  public MovePrimary(RunContext context, Intent intent) {
    this.context = context;
    this.run = context.run();
    this.intent = intent;
    this.ports = new SwitchoverCalls(context.cluster());
    this.means =
        DrivenFromOutside.is(context.cluster())
            ? new PatroniMeans(context.cluster(), run)
            : new OwnMeans(ports, run);
  }

  /**
   * What the run intends.
   *
   * @param to the instance that is to be the primary
   * @param overrides rules that are overridden by name
   * @param detach standbys that are detached from the old primary before it is stopped
   * @param systemIdentifierEnds digits the system identifier must end with, or empty
   * @param inWords the beginning of what a plan's digest covers
   */
  public record Intent(
      Instance to,
      List<String> overrides,
      List<InstanceId> detach,
      String systemIdentifierEnds,
      String inWords) {
    public Intent {
      overrides = List.copyOf(overrides);
      detach = List.copyOf(detach);
    }
  }

  /** The member of that name; refuses the run if there is none. */
  public static Instance target(Cluster cluster, InstanceId name) {
    DrivenFromOutside.requireStreaming(cluster);
    List<InstanceId> members = cluster.members().stream().map(Instance::id).toList();
    return cluster.members().stream()
        .filter(member -> member.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no member of cluster %s; its members are %s",
                        name, cluster.name(), members)));
  }

  /** Observes everything that the plan of the move depends on. */
  public void look(SwitchoverStep step) {
    List<String> notCompared = context.oneFileEverywhere();
    LockObservations locks =
        new LockObservations(
            context.cluster(),
            context.isLocked() ? ActivityPolicies.OBSERVE : ActivityPolicies.GLANCE);
    ObservedMembers seen = observe(step);
    observed = seen;
    means.look(run.call(step), seen);
    Instance from = primary(seen);
    MeantSystem.refuseUnless(
        context.cluster().name(),
        seen.member(from).orElseThrow().system(),
        intent.systemIdentifierEnds());
    Move wanted =
        new Move(
                context.cluster(),
                from,
                intent.to(),
                DetachStandbys.named(context.cluster(), intent, from))
            .among(
                context.cluster().members().stream()
                    .filter(one -> seen.member(one).isPresent() || seen.role(one).isPresent())
                    .toList());
    move = wanted;
    ObservedMembers all = means.lookAround(run.call(step), wanted, seen);
    observed = all;
    checks = new ArrayList<>(means.checks(wanted, all, intent.overrides()));
    checks.addAll(ofLocks(locks));
    objects = means.objects(wanted, all);
    run.note(
        step,
        String.format(
            "%s to %s: %d of %d checks hold%s",
            wanted.from().id(),
            wanted.to().id(),
            checks.size() - CheckRows.against(checks).size(),
            checks.size(),
            notCompared.isEmpty() ? "" : "; " + String.join("; ", notCompared)));
  }

  /**
   * Observes again if a member that answered before is silent: its answer may have been lost. If
   * the plan was approved elsewhere, all members most likely answered then.
   */
  private ObservedMembers observe(SwitchoverStep step) {
    ObservedMembers before = observed;
    ObservedMembers now = ports.observe(run.call(step));
    boolean lost =
        before == null
            ? step == SwitchoverStep.OBSERVE_AGAIN && now.lacksAnyone()
            : now.lacksOneOf(before);
    return lost ? ports.observe(run.call(step)) : now;
  }

  private List<CheckRow> ofLocks(LockObservations locks) {
    return context.isLocked()
        ? RunChecks.underLock(locks.heard())
        : RunChecks.before(locks.heard());
  }

  /**
   * Makes the last observation the run's plan.
   *
   * @param brings the approval that the request brings
   */
  public void plan(Approval brings) {
    String digest = context.digestOf(intent.inWords(), objects);
    checks.add(RunChecks.approval(brings, digest, context.refusesUnsigned()));
    context.planned(intent.inWords(), objects, measured());
    if (CheckRows.against(checks).isEmpty()) {
      context.planByHand(means.byHand(move()));
    }
  }

  /** Observes again under the locks; refuses unless the plan is the approved one. */
  public void lookAgain() {
    look(SwitchoverStep.OBSERVE_AGAIN);
    checks.add(
        RunChecks.approved(
            context.deciding().approvers(context.digestOf(intent.inWords(), objects))));
    context.plannedAgain(intent.inWords(), objects, measured());
    holdEpoch();
  }

  /**
   * Observes only under the locks, for a request with the digest of an approved plan; refuses if
   * the plan differs.
   */
  public void lookAsApproved(Approval brings) {
    look(SwitchoverStep.OBSERVE_AGAIN);
    context.planned(intent.inWords(), objects, measured());
    refuseOn(checks);
    context.approved(brings);
    checks.add(RunChecks.approved(context.deciding().approvers(context.plan().digest())));
    context.planned(intent.inWords(), objects, measured());
    holdEpoch();
  }

  private void holdEpoch() {
    run.holdEpoch(Epoch.after(seen().hosts().highest(), Workflow.currentTimeMillis()));
  }

  private ObservedMembers seen() {
    return Objects.requireNonNull(observed, "nothing was observed yet");
  }

  private Move move() {
    return Objects.requireNonNull(move, "nothing was observed yet");
  }

  /** The instance whose role the target takes. */
  public Instance from() {
    return move().from();
  }

  /** The plan lines that its digest covers. */
  public List<String> objects() {
    return objects;
  }

  /** The measured facts, which the digest does not cover. */
  public List<Receipt.Fact> measured() {
    return means.measured(move(), seen(), checks);
  }

  /** The rows of the last observation. */
  public List<CheckRow> checks() {
    return List.copyOf(checks);
  }

  /**
   * The checks that block the move, without those that a resilver of these instances changes.
   *
   * @param unjudged instances that will be resilvered before the move
   */
  public List<String> against(List<InstanceId> unjudged) {
    return CheckRows.inShort(
        checks.stream()
            .filter(row -> ResilveredRows.isJudged(row, intent.to(), unjudged))
            .toList());
  }

  private Instance primary(ObservedMembers looked) {
    Cluster cluster = context.cluster();
    Instance to = intent.to();
    InstanceId writer =
        RunContext.refuseUnless(OneWriter.of(cluster, looked.members(), looked.silent()))
            .instance();
    if (writer.equals(to.id())) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT, to.id() + " is the primary already; nothing was changed");
    }
    return cluster.member(writer).orElseThrow();
  }

  /** Refuses the run if a check blocks it; records the overridden rules as a decision. */
  public void refuseOnChecks(String by, String reason) {
    refuseOn(checks);
    context.deciding().overridden(CheckRows.overridden(checks), by, reason);
  }

  /** The same for the locks only, because the act under them may be another than the move. */
  public void refuseOnLocks() {
    refuseOn(checks.stream().filter(RunChecks::isOfLock).toList());
  }

  /**
   * The same for what no resilver changes: what the target has on its host, and which standbys the
   * primary's commits wait for.
   */
  public void refuseOnTargetsHost() {
    List<CheckRow> lasting =
        checks.stream().filter(row -> ResilveredRows.outlasts(row, intent.to())).toList();
    refuseOn(lasting);
  }

  private static void refuseOn(List<CheckRow> checks) {
    CheckRows.refuseOn(CheckRows.against(checks));
  }

  /** {@link Plan#PLANNED}, or {@link Plan#WOULD_REFUSE} if a check blocks the move. */
  public String planOutcome() {
    return CheckRows.against(checks).isEmpty() ? Plan.PLANNED : Plan.WOULD_REFUSE;
  }

  /** The result of the plan in one sentence. */
  public String headline() {
    Move wanted = move();
    List<String> against = CheckRows.inShort(checks);
    return against.isEmpty()
        ? String.format(
            "no check blocks moving the primary from %s to %s; plan %s",
            wanted.from().id(), wanted.to().id(), context.plan().digest())
        : String.format(
            "%d of %d checks block moving the primary from %s to %s: %s",
            against.size(),
            checks.size(),
            wanted.from().id(),
            wanted.to().id(),
            String.join("; ", against));
  }

  /** Prepares the target for the move that was last observed. */
  public void prepare() {
    means.prepare(move(), seen());
  }

  /** Demotes the old primary and promotes the target, with the point of no return. */
  public void promote() {
    means.promote(move(), seen());
  }

  /** Makes standbys and endpoints follow the new primary, and verifies it; returns a headline. */
  public String followNewPrimary() {
    return means.followNewPrimary(move());
  }

  @Override
  public List<Receipt.ProofRecord> proofs() {
    return means.proofs();
  }

  @Override
  public List<String> degraded() {
    return means.degraded();
  }
}
