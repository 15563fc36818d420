package dev.mooring.runbook.failback;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.checks.RoleChangeRun;
import dev.mooring.runbook.resilver.ResilverInstances;
import dev.mooring.runbook.resilver.Wanted;
import dev.mooring.runbook.switchover.MovePrimary;
import dev.mooring.runbook.switchover.SwitchoverStep;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook Failback; see {@link FailbackWorkflow}. */
public final class FailbackImpl extends RoleChangeRun implements FailbackWorkflow {
  private @Nullable ResilverInstances resilvering;

  @WorkflowInit
  public FailbackImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.FAILBACK, raw, FailbackStep.class));
  }

  @Override
  public RoleChangeResult failBack(@Nullable RawRequest raw) {
    FailbackRequest request = run.bound(() -> FailbackRequest.of(raw));
    asked(request.to(), request.asked(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> goBack(request));
  }

  private RoleChangeResult goBack(FailbackRequest request) {
    Cluster cluster = run.observe(FailbackStep.RESOLVE, context::readCluster);
    Instance to = Destination.of(cluster, request.to());
    receiptAt(to::site);
    ResilverInstances resilver = begun(new ResilverInstances(context, wanted(request, to)));
    resilvering = resilver;
    MovePrimary moving = begun(new MovePrimary(context, intent(request, to)));
    resilver.look();
    boolean resilvers = resilver.size() > 0;
    if (resilvers) {
      run.observe(FailbackStep.LOOK_AHEAD, () -> planBoth(request, resilver, moving));
      if (request.mode() == Mode.PLAN) {
        return planOfBoth(resilver, moving, to);
      }
      moving.refuseOnTargetsHost();
      resilvered(request, resilver, moving);
    }
    if (!resilvers) {
      context.planFact(resilver.checkpoint());
    }
    String digest = resilvers ? "" : request.digest();
    run.observe(FailbackStep.CHECK, () -> plan(request, moving, digest));
    if (request.mode() == Mode.PLAN) {
      return ended(moving.checks(), moving.planOutcome(), moving.headline());
    }
    if (!resilvers) {
      overridden(request, resilver.broken());
    }
    return moved(request, moving, digest);
  }

  private static Wanted wanted(FailbackRequest request, Instance to) {
    return Wanted.at(to.site())
        .overriding(request.ofSource())
        .ofSystem(request.systemIdentifierEnds());
  }

  private static MovePrimary.Intent intent(FailbackRequest request, Instance to) {
    return new MovePrimary.Intent(
        to, request.ofMove(), request.detach(), request.systemIdentifierEnds(), request.inWords());
  }

  private void overridden(FailbackRequest request, List<String> rules) {
    context.deciding().overridden(rules, request.by(), request.reason());
  }

  /** The move can be judged as far only as nothing is resilvered before it. */
  private RoleChangeResult planOfBoth(ResilverInstances resilver, MovePrimary moving, Instance to) {
    List<String> against = moving.against(resilver.instances());
    String move =
        String.format(
            "%s; once %s caught up, the move to %s gets a plan and an approval of its own: what"
                + " concerns them, except the host of %s, can't be judged before",
            resilver.inWords(), resilver.size() == 1 ? "it has" : "they have", to.id(), to.id());
    return against.isEmpty()
        ? ended(moving.checks(), Plan.PLANNED, move + ", and nothing else blocks it now")
        : ended(
            moving.checks(),
            Plan.WOULD_REFUSE,
            move + "; of the other checks these block it now: " + String.join("; ", against));
  }

  /** The instances to resilver, and the move as planned now: the first approval covers both. */
  private void planBoth(FailbackRequest request, ResilverInstances resilver, MovePrimary moving) {
    moving.look(SwitchoverStep.OBSERVE);
    refuseIfThere(request, moving);
    context.planned(request.inWords(), objects(resilver, moving), measured(resilver, moving));
  }

  private static List<String> objects(ResilverInstances resilver, MovePrimary moving) {
    List<String> objects = new ArrayList<>(resilver.objects());
    moving.objects().forEach(object -> objects.add("then " + object));
    return objects;
  }

  private static List<Fact> measured(ResilverInstances resilver, MovePrimary moving) {
    List<Fact> measured = new ArrayList<>(resilver.measured());
    measured.addAll(moving.measured());
    return measured;
  }

  /** Ends with good standbys at the target's site, and no lock held. */
  private void resilvered(FailbackRequest request, ResilverInstances resilver, MovePrimary moving) {
    context.refuseUnlessApprovable(approval(request, ""));
    if (resilver.takesDataAway() || !request.digest().isEmpty()) {
      run.observe(
          FailbackStep.APPROVE_RESILVER,
          () -> context.approved(approval(request, request.digest())));
    }
    run.observe(FailbackStep.LOCK_FOR_RESILVER, () -> lockForResilver(request, resilver, moving));
    resilver.start(
        () -> run.leaves(resilver.inWords() + ": that stays; the primary was not moved"));
    run.observe(FailbackStep.UNLOCK, context::unlocked);
    resilver.catchUp(request.catchUpWithin());
  }

  /** Who brought the digest of both reads the move's plan too, and may sign it. */
  private Approval approval(FailbackRequest request, String digest) {
    boolean several = context.refusesUnsigned() || context.persons() > 1;
    boolean maySign = several && digest.isEmpty() && !request.digest().isEmpty();
    return new Approval(
        maySign ? "" : request.by(), digest, request.reason(), Approval.USUALLY, context.persons());
  }

  private void lockForResilver(
      FailbackRequest request, ResilverInstances resilver, MovePrimary moving) {
    context.lockedEverywhere();
    resilver.lookAgain();
    moving.look(SwitchoverStep.OBSERVE);
    moving.refuseOnLocks();
    moving.refuseOnTargetsHost();
    context.plannedAgain(request.inWords(), objects(resilver, moving), measured(resilver, moving));
    resilver.holdEpoch();
    overridden(request, resilver.broken());
  }

  private void plan(FailbackRequest request, MovePrimary moving, String digest) {
    moving.look(SwitchoverStep.OBSERVE);
    refuseIfThere(request, moving);
    moving.plan(approval(request, digest));
  }

  /** A site has the primary back if any of its members is the primary. */
  private static void refuseIfThere(FailbackRequest request, MovePrimary moving) {
    Instance from = moving.from();
    if (from.site().value().equals(request.to())) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "the primary %s is at %s already; to move it within the site, name the instance",
              from.id(), from.site()));
    }
  }

  /**
   * The move. After a resilver no person has read its plan yet: only the digest of its own plan
   * approves it.
   */
  private RoleChangeResult moved(FailbackRequest request, MovePrimary moving, String digest) {
    moving.refuseOnChecks(request.by(), request.reason());
    run.observe(FailbackStep.APPROVE, () -> context.approved(approval(request, digest)));
    run.observe(FailbackStep.LOCK, context::lockedEverywhere);
    run.observe(FailbackStep.OBSERVE_AGAIN, moving::lookAgain);
    moving.refuseOnChecks(request.by(), request.reason());
    moving.prepare();
    moving.promote();
    String headline = moving.followNewPrimary();
    return ended(moving.checks(), "Completed", headline);
  }

  @Override
  protected List<String> degraded() {
    ResilverInstances resilver = resilvering;
    List<String> all = new ArrayList<>(resilver == null ? List.of() : resilver.unread());
    all.addAll(super.degraded());
    all.addAll(run.lateStop());
    return all;
  }
}
