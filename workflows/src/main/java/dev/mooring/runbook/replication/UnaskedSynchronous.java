package dev.mooring.runbook.replication;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.OpenFailback;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.IncidentChecks;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.runbook.replication.SynchronousReplication.Looked;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.SynchronousReaction;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides how a run that a watch starts for the commits of the primary is approved: by the cluster
 * file if that says act; otherwise by a person, also if it restores.
 */
final class UnaskedSynchronous {
  private final RunContext context;
  private final ReplicationRequest request;
  private final Instant since;
  private final Optional<SynchronousReaction> reaction;
  private final String person;
  private boolean byTheFile;

  UnaskedSynchronous(RunContext context, ReplicationRequest request, Instant since) {
    this.context = context;
    this.request = request;
    this.since = since;
    this.reaction = context.cluster().streaming().orElseThrow().watch().setsSynchronous();
    this.person =
        String.format(
            "a person starts it: `mooring replicate synchronous %s`%s",
            context.cluster().name(), request.relax() ? " with `--relax`" : "");
  }

  /** What a person decides about: the members that forbid a relaxation by the cluster file. */
  List<Fact> measured(Looked seen) {
    return CheckRows.facts(
        members(seen).stream()
            .filter(row -> row.verdict() == Judged.WRONG)
            .map(CheckRow::unblocking)
            .toList());
  }

  /** The approval of its plan; refuses the run if a check does not hold. */
  Approval approval(Looked seen) {
    boolean acts = reaction.filter(SynchronousReaction::acts).isPresent();
    refuseUnless(seen, acts);
    byTheFile = acts;
    if (!byTheFile) {
      return request.approval(context.persons());
    }
    context.run().actsAlone(Severity.CRITICAL);
    return Approval.byTheFile(
        SynchronousReaction.SETTING + " of the cluster file",
        context.plan(),
        "all checks held at the first look");
  }

  /** Whether no person approved it. */
  boolean isByTheFile() {
    return byTheFile;
  }

  /** Under the locks, if no person approved it: all must hold as before. */
  void refuseUnlessAsBefore(Looked again) {
    if (byTheFile) {
      refuseUnless(again, true);
    }
  }

  private void refuseUnless(Looked seen, boolean acts) {
    List<CheckRow> rows =
        new ArrayList<>(
            new IncidentChecks(
                    context.cluster(),
                    new Incident(
                        request.relax() ? Reaction.RELAX : Reaction.RESTORE,
                        seen.plan().members().primary().id(),
                        since,
                        true,
                        false),
                    Workflow.getInfo().getWorkflowId(),
                    SynchronousReaction.SETTING,
                    reaction.map(SynchronousReaction::inWords),
                    person)
                .of(MonitoringLook.toAct(context), OpenFailback.toAct(context)));
    rows.add(change(seen.plan()));
    rows.add(names(seen.plan(), acts));
    if (acts) {
      rows.addAll(members(seen));
    }
    CheckRows.refuseOn(CheckRows.against(rows));
  }

  /** What streams may have changed since the watch saw it. */
  private CheckRow change(SynchronousPlan plan) {
    return CheckRow.must(
        plan.relaxes() == request.relax(),
        "automatic-change",
        plan.members().primary().id(),
        plan.planned(),
        request.relax() ? "a relaxation" : "a restoring",
        "no action needed; the watch starts another run if the names are to change");
  }

  /**
   * A restoring keeps the names of an administrator. Of a standby that is no member nothing is
   * read, its host takes no record, and no run names it again: a person alone removes it.
   */
  private CheckRow names(SynchronousPlan plan, boolean acts) {
    List<String> others =
        SynchronousStandbyNames.of(plan.before().names()).ofNoMember(context.cluster());
    return CheckRow.must(
        (request.relax() && !acts) || others.isEmpty(),
        "automatic-names",
        plan.members().primary().id(),
        String.format("synchronous_standby_names is '%s'", plan.before().names()),
        "names of members alone",
        person);
  }

  /**
   * A member that can't be read may have been promoted, and a host that does not record the
   * relaxation lets a failover claim there that nothing is lost. A standby that is down is no such
   * member if its host shows that.
   */
  private List<CheckRow> members(Looked seen) {
    return request.relax()
        ? context.cluster().members().stream().map(one -> member(one, seen)).toList()
        : List.of();
  }

  private CheckRow member(Instance member, Looked seen) {
    boolean answers = seen.plan().hosts().contains(member);
    boolean isDown =
        seen.roles().stream()
            .filter(role -> role.instance().equals(member.id()))
            .anyMatch(role -> role.process() == ServerProcess.STOPPED);
    Optional<InstanceFailure> unread = seen.plan().members().failure(member.id());
    return CheckRow.must(
        answers && (unread.isEmpty() || isDown),
        "automatic-members",
        member.id(),
        !answers
            ? "its host does not answer"
            : unread.map(InstanceFailure::message).orElse("read")
                + (isDown ? ", and is down" : ", and a server process is there"),
        "its host answers, and it is read over SQL or down",
        person);
  }
}
