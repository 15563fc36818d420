package dev.mooring.runbook.resilver;

import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.ObservationWhileWaiting;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The runbook Resilver; see {@link ResilverWorkflow}. */
public final class ResilverImpl extends AnsweringRun implements ResilverWorkflow {
  private Optional<UnaskedResilver> unasked = Optional.empty();

  @WorkflowInit
  public ResilverImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.RESILVER, raw, ResilverStep.class));
  }

  @Override
  public ResilverResult resilver(@Nullable RawRequest raw) {
    ResilverRequest request = run.bound(() -> ResilverRequest.of(raw));
    asked("", request.asked(), request.by(), request.reason());
    run.inMode(request.mode());
    return runToEnding(() -> resilver(request));
  }

  private ResilverResult resilver(ResilverRequest request) {
    Cluster cluster = run.observe(ResilverStep.RESOLVE, context::readCluster);
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    request.incident().ifPresent(since -> refuseUnlessOfWatch(cluster, request));
    receiptAt(cluster.policies().publish()::site);
    degraded.addAll(context.oneFileEverywhere());
    RejoinMeans doing = begun(means(cluster, request));
    doing.look();
    context.planned(request.inWords(), doing.objects(), doing.measured());
    if (doing.size() == 0) {
      return ended(
          request.mode().done(), "every member of " + cluster.name() + " streams: nothing to do");
    }
    if (request.mode() == Mode.PLAN) {
      return ended("planned", doing.size() + " can be made standbys: " + doing.inWords());
    }
    if (!isApproved(request, doing)) {
      return ended("Completed", "streaming again before an approval: " + doing.instances());
    }
    run.observe(ResilverStep.LOCK, () -> lockAndLook(request, doing));
    doing.resilver();
    degraded.addAll(run.lateStop());
    return ended("Completed", "standbys again: " + doing.inWords());
  }

  private static void refuseUnlessOfWatch(Cluster cluster, ResilverRequest request) {
    DrivenFromOutside.require(cluster, "`patronictl list` shows its standbys");
    if (!request.isAsOfWatch()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "incident: is for mode execute and one of instances, without digest, overrides and"
              + " systemIdentifierEnds, and comes from no hook");
    }
  }

  private RejoinMeans means(Cluster cluster, ResilverRequest request) {
    Wanted wanted =
        Wanted.named(request.instances())
            .overriding(request.overrides())
            .ofSystem(request.systemIdentifierEnds());
    if (DrivenFromOutside.is(cluster)) {
      return new PatroniRejoin(cluster, run, wanted);
    }
    ResilverInstances doing = new ResilverInstances(context, wanted);
    unasked = request.incident().map(since -> new UnaskedResilver(context, request, doing));
    return doing;
  }

  /** A hook's run needs no approval any more once the standbys stream, if none did before. */
  private boolean isApproved(ResilverRequest request, RejoinMeans doing) {
    if (!request.isByHook() || countStreaming(doing) > 0) {
      approved(request, doing);
      return true;
    }
    InstanceId planned = RunContext.refuseUnless(doing.members().primary()).instance();
    RunbookStop again =
        RunbookStop.refused(FailureCode.PREFLIGHT, "streaming again: " + doing.instances());
    try {
      context.approved(
          request.approval(context.persons()),
          new ObservationWhileWaiting(
              () -> Optional.of(again).filter(stop -> isPointless(request, planned))));
      return true;
    } catch (RunbookStop stop) {
      if (stop == again) {
        return false;
      }
      throw stop;
    }
  }

  /** How many of those that are to be resilvered streamed when they were chosen. */
  private static long countStreaming(RejoinMeans doing) {
    Members then = doing.members();
    return doing.instances().stream().filter(id -> then.streams(then.instance(id))).count();
  }

  /** Observes over SQL only. */
  private boolean isPointless(ResilverRequest request, InstanceId planned) {
    MemberAnswers asked =
        new MemberObservations(context.cluster()).answers(run.call(ResilverStep.PLAN));
    Members now = new Members(context.cluster(), asked.members(), asked.silent());
    return RunContext.refuseUnless(now.needNone(request.instances(), planned));
  }

  /**
   * An instance that only follows loses nothing; a rewind or a copy removes data. Whatever a watch
   * or a hook starts needs an approval.
   */
  private void approved(ResilverRequest request, RejoinMeans doing) {
    if (unasked.isPresent()) {
      context.approved(unasked.get().approval());
    } else if (doing.takesDataAway() || request.isByHook()) {
      context.approved(request.approval(context.persons()));
    }
  }

  private void lockAndLook(ResilverRequest request, RejoinMeans doing) {
    context.lockedEverywhere();
    doing.lookAgain();
    context.plannedAgain(request.inWords(), doing.objects(), doing.measured());
    unasked.ifPresent(UnaskedResilver::refuseUnlessAsBefore);
    doing.holdEpoch();
    context.deciding().overridden(doing.broken(), request.by(), request.reason());
    degraded.addAll(doing.unread());
  }

  private ResilverResult ended(String outcome, String headline) {
    return new ResilverResult(outcome, headline, degraded(), proofs(), run.atItsEnd().steps());
  }
}
