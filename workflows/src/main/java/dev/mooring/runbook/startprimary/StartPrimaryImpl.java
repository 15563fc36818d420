package dev.mooring.runbook.startprimary;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.checks.RoleChangeRun;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import org.jspecify.annotations.Nullable;

/** The runbook StartPrimary; see {@link StartPrimaryWorkflow}. */
public final class StartPrimaryImpl extends RoleChangeRun implements StartPrimaryWorkflow {
  @WorkflowInit
  public StartPrimaryImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.START_PRIMARY, raw, StartStep.class));
  }

  @Override
  public RoleChangeResult start(@Nullable RawRequest raw) {
    StartPrimaryRequest request = run.bound(() -> StartPrimaryRequest.of(raw));
    String scope = request.instance().map(Object::toString).orElse("");
    asked(scope, request.asked(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> started(request));
  }

  private RoleChangeResult started(StartPrimaryRequest request) {
    Cluster cluster = run.observe(StartStep.RESOLVE, context::readCluster);
    DrivenFromOutside.requireStreaming(
        cluster, "Patroni starts its members itself, see `patronictl list`");
    StartLook doing = new StartLook(context, request);
    receiptAt(doing::receiptSite);
    run.observe(StartStep.OBSERVE, doing::plan);
    if (request.mode() == Mode.PLAN) {
      return ended(doing.checks(), doing.planOutcome(), doing.headline());
    }
    doing.refuseOnChecks();
    run.observe(StartStep.APPROVE, () -> context.approved(doing.approval()));
    run.observe(StartStep.LOCK, context::lockedEverywhere);
    run.observe(StartStep.OBSERVE_AGAIN, doing::lookAgain);
    doing.refuseOnChecks();
    String headline = begun(new StartStoppedPrimary(context, doing)).make();
    return ended(doing.checks(), "Completed", headline);
  }
}
