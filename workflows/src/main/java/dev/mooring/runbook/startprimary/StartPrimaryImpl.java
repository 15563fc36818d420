package dev.mooring.runbook.startprimary;

import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.ObservationWhileWaiting;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.checks.RoleChangeRun;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The runbook StartPrimary; see {@link StartPrimaryWorkflow}. */
public final class StartPrimaryImpl extends RoleChangeRun implements StartPrimaryWorkflow {
  /** A lock that is held for a moment must not use up the one run of a boot. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

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
    Cluster cluster =
        run.observe(
            StartStep.RESOLVE,
            () -> {
              requireItsId(request);
              return context.readCluster();
            });
    DrivenFromOutside.requireStreaming(
        cluster, "Patroni starts its members itself, see `patronictl list`");
    StartLook doing = new StartLook(context, request);
    receiptAt(doing::receiptSite);
    run.observe(StartStep.OBSERVE, doing::plan);
    if (request.mode() == Mode.PLAN) {
      return ended(doing.checks(), doing.planOutcome(), doing.headline());
    }
    doing.refuseOnChecks();
    run.observe(StartStep.APPROVE, () -> approved(request, doing));
    run.observe(StartStep.LOCK, () -> locked(request));
    run.observe(StartStep.OBSERVE_AGAIN, doing::lookAgain);
    doing.refuseOnChecks();
    String headline = begun(new StartStoppedPrimary(context, doing)).make();
    return ended(doing.checks(), "Completed", headline);
  }

  /** A hook's run ends if its primary is back: no person follows it who would end it. */
  private void approved(StartPrimaryRequest request, StartLook doing) {
    if (request.isByHook()) {
      context.approved(doing.approval(), new ObservationWhileWaiting(doing::primaryIsBack));
    } else {
      context.approved(doing.approval());
    }
  }

  /** One run for each boot: Temporal accepts that id once. */
  private static void requireItsId(StartPrimaryRequest request) {
    String id = Workflow.getInfo().getWorkflowId();
    String own = RunIds.startAfterReboot(request.cluster(), request.boot());
    if (request.isAutomatic() && !id.equals(own)) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "a start in boot %s of the primary's host has the workflow id %s, not %s: start it"
                  + " without a boot, `mooring start-primary %s --reason WHY`",
              request.boot(), own, id, request.cluster()));
    }
  }

  private void locked(StartPrimaryRequest request) {
    if (request.isAutomatic()) {
      context.lockedEverywhereWithin(PATIENCE);
    } else {
      context.lockedEverywhere();
    }
  }
}
