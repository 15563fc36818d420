package dev.mooring.runbook.resilver;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.OpenFailback;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.ResilverReaction;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides how a resilver that a watch starts is approved: by the cluster file if that says act, the
 * standby does not stream, and no WAL is discarded that it alone may have; otherwise by a person.
 */
final class UnaskedResilver {
  private final RunContext context;
  private final ResilverRequest request;
  private final ResilverInstances doing;
  private final OutdatedStandbyChecks checks;
  private boolean byTheFile;

  UnaskedResilver(RunContext context, ResilverRequest request, ResilverInstances doing) {
    this.context = context;
    this.request = request;
    this.doing = doing;
    this.checks =
        new OutdatedStandbyChecks(
            context.cluster(),
            request.instances().get(0),
            request.incident().orElseThrow(),
            Workflow.getInfo().getWorkflowId());
  }

  /** The approval of its plan; refuses the run if a check does not hold. */
  Approval approval() {
    refuseUnless(List.of());
    byTheFile =
        checks.reaction().filter(ResilverReaction::acts).isPresent()
            && !streams()
            && !doing.seen().discardsWal();
    if (!byTheFile) {
      return request.approval(context.persons());
    }
    context.run().actsAlone(Severity.CRITICAL);
    return Approval.byTheFile(
        ResilverReaction.SETTING + " of the cluster file",
        context.plan(),
        "it does not stream, and all checks held at the first look");
  }

  /** Under the locks, if no person approved it: all must hold as before. */
  void refuseUnlessAsBefore() {
    if (byTheFile) {
      refuseUnless(
          List.of(
              CheckRow.must(
                  !streams(),
                  "automatic-standby",
                  checks.standby(),
                  streams() ? "streams" : "does not stream",
                  "does not stream",
                  "nothing is to be done")));
    }
  }

  private void refuseUnless(List<CheckRow> more) {
    List<CheckRow> rows =
        new ArrayList<>(
            checks.of(doing.seen(), MonitoringLook.toAct(context), OpenFailback.toAct(context)));
    rows.addAll(more);
    CheckRows.refuseOn(CheckRows.against(rows));
  }

  private boolean streams() {
    Instance standby = context.cluster().member(checks.standby()).orElseThrow();
    return doing.seen().members().isSentWal(standby);
  }
}
