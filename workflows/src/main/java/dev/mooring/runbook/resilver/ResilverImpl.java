package dev.mooring.runbook.resilver;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The runbook Resilver; see {@link ResilverWorkflow}. */
public final class ResilverImpl extends AnsweringRun<ResilverStep> implements ResilverWorkflow {
  private static final Duration APPROVED_WITHIN = Duration.ofHours(24);

  private final List<String> degraded = new ArrayList<>();
  private @Nullable ResilverCalls calls;
  private @Nullable ResilverRequest asked;
  private @Nullable Ladder ladder;

  @WorkflowInit
  public ResilverImpl(@Nullable RawRequest raw) {
    super(new RunContext<>("Resilver", raw, ResilverStep.class));
  }

  @Override
  public ResilverResult resilver(@Nullable RawRequest raw) {
    ResilverRequest request = ResilverRequest.of(raw);
    asked = request;
    return run.toTheEnd(
        () -> heal(request), ResilverResult::headline, ending -> writeReceipt(request, ending));
  }

  private ResilverResult heal(ResilverRequest request) {
    Cluster cluster = run.observe(ResilverStep.RESOLVE, context::readCluster);
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    ResilverCalls ports = new ResilverCalls(cluster);
    calls = ports;
    degraded.addAll(context.oneFileEverywhere());
    Looking looking = new Looking(cluster, ports, request.instances());
    Members members =
        run.observe(ResilverStep.OBSERVE, () -> looking.members(run.call(ResilverStep.OBSERVE)));
    Ladder planned =
        run.observe(ResilverStep.PLAN, () -> looking.ladder(members, run.call(ResilverStep.PLAN)));
    ladder = planned;
    run.note(ResilverStep.PLAN, String.join("; ", planned.objects()));
    context.planned(request.inWords(), planned.objects(), planned.measured());
    if (planned.all().isEmpty()) {
      return ended("Completed", "every member of " + cluster.name() + " streams: nothing to do");
    }
    if (request.mode() == Mode.PLAN) {
      return ended(
          "planned", planned.all().size() + " can be made good standbys: " + inWords(planned));
    }
    approved(request, planned);
    Ladder ladderNow = run.observe(ResilverStep.LOCK, () -> lockedAndSeen(request, looking));
    ladder = ladderNow;
    Healing healing = new Healing(cluster, ports, context, ladderNow);
    healing.heal();
    degraded.addAll(healing.degraded());
    degraded.addAll(run.lateStop());
    return ended("Completed", "good standbys again: " + inWords(ladderNow));
  }

  /** Whoever only follows loses nothing; a rewind or a copy takes data away. */
  private void approved(ResilverRequest request, Ladder planned) {
    if (planned.all().size() > planned.on(Rung.FOLLOW).size()) {
      context
          .deciding()
          .approved(
              context.plan(), request.digest(), request.by(), request.reason(), APPROVED_WITHIN);
    }
  }

  private Ladder lockedAndSeen(ResilverRequest request, Looking looking) {
    context.lockedEverywhere();
    Call call = run.call(ResilverStep.LOCK);
    Members members = looking.members(call);
    Ladder seen = looking.ladder(members, call);
    context.plannedAgain(request.inWords(), seen.objects(), seen.measured());
    run.holdEpoch(Epoch.after(looking.highestEpoch(seen, call), Workflow.currentTimeMillis()));
    return seen;
  }

  private static String inWords(Ladder ladder) {
    return ladder.all().stream()
        .map(one -> one.instance().id() + " by " + one.choice().rung())
        .collect(Collectors.joining(", "));
  }

  private ResilverResult ended(String outcome, String headline) {
    return new ResilverResult(outcome, headline, degraded, proofs(), run.progress().steps());
  }

  private List<Receipt.ProofRecord> proofs() {
    Ladder seen = ladder;
    return seen == null ? List.of() : seen.proofs();
  }

  private String writeReceipt(ResilverRequest request, Receipt.Ending ending) {
    ResilverCalls ports = calls;
    return ports == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(ports.home(), context.receipt(asked(request), ending, seen()));
  }

  private static RunContext.Asked asked(ResilverRequest request) {
    return new RunContext.Asked("", request.inWords(), request.by(), request.reason());
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded, new ConsumeRecord.None());
  }

  @Override
  public Receipt receipt() {
    ResilverRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
