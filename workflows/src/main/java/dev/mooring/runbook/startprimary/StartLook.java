package dev.mooring.runbook.startprimary;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A start from the first look to the plan, and again under the locks. */
final class StartLook {
  /** The approver's name if no person approves. */
  private static final String BY_THE_FILE = "guard.startAfterReboot of the cluster file";

  /** A host that is silent for a moment must not use up the one run of a boot. */
  private static final List<Duration> LOOKS_AGAIN_AFTER =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20));

  /**
   * As long as launchers give their guard: a primary that is not up by then is not coming back by
   * itself, and a failover may need the locks.
   */
  private static final Duration HOLDS_AT_MOST = Duration.ofMinutes(2);

  private final RunContext context;
  private final StartPrimaryRequest request;
  private final StartCalls ports;
  private @Nullable ObservedStart observed;
  private List<CheckRow> checks = List.of();
  private List<String> objects = List.of();
  private MemberSurroundings around = MemberSurroundings.NOTHING;
  private boolean isAnyHostSilent;

  StartLook(RunContext context, StartPrimaryRequest request) {
    this.context = context;
    this.request = request;
    this.ports = new StartCalls(context.cluster(), request.boot());
  }

  ObservedStart observed() {
    return Objects.requireNonNull(observed, "nothing was observed yet");
  }

  StartCalls ports() {
    return ports;
  }

  List<CheckRow> checks() {
    return checks;
  }

  /** The site that keeps the receipt: the primary's, for the other one may be gone. */
  SiteName receiptSite() {
    ObservedStart seen = observed;
    return seen == null ? context.cluster().policies().publish().site() : seen.primary().site();
  }

  private void look(StartStep step) {
    Cluster cluster = context.cluster();
    isAnyHostSilent = false;
    List<String> notCompared = context.oneFileEverywhere();
    ObservedMembers all = around(step, ports.observe(context.run().call(step)));
    isAnyHostSilent = !all.hosts().unread().isEmpty();
    StoppedPrimary.Found found =
        RunContext.refuseUnless(StoppedPrimary.of(cluster, all, request.instance()));
    ObservedStart seen = ObservedStart.of(cluster, all, found, role(all, found));
    MeantSystem.refuseUnless(cluster.name(), seen.system(), request.systemIdentifierEnds());
    observed = seen;
    List<CheckRow> rows = new ArrayList<>(StartChecks.of(request, seen));
    if (request.isAutomatic()) {
      rows.addAll(
          RebootChecks.of(
              cluster,
              seen,
              request,
              MonitoringLook.toAct(context),
              ports.drSites(context.run().call(step))));
    }
    checks = List.copyOf(rows);
    objects = StartPlan.objects(context.cluster(), seen);
    context
        .run()
        .note(
            step,
            String.format(
                "%s is the primary, %s; %d of %d checks hold%s",
                found.instance().id(),
                found.by(),
                checks.size() - against().size(),
                checks.size(),
                notCompared.isEmpty() ? "" : "; " + String.join("; ", notCompared)));
  }

  /** Reads the surroundings of a member until they are known; later observations reuse them. */
  private ObservedMembers around(StartStep step, ObservedMembers seen) {
    ObservedMembers all = ports.around(context.run().call(step), seen.with(around));
    around = all.around();
    return all;
  }

  /** A primary that was not seen stopped is not started. */
  private static InstanceRole role(ObservedMembers all, StoppedPrimary.Found found) {
    return all.role(found.instance())
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    all.hosts().unread().stream()
                        .filter(failure -> failure.instance().equals(found.instance().id()))
                        .map(failure -> failure.code())
                        .findFirst()
                        .orElse(FailureCode.HOST_UNREACHABLE),
                    String.format(
                        "%s is the primary, %s, and its host %s could not be read: %s",
                        found.instance().id(),
                        found.by(),
                        found.instance().host(),
                        all.hosts().unread().stream()
                            .filter(failure -> failure.instance().equals(found.instance().id()))
                            .map(failure -> failure.message())
                            .toList())));
  }

  /** Observes, and makes it the run's plan. */
  void plan() {
    Iterator<Duration> pauses =
        (request.isAutomatic() ? LOOKS_AGAIN_AFTER : List.<Duration>of()).iterator();
    while (looksAgain(pauses.hasNext())) {
      Workflow.sleep(pauses.next());
    }
    context.planned(request.inWords(), objects, CheckRows.facts(checks));
    if (against().isEmpty()) {
      context.planByHand(
          HandProcedure.start(context.cluster(), observed().primary(), observed().timeline()));
    }
  }

  /** Looks, and says whether to look again: only silent hosts block the run. */
  private boolean looksAgain(boolean again) {
    try {
      look(StartStep.OBSERVE);
      return again && isBlockedBySilenceAlone();
    } catch (RunbookStop stop) {
      if (again && isAnyHostSilent) {
        return true;
      }
      throw stop;
    }
  }

  private boolean isBlockedBySilenceAlone() {
    List<CheckRow> wrong =
        checks.stream().filter(row -> row.verdict() == CheckRow.Judged.WRONG).toList();
    return !wrong.isEmpty() && wrong.stream().allMatch(RebootChecks::isSilence);
  }

  /** Observes again under the locks: what would be done must still be what was approved. */
  void lookAgain() {
    look(StartStep.OBSERVE_AGAIN);
    context.plannedAgain(request.inWords(), objects, CheckRows.facts(checks));
    context
        .run()
        .holdEpoch(Epoch.after(observed().all().hosts().highest(), Workflow.currentTimeMillis()));
  }

  /** Without a person by the cluster file alone, once all checks hold. */
  Approval approval() {
    if (!request.isAutomatic()) {
      return request.approval(context.persons());
    }
    context.run().actsAlone(Severity.WARNING);
    return Approval.byTheFile(
        BY_THE_FILE,
        context.plan(),
        "its host started again, and all checks held at the first observation");
  }

  /**
   * The end of a run that waits for its approval, once its instance accepts writes again, and no
   * other member does. What any other writer is, a person decides.
   */
  Optional<RunbookStop> primaryIsBack() {
    MemberAnswers asked = ports.bySite(context.run().call(StartStep.APPROVE));
    MemberObserved writer =
        RunContext.refuseUnless(OneWriter.of(context.cluster(), asked.members(), asked.silent()));
    boolean back =
        writer.instance().equals(observed().primary().id())
            && writer.system().equals(observed().system());
    return back
        ? Optional.of(
            RunbookStop.refused(
                FailureCode.PRIMARY_BACK,
                writer.instance() + " accepts writes again; nothing was done"))
        : Optional.empty();
  }

  /** The checks that block it; empty if none does. */
  List<String> against() {
    return CheckRows.against(checks);
  }

  void refuseOnChecks() {
    CheckRows.refuseOn(against());
    context.deciding().overridden(CheckRows.overridden(checks), request.by(), request.reason());
  }

  /** How a step that holds may end: without a person it keeps the locks for a limited time only. */
  Hold hold(String lost) {
    return new Hold(
        true, lost, request.isAutomatic() ? Optional.of(HOLDS_AT_MOST) : Optional.empty());
  }

  String planOutcome() {
    return against().isEmpty() ? Plan.PLANNED : Plan.WOULD_REFUSE;
  }

  String headline() {
    List<String> against = against();
    String id = observed().primary().id().value();
    return against.isEmpty()
        ? String.format(
            "%s is the primary, %s; no check blocks its start; plan %s",
            id, observed().foundBy(), context.plan().digest())
        : String.format(
            "%d of %d checks block starting %s: %s",
            against.size(), checks.size(), id, String.join("; ", against));
  }

  /** The state of the primary and the other side before any act. */
  ProofRecord before() {
    return new ProofRecord(
        observed().primary().id().value(),
        List.of(
            new Fact("found_by", observed().foundBy()),
            new Fact("system_identifier", observed().system().toString()),
            new Fact("timeline", observed().timeline().toString()),
            new Fact("state_before", observed().role().control().state().toString())));
  }
}
