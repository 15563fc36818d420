package dev.mooring.runbook.replication;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.OpenFailback;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.IncidentChecks;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SynchronousReaction;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides how a run that a watch starts for the commits of the primary is approved: by the cluster
 * file if that says act; otherwise by a person, also if it restores.
 */
final class UnaskedSynchronous {
  private final RunContext context;
  private final ReplicationRequest request;
  private final Optional<SynchronousReaction> reaction;
  private final IncidentChecks checks;
  private boolean byTheFile;

  UnaskedSynchronous(
      RunContext context, ReplicationRequest request, InstanceId primary, Instant since) {
    this.context = context;
    this.request = request;
    this.reaction = context.cluster().streaming().orElseThrow().watch().setsSynchronous();
    this.checks =
        new IncidentChecks(
            context.cluster(),
            new Incident(
                request.relax() ? Reaction.RELAX : Reaction.RESTORE, primary, since, true, false),
            Workflow.getInfo().getWorkflowId(),
            SynchronousReaction.SETTING,
            reaction.map(SynchronousReaction::inWords),
            String.format(
                "a person starts it: `mooring replicate synchronous %s`%s",
                context.cluster().name(), request.relax() ? " with `--relax`" : ""));
  }

  /** The approval of its plan; refuses the run if a check does not hold. */
  Approval approval() {
    refuseUnless();
    byTheFile = reaction.filter(SynchronousReaction::acts).isPresent();
    if (!byTheFile) {
      return request.approval(context.persons());
    }
    context.run().actsAlone();
    return Approval.byTheFile(
        SynchronousReaction.SETTING + " of the cluster file",
        context.plan(),
        "all checks held at the first look");
  }

  /** Under the locks, if no person approved it: all must hold as before. */
  void refuseUnlessAsBefore() {
    if (byTheFile) {
      refuseUnless();
    }
  }

  private void refuseUnless() {
    CheckRows.refuseOn(
        CheckRows.against(checks.of(MonitoringLook.toAct(context), OpenFailback.toAct(context))));
  }
}
