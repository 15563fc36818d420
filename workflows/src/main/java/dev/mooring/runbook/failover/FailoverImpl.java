package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.checks.RoleChangeRun;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.UnattendedFailover;
import dev.mooring.wire.RawRequest;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The runbook Failover; see {@link FailoverWorkflow}. */
public final class FailoverImpl extends RoleChangeRun implements FailoverWorkflow {
  /** The approver's name if no person approves. */
  private static final String BY_THE_FILE = "failover.automatic of the cluster file";

  private final @Nullable RawRequest raw;

  private final Optional<RehearsalsCarried> carried;

  @WorkflowInit
  public FailoverImpl(@Nullable RawRequest raw, @Nullable RehearsalsCarried carried) {
    super(new RunContext(Runbook.FAILOVER, raw, FailoverStep.class));
    this.raw = raw;
    this.carried = Optional.ofNullable(carried);
  }

  @Override
  public RoleChangeResult failOver(
      @Nullable RawRequest raw, @Nullable RehearsalsCarried carriedOver) {
    FailoverRequest request = run.bound(() -> FailoverRequest.of(raw));
    String scope = request.to().map(Object::toString).orElse("");
    asked(scope, request.asked(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> over(request));
  }

  private RoleChangeResult over(FailoverRequest request) {
    Cluster cluster = run.observe(FailoverStep.RESOLVE, context::readCluster);
    DrivenFromOutside.requireStreaming(cluster);
    Optional<PatroniFailover> patroni =
        DrivenFromOutside.is(cluster)
            ? Optional.of(new PatroniFailover(cluster, request))
            : Optional.empty();
    FailoverLook doing =
        new FailoverLook(
            context,
            request,
            patroni
                .<FailoverMeans>map(means -> means)
                .orElseGet(() -> new FailoverMeans.Own(cluster, request)));
    carried(cluster).ifPresent(doing.unattended()::knows);
    receiptAt(doing::receiptSite);
    if (request.waits()) {
      noteUnlessApprovable(request);
      run.observe(FailoverStep.WATCH, watching(request, doing)::untilGone);
    } else {
      run.observe(FailoverStep.OBSERVE, doing::plan);
    }
    if (request.mode() == Mode.PLAN) {
      return ended(doing.checks(), doing.planOutcome(), doing.headline());
    }
    doing.refuseOnChecks();
    Approval approval = approval(request, doing);
    run.observe(FailoverStep.APPROVE, () -> approved(request, doing, approval));
    List<String> stopped = run.observe(FailoverStep.LOCK, () -> locked(request, doing));
    observedAgain(request, doing);
    boolean nobodyAsked = approval.byTheFile();
    doing.unattended().refuseUnlessAsBefore(nobodyAsked);
    FailoverActs acts = acts(request, doing, patroni, stopped, nobodyAsked);
    begun(acts).fence();
    acts.promote();
    String headline = acts.followNewPrimary();
    return ended(doing.checks(), "Completed", headline);
  }

  /** What the run that this one continues knew, by the same cluster file. */
  private Optional<RehearsalsCarried> carried(Cluster cluster) {
    return carried.filter(
        before -> before.counts(cluster.digest(), Workflow.getInfo().getContinuedExecutionRunId()));
  }

  private FailoverActs acts(
      FailoverRequest request,
      FailoverLook doing,
      Optional<PatroniFailover> patroni,
      List<String> stopped,
      boolean nobodyAsked) {
    return patroni
        .<FailoverActs>map(
            means -> new PatroniPromoteCandidate(context, request, doing, means, stopped))
        .orElseGet(() -> new PromoteCandidate(context, request, doing, stopped, nobodyAsked));
  }

  /** A watch whose plan no person could approve may still act alone. */
  private void noteUnlessApprovable(FailoverRequest request) {
    context
        .notApprovable(request.approval(context.persons(), List.of()))
        .ifPresent(why -> run.note(FailoverStep.APPROVE, "if a person must approve: " + why));
  }

  /** If a member accepts writes before the plan is approved, the watch continues. */
  private void approved(FailoverRequest request, FailoverLook doing, Approval approval) {
    if (!doing.observed().verdict().state().isGone()) {
      context.approved(approval);
      return;
    }
    Duration longest = approval.within().multipliedBy(approval.persons());
    ComesBack comesBack = new ComesBack(context, doing.observed().old(), longest);
    try {
      context.approved(approval, comesBack::begin);
    } catch (RunbookStop stop) {
      if (request.waits() && stop.code() == FailureCode.PRIMARY_BACK) {
        watchesOn(FailoverStep.APPROVE, doing, stop);
      }
      throw stop;
    }
    comesBack.leave();
  }

  /**
   * Observes under the locks. If the primary is not gone any more, as after a reboot of its host,
   * the watch continues.
   */
  private void observedAgain(FailoverRequest request, FailoverLook doing) {
    try {
      run.observe(FailoverStep.OBSERVE_AGAIN, doing::lookAgain);
      doing.refuseOnChecks();
    } catch (RunbookStop stop) {
      if (request.waits() && !doing.observed().verdict().state().isGone()) {
        watchesOn(FailoverStep.OBSERVE_AGAIN, doing, stop);
      }
      throw stop;
    }
  }

  /**
   * Releases the locks, and writes a receipt of what was asked and decided: the run that continues
   * the watch has no record of it. That run acts only after failover.after of silence.
   */
  private void watchesOn(FailoverStep step, FailoverLook doing, RunbookStop stop) {
    run.note(step, stop.reason() + "; the watch continues");
    context.unlocked();
    try {
      writeReceipt(
          new Receipt.Ending(
              stop.outcome().name(),
              stop.code().name(),
              stop.reason() + run.left(),
              "",
              RunbookRun.now()));
    } catch (TemporalFailure unwritten) {
      Explained.unlessStopped(unwritten);
    }
    anew(doing);
  }

  /** Continues with an empty history; a host that is dead by then shows its rehearsal no more. */
  private void anew(FailoverLook doing) {
    run.leaveNotices();
    Workflow.continueAsNew(raw, doing.unattended().carried());
  }

  private List<String> locked(FailoverRequest request, FailoverLook doing) {
    return context.lockedInEmergency(
        request.overrides(FailoverRule.TAKE_OVER),
        () ->
            context
                .deciding()
                .overridden(List.of(FailoverRule.TAKE_OVER.text()), request.by(), request.reason()),
        (holder, refusal) -> {
          if (request.waits() && isStartAfterReboot(holder)) {
            watchesOn(FailoverStep.LOCK, doing, refusal);
          }
        });
  }

  /** Whether no person started it: it brings the primary back, or ends soon. */
  private boolean isStartAfterReboot(Holder holder) {
    return holder.workflowId().startsWith(RunIds.startAfterReboot(context.cluster().name(), ""));
  }

  private WatchPrimary watching(FailoverRequest request, FailoverLook doing) {
    if (DrivenFromOutside.is(context.cluster())) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "when: primary-down is for members that Patroni does not run: Patroni fails over"
              + " automatically");
    }
    UnattendedFailover limits =
        context
            .cluster()
            .streaming()
            .flatMap(policy -> policy.failover().unattended())
            .orElseThrow(
                () ->
                    RunbookStop.refused(
                        FailureCode.BAD_INPUT,
                        "the cluster file of "
                            + context.cluster().name()
                            + " has no failover.automatic, which sets when no person approves"));
    refuseUnlessWatchActs(request);
    return new WatchPrimary(
        context, doing, limits, RunContext.isByNoPerson(request.by()), () -> anew(doing));
  }

  /** A run that the watch started continues by the cluster file of now. */
  private void refuseUnlessWatchActs(FailoverRequest request) {
    Optional<FailoverReaction> reaction =
        context.cluster().streaming().flatMap(policy -> policy.watch().failsOver());
    if (request.by().equals(FailoverReaction.SETTING)
        && reaction.filter(FailoverReaction::acts).isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "%s of the cluster file of %s is %s, and this run was started by act",
              FailoverReaction.SETTING,
              context.cluster().name(),
              reaction.isPresent() ? "propose" : "off"));
    }
  }

  private Approval approval(FailoverRequest request, FailoverLook doing) {
    return doing.unattended().nobodyIsAsked() && isFileAsRead(doing)
        ? byTheFile()
        : request.approval(context.persons(), doing.overriddenByApproval());
  }

  /**
   * Whether the cluster file is still the one that this run read, perhaps months ago. If it is
   * another one, the run continues by that; if it can't be read, a person is asked.
   */
  private boolean isFileAsRead(FailoverLook doing) {
    Observed<Cluster> now = context.clusterFileNow();
    if (now instanceof Observed.Unseen<Cluster> unseen) {
      run.note(
          FailoverStep.APPROVE,
          "a person must approve: the cluster file can't be read again: " + unseen.why());
      return false;
    }
    if (context.isOther(now)) {
      watchesOn(
          FailoverStep.APPROVE,
          doing,
          RunbookStop.refused(
              FailureCode.CLUSTER_FILE_DIFFERS, "the cluster file has changed since it was read"));
    }
    return true;
  }

  private Approval byTheFile() {
    run.actsAlone(Severity.CRITICAL);
    return Approval.byTheFile(
        BY_THE_FILE, context.plan(), "the primary is gone, and all that it asks for holds");
  }
}
