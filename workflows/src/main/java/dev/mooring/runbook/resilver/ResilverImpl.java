package dev.mooring.runbook.resilver;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.FailureCode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook Resilver; see {@link ResilverWorkflow}. */
public final class ResilverImpl extends AnsweringRun implements ResilverWorkflow {
  private final List<String> degraded = new ArrayList<>();
  private @Nullable SiteName home;
  private @Nullable ResilverRequest asked;
  private @Nullable RejoinMeans resilvering;

  @WorkflowInit
  public ResilverImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.RESILVER, raw, ResilverStep.class));
  }

  @Override
  public ResilverResult resilver(@Nullable RawRequest raw) {
    ResilverRequest request = run.bound(() -> ResilverRequest.of(raw));
    asked = request;
    run.inMode(request.mode());
    return run.runToEnding(
        () -> heal(request), ResilverResult::headline, ending -> writeReceipt(request, ending));
  }

  private ResilverResult heal(ResilverRequest request) {
    Cluster cluster = run.observe(ResilverStep.RESOLVE, context::readCluster);
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    home = cluster.policies().publish().site();
    degraded.addAll(context.oneFileEverywhere());
    RejoinMeans doing =
        restoring(
            cluster,
            Wanted.named(request.instances())
                .overriding(request.overrides())
                .ofSystem(request.systemIdentifierEnds()));
    resilvering = doing;
    doing.look();
    context.planned(request.inWords(), doing.objects(), doing.measured());
    if (doing.size() == 0) {
      return ended(
          request.mode().done(), "every member of " + cluster.name() + " streams: nothing to do");
    }
    if (request.mode() == Mode.PLAN) {
      return ended("planned", doing.size() + " can be made good standbys: " + doing.inWords());
    }
    approved(request, doing);
    run.observe(ResilverStep.LOCK, () -> lockedAndSeen(request, doing));
    doing.heal();
    degraded.addAll(run.lateStop());
    return ended("Completed", "good standbys again: " + doing.inWords());
  }

  private RejoinMeans restoring(Cluster cluster, Wanted wanted) {
    return DrivenFromOutside.is(cluster)
        ? new PatroniRejoin(cluster, run, wanted)
        : new ResilverInstances(context, wanted);
  }

  /** Whoever only follows loses nothing; a rewind or a copy takes data away. */
  private void approved(ResilverRequest request, RejoinMeans doing) {
    if (doing.takesDataAway()) {
      context.approved(request.approval());
    }
  }

  private boolean lockedAndSeen(ResilverRequest request, RejoinMeans doing) {
    context.lockedEverywhere();
    doing.lookAgain();
    context.plannedAgain(request.inWords(), doing.objects(), doing.measured());
    doing.holdEpoch();
    context.deciding().overridden(doing.broken(), request.by(), request.reason());
    degraded.addAll(doing.unread());
    return true;
  }

  private ResilverResult ended(String outcome, String headline) {
    return new ResilverResult(outcome, headline, degraded(), proofs(), run.atItsEnd().steps());
  }

  private List<String> degraded() {
    RejoinMeans doing = resilvering;
    List<String> all = new ArrayList<>(degraded);
    if (doing != null) {
      all.addAll(doing.degraded());
    }
    return all;
  }

  private List<Receipt.ProofRecord> proofs() {
    RejoinMeans doing = resilvering;
    return doing == null ? List.of() : doing.proofs();
  }

  private String writeReceipt(ResilverRequest request, Receipt.Ending ending) {
    SiteName at = home;
    return at == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(at, context.receipt(asked(request), ending, seen()));
  }

  private static RunContext.Asked asked(ResilverRequest request) {
    return new RunContext.Asked("", request.asked(), request.by(), request.reason());
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  @Override
  public Receipt receipt() {
    ResilverRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
