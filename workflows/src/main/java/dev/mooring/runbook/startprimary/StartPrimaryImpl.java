package dev.mooring.runbook.startprimary;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook StartPrimary; see {@link StartPrimaryWorkflow}. */
public final class StartPrimaryImpl extends AnsweringRun implements StartPrimaryWorkflow {
  private @Nullable StartPrimaryRequest asked;
  private @Nullable StartLook looking;
  private @Nullable StartStoppedPrimary starting;

  @WorkflowInit
  public StartPrimaryImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.START_PRIMARY, raw, StartStep.class));
  }

  @Override
  public StartPrimaryResult start(@Nullable RawRequest raw) {
    StartPrimaryRequest request = run.bound(() -> StartPrimaryRequest.of(raw));
    asked = request;
    run.inMode(request.mode());
    return run.runToEnding(
        () -> started(request),
        StartPrimaryResult::headline,
        ending -> writeReceipt(request, ending));
  }

  private StartPrimaryResult started(StartPrimaryRequest request) {
    Cluster cluster = run.observe(StartStep.RESOLVE, context::readCluster);
    DrivenFromOutside.requireStreaming(
        cluster, "Patroni starts its members itself, see `patronictl list`");
    StartLook doing = new StartLook(context, request);
    looking = doing;
    run.observe(StartStep.OBSERVE, doing::plan);
    if (request.mode() == Mode.PLAN) {
      return ended(doing.planOutcome(), doing.headline());
    }
    doing.refuseOnChecks();
    run.observe(StartStep.APPROVE, () -> context.approved(request.approval()));
    run.observe(StartStep.LOCK, context::lockedEverywhere);
    run.observe(StartStep.OBSERVE_AGAIN, doing::lookAgain);
    doing.refuseOnChecks();
    StartStoppedPrimary acts = new StartStoppedPrimary(context, doing);
    starting = acts;
    return ended("Completed", acts.make());
  }

  private StartPrimaryResult ended(String outcome, String headline) {
    return new StartPrimaryResult(
        outcome,
        headline,
        context.plan().digest(),
        checks(),
        degraded(),
        proofs(),
        run.atItsEnd().steps());
  }

  private List<CheckRow> checks() {
    StartLook looked = looking;
    return looked == null ? List.of() : looked.checks();
  }

  private List<Receipt.ProofRecord> proofs() {
    StartStoppedPrimary doing = starting;
    return doing == null ? List.of() : doing.proofs();
  }

  private List<String> degraded() {
    StartStoppedPrimary doing = starting;
    return doing == null ? List.of() : doing.degraded();
  }

  private String writeReceipt(StartPrimaryRequest request, Receipt.Ending ending) {
    StartLook looked = looking;
    return looked == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(
            looked.receiptSite(), context.receipt(asked(request), ending, seen()));
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  private static RunContext.Asked asked(StartPrimaryRequest request) {
    return new RunContext.Asked(
        request.instance().map(Object::toString).orElse(""),
        request.asked(),
        request.by(),
        request.reason());
  }

  @Override
  public Receipt receipt() {
    StartPrimaryRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
