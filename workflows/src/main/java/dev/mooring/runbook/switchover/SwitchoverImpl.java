package dev.mooring.runbook.switchover;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.checks.RoleChangeRun;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import org.jspecify.annotations.Nullable;

/** The runbook Switchover; see {@link SwitchoverWorkflow}. */
public final class SwitchoverImpl extends RoleChangeRun implements SwitchoverWorkflow {
  @WorkflowInit
  public SwitchoverImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.SWITCHOVER, raw, SwitchoverStep.class));
  }

  @Override
  public RoleChangeResult switchOver(@Nullable RawRequest raw) {
    SwitchoverRequest request = run.bound(() -> SwitchoverRequest.of(raw));
    asked(request.to().value(), request.asked(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> move(request));
  }

  private RoleChangeResult move(SwitchoverRequest request) {
    Cluster cluster = run.observe(SwitchoverStep.RESOLVE, context::readCluster);
    Instance to = MovePrimary.target(cluster, request.to());
    receiptAt(to::site);
    MovePrimary moving = begun(new MovePrimary(context, intent(request, to)));
    Approval brings = request.approval(context.persons());
    boolean approved = request.mode() == Mode.EXECUTE && context.isApprovedByDigest(brings);
    if (!approved) {
      run.observe(
          SwitchoverStep.OBSERVE,
          () -> {
            moving.look(SwitchoverStep.OBSERVE);
            moving.plan(brings);
          });
      if (request.mode() == Mode.PLAN) {
        return ended(moving.checks(), moving.planOutcome(), moving.headline());
      }
      moving.refuseOnChecks(request.by(), request.reason());
      run.observe(SwitchoverStep.APPROVE, () -> context.approved(brings));
    }
    run.observe(SwitchoverStep.LOCK, context::lockedEverywhere);
    run.observe(
        SwitchoverStep.OBSERVE_AGAIN,
        () -> {
          if (approved) {
            moving.lookAsApproved(brings);
          } else {
            moving.lookAgain();
          }
        });
    moving.refuseOnChecks(request.by(), request.reason());
    moving.prepare();
    moving.promote();
    String headline = moving.followNewPrimary();
    return ended(moving.checks(), "Completed", headline);
  }

  private static MovePrimary.Intent intent(SwitchoverRequest request, Instance to) {
    return new MovePrimary.Intent(
        to,
        request.overrides(),
        request.detach(),
        request.systemIdentifierEnds(),
        request.inWords());
  }
}
