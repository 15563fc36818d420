package dev.mooring.runbook.failback;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
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
public final class FailbackImpl extends AnsweringRun implements FailbackWorkflow {
  private @Nullable FailbackRequest asked;
  private @Nullable Instance target;
  private @Nullable ResilverInstances resilvering;
  private @Nullable MovePrimary switching;

  @WorkflowInit
  public FailbackImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.FAILBACK, raw, FailbackStep.class));
  }

  @Override
  public FailbackResult failBack(@Nullable RawRequest raw) {
    FailbackRequest request = run.bound(() -> FailbackRequest.of(raw));
    asked = request;
    run.inMode(request.mode());
    return run.runToEnding(
        () -> goBack(request), FailbackResult::headline, ending -> writeReceipt(request, ending));
  }

  private FailbackResult goBack(FailbackRequest request) {
    Cluster cluster = run.observe(FailbackStep.RESOLVE, context::readCluster);
    Instance to = Destination.of(cluster, request.to());
    target = to;
    ResilverInstances healing = new ResilverInstances(context, wanted(request, to));
    resilvering = healing;
    MovePrimary moving =
        new MovePrimary(
            context,
            new MovePrimary.Intent(
                to,
                request.ofMove(),
                request.detach(),
                request.systemIdentifierEnds(),
                request.inWords()));
    switching = moving;
    healing.look();
    boolean heals = healing.size() > 0;
    if (heals) {
      run.observe(FailbackStep.LOOK_AHEAD, () -> plannedBoth(request, healing, moving));
      if (request.mode() == Mode.PLAN) {
        return planOfBoth(healing, moving, to);
      }
      moving.refuseOnTargetsHost();
      healed(request, healing, moving);
    }
    String digest = heals ? "" : request.digest();
    run.observe(FailbackStep.CHECK, () -> planned(request, moving, digest));
    if (request.mode() == Mode.PLAN) {
      return ended(moving.planOutcome(), moving.headline());
    }
    if (!heals) {
      overridden(request, healing.broken());
    }
    return moved(request, moving, digest);
  }

  private static Wanted wanted(FailbackRequest request, Instance to) {
    return Wanted.at(to.site())
        .overriding(request.ofSource())
        .ofSystem(request.systemIdentifierEnds());
  }

  private void overridden(FailbackRequest request, List<String> rules) {
    context.deciding().overridden(rules, request.by(), request.reason());
  }

  /** The move can be judged as far only as nothing is healed before it. */
  private FailbackResult planOfBoth(ResilverInstances healing, MovePrimary moving, Instance to) {
    List<String> against = moving.against(healing.instances());
    String move =
        String.format(
            "%s; once %s caught up, the move to %s is planned and approved by itself: what concerns"
                + " them, but for the host of %s, can't be judged before",
            healing.inWords(), healing.size() == 1 ? "it has" : "they have", to.id(), to.id());
    return against.isEmpty()
        ? ended(Plan.PLANNED, move + ", and nothing else stands against it now")
        : ended(
            Plan.WOULD_REFUSE,
            move + "; of the rest stands against it now: " + String.join("; ", against));
  }

  /** What is healed, and the move as it stands now: both are what the first approval is for. */
  private boolean plannedBoth(
      FailbackRequest request, ResilverInstances healing, MovePrimary moving) {
    moving.look(SwitchoverStep.OBSERVE);
    refuseIfThere(request, moving);
    context.planned(request.inWords(), objects(healing, moving), measured(healing, moving));
    return true;
  }

  private static List<String> objects(ResilverInstances healing, MovePrimary moving) {
    List<String> objects = new ArrayList<>(healing.objects());
    moving.objects().forEach(object -> objects.add("then " + object));
    return objects;
  }

  private static List<Fact> measured(ResilverInstances healing, MovePrimary moving) {
    List<Fact> measured = new ArrayList<>(healing.measured());
    measured.addAll(moving.measured());
    return measured;
  }

  /** Ends with good standbys at the target's site, and no lock held. */
  private void healed(FailbackRequest request, ResilverInstances healing, MovePrimary moving) {
    if (healing.takesDataAway() || !request.digest().isEmpty()) {
      run.observe(
          FailbackStep.APPROVE_HEALING,
          () -> context.approved(approval(request, request.digest())));
    }
    run.observe(FailbackStep.LOCK_TO_HEAL, () -> lockedToHeal(request, healing, moving));
    healing.start(() -> run.leaves(healing.inWords() + ": that stays; the primary was not moved"));
    run.observe(FailbackStep.UNLOCK, this::unlocked);
    healing.catchUp(request.catchUpWithin());
  }

  private static Approval approval(FailbackRequest request, String digest) {
    return new Approval(request.by(), digest, request.reason(), Approval.USUALLY);
  }

  private boolean lockedToHeal(
      FailbackRequest request, ResilverInstances healing, MovePrimary moving) {
    context.lockedEverywhere();
    healing.lookAgain();
    moving.look(SwitchoverStep.OBSERVE);
    moving.refuseOnLocks();
    moving.refuseOnTargetsHost();
    context.plannedAgain(request.inWords(), objects(healing, moving), measured(healing, moving));
    healing.holdEpoch();
    overridden(request, healing.broken());
    return true;
  }

  private boolean unlocked() {
    context.unlocked();
    return true;
  }

  private boolean planned(FailbackRequest request, MovePrimary moving, String digest) {
    moving.look(SwitchoverStep.OBSERVE);
    refuseIfThere(request, moving);
    moving.plan(approval(request, digest));
    return true;
  }

  /** A site has the primary back when any of its members is it. */
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
   * The move. After a healing nobody has seen what it would do yet: only its own plan's digest
   * approves it.
   */
  private FailbackResult moved(FailbackRequest request, MovePrimary moving, String digest) {
    moving.refuseOnChecks();
    overridden(request, moving.broken());
    run.observe(FailbackStep.APPROVE, () -> context.approved(approval(request, digest)));
    run.observe(FailbackStep.LOCK, this::locked);
    run.observe(FailbackStep.OBSERVE_AGAIN, () -> lookedAgain(moving));
    moving.refuseOnChecks();
    overridden(request, moving.broken());
    return ended("Completed", moving.make());
  }

  private boolean locked() {
    context.lockedEverywhere();
    return true;
  }

  private static boolean lookedAgain(MovePrimary moving) {
    moving.lookAgain();
    return true;
  }

  private FailbackResult ended(String outcome, String headline) {
    MovePrimary moving = switching;
    return new FailbackResult(
        outcome,
        headline,
        context.plan().digest(),
        moving == null ? List.of() : moving.checks(),
        degraded(),
        proofs(),
        run.atItsEnd().steps());
  }

  private List<Receipt.ProofRecord> proofs() {
    ResilverInstances healing = resilvering;
    MovePrimary moving = switching;
    List<Receipt.ProofRecord> proofs = new ArrayList<>();
    if (healing != null && moving != null) {
      proofs.addAll(healing.proofs());
      proofs.addAll(moving.proofs());
    }
    return proofs;
  }

  private List<String> degraded() {
    ResilverInstances healing = resilvering;
    MovePrimary moving = switching;
    List<String> degraded = new ArrayList<>();
    if (healing != null && moving != null) {
      degraded.addAll(healing.unread());
      degraded.addAll(healing.degraded());
      degraded.addAll(moving.degraded());
    }
    degraded.addAll(run.lateStop());
    return degraded;
  }

  private String writeReceipt(FailbackRequest request, Receipt.Ending ending) {
    Instance to = target;
    return to == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(to.site(), context.receipt(asked(request), ending, seen()));
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  private static RunContext.Asked asked(FailbackRequest request) {
    return new RunContext.Asked(request.to(), request.asked(), request.by(), request.reason());
  }

  @Override
  public Receipt receipt() {
    FailbackRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
