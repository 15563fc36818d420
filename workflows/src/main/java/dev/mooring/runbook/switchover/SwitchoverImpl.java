package dev.mooring.runbook.switchover;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook Switchover; see {@link SwitchoverWorkflow}. */
public final class SwitchoverImpl extends AnsweringRun implements SwitchoverWorkflow {
  private @Nullable Instance target;
  private @Nullable SwitchoverRequest asked;
  private @Nullable MovePrimary switching;

  @WorkflowInit
  public SwitchoverImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.SWITCHOVER, raw, SwitchoverStep.class));
  }

  @Override
  public SwitchoverResult switchOver(@Nullable RawRequest raw) {
    SwitchoverRequest request = run.bound(() -> SwitchoverRequest.of(raw));
    asked = request;
    run.inMode(request.mode());
    return run.runToEnding(
        () -> move(request), SwitchoverResult::headline, ending -> writeReceipt(request, ending));
  }

  private SwitchoverResult move(SwitchoverRequest request) {
    Cluster cluster = run.observe(SwitchoverStep.RESOLVE, context::readCluster);
    Instance to = MovePrimary.target(cluster, request.to());
    target = to;
    MovePrimary doing =
        new MovePrimary(
            context,
            new MovePrimary.Intent(
                to,
                request.overrides(),
                request.detach(),
                request.systemIdentifierEnds(),
                request.inWords()));
    switching = doing;
    boolean approved = request.mode() == Mode.EXECUTE && !request.digest().isEmpty();
    if (!approved) {
      run.observe(SwitchoverStep.OBSERVE, () -> planned(request, doing));
      if (request.mode() == Mode.PLAN) {
        return ended(doing.planOutcome(), doing.headline());
      }
      doing.refuseOnChecks();
      context.deciding().overridden(doing.broken(), request.by(), request.reason());
      run.observe(SwitchoverStep.APPROVE, () -> context.approved(request.approval()));
    }
    run.observe(SwitchoverStep.LOCK, context::lockedEverywhere);
    run.observe(
        SwitchoverStep.OBSERVE_AGAIN,
        () -> approved ? lookedAsApproved(request, doing) : lookedAgain(doing));
    doing.refuseOnChecks();
    context.deciding().overridden(doing.broken(), request.by(), request.reason());
    return ended("Completed", doing.make());
  }

  private static boolean planned(SwitchoverRequest request, MovePrimary doing) {
    doing.look(SwitchoverStep.OBSERVE);
    doing.plan(request.approval());
    return true;
  }

  private static boolean lookedAsApproved(SwitchoverRequest request, MovePrimary doing) {
    doing.lookAsApproved(request.approval());
    return true;
  }

  private static boolean lookedAgain(MovePrimary doing) {
    doing.lookAgain();
    return true;
  }

  private SwitchoverResult ended(String outcome, String headline) {
    return new SwitchoverResult(
        outcome,
        headline,
        context.plan().digest(),
        checks(),
        degraded(),
        proofs(),
        run.atItsEnd().steps());
  }

  private List<CheckRow> checks() {
    MovePrimary doing = switching;
    return doing == null ? List.of() : doing.checks();
  }

  private List<Receipt.ProofRecord> proofs() {
    MovePrimary doing = switching;
    return doing == null ? List.of() : doing.proofs();
  }

  private List<String> degraded() {
    MovePrimary doing = switching;
    return doing == null ? List.of() : doing.degraded();
  }

  private String writeReceipt(SwitchoverRequest request, Receipt.Ending ending) {
    Instance to = target;
    return to == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(to.site(), context.receipt(asked(request), ending, seen()));
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  private static RunContext.Asked asked(SwitchoverRequest request) {
    return new RunContext.Asked(
        request.to().value(), request.asked(), request.by(), request.reason());
  }

  @Override
  public Receipt receipt() {
    SwitchoverRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
