package dev.mooring.runbook.switchover;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The runbook Switchover; see {@link SwitchoverWorkflow}. */
public final class SwitchoverImpl extends AnsweringRun<SwitchoverStep>
    implements SwitchoverWorkflow {
  private static final Duration APPROVED_WITHIN = Duration.ofHours(24);

  private @Nullable Instance target;
  private @Nullable SwitchoverRequest asked;
  private @Nullable Moving moving;
  private @Nullable Aftermath aftermath;
  private List<PreflightRow> checks = List.of();
  private @Nullable SwitchoverSight sight;

  @WorkflowInit
  public SwitchoverImpl(@Nullable RawRequest raw) {
    super(new RunContext<>("Switchover", raw, SwitchoverStep.class).changingRoles());
  }

  @Override
  public SwitchoverResult switchOver(@Nullable RawRequest raw) {
    SwitchoverRequest request = SwitchoverRequest.of(raw);
    asked = request;
    return run.toTheEnd(
        () -> move(request), SwitchoverResult::headline, ending -> writeReceipt(request, ending));
  }

  private SwitchoverResult move(SwitchoverRequest request) {
    Cluster cluster = run.observe(SwitchoverStep.RESOLVE, context::readCluster);
    SwitchoverCalls ports = new SwitchoverCalls(cluster);
    Instance to = target(cluster, request.to());
    target = to;
    Move move = run.observe(SwitchoverStep.OBSERVE, () -> planned(ports, request, to, false));
    if (request.mode() == Mode.PLAN) {
      return ended("planned", planHeadline(move));
    }
    refuseOnChecks();
    request
        .overrides()
        .forEach(rule -> context.deciding().overridden(rule, request.by(), request.reason()));
    run.observe(
        SwitchoverStep.APPROVE,
        () -> {
          context
              .deciding()
              .approved(
                  context.plan(),
                  request.digest(),
                  request.by(),
                  request.reason(),
                  APPROVED_WITHIN);
          return true;
        });
    run.observe(
        SwitchoverStep.LOCK,
        () -> {
          context.lockedEverywhere();
          return true;
        });
    Move approved =
        run.observe(SwitchoverStep.OBSERVE_AGAIN, () -> planned(ports, request, to, true));
    refuseOnChecks();
    return moved(approved, ports);
  }

  private SwitchoverResult moved(Move approved, SwitchoverCalls ports) {
    Moving doing = new Moving(approved, ports, run, context.deciding());
    Aftermath after = new Aftermath(approved, ports, run, context.deciding());
    moving = doing;
    aftermath = after;
    new Preparation(approved, Objects.requireNonNull(sight), ports, run).prepare();
    doing.move();
    Workflow.newDetachedCancellationScope(after::goOn).run();
    return ended("Completed", doing.headline());
  }

  private static Instance target(Cluster cluster, InstanceId name) {
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "cluster " + cluster.name() + " does not stream: its file has no section replication");
    }
    List<InstanceId> members = cluster.members().stream().map(Instance::id).toList();
    return cluster.members().stream()
        .filter(member -> member.id().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no member of cluster %s; its members are %s",
                        name, cluster.name(), members)));
  }

  /** Looks at everything, and plans the move that was asked for. */
  private Move planned(
      SwitchoverCalls ports, SwitchoverRequest request, Instance to, boolean again) {
    SwitchoverStep step = again ? SwitchoverStep.OBSERVE_AGAIN : SwitchoverStep.OBSERVE;
    List<String> notCompared = context.oneFileEverywhere();
    SwitchoverSight seen = ports.observe(run.call(step));
    sight = seen;
    Move move = new Move(context.cluster(), primary(context.cluster(), seen, to), to);
    checks = Preflight.of(move, seen, request.overrides());
    List<String> objects = SwitchoverPlan.objects(move, seen);
    if (again) {
      context.plannedAgain(request.inWords(), objects, SwitchoverPlan.measured(checks));
      run.holdEpoch(Epoch.after(seen.highest(), Workflow.currentTimeMillis()));
    } else {
      context.planned(request.inWords(), objects, SwitchoverPlan.measured(checks));
    }
    run.note(
        step,
        String.format(
            "%s to %s: %d of %d checks hold%s",
            move.from().id(),
            to.id(),
            checks.size() - SwitchoverPlan.against(checks).size(),
            checks.size(),
            notCompared.isEmpty() ? "" : "; " + String.join("; ", notCompared)));
    return move;
  }

  private static Instance primary(Cluster cluster, SwitchoverSight sight, Instance to) {
    List<InstanceId> writers = sight.writers();
    if (writers.size() > 1) {
      throw RunbookStop.refused(
          FailureCode.TWO_PRIMARIES, writers + " are not in recovery, all of them");
    }
    if (writers.isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.NO_PRIMARY,
          "no member takes writes: "
              + String.join(
                  "; ",
                  cluster.members().stream()
                      .map(
                          m ->
                              m.id()
                                  + ": "
                                  + sight
                                      .member(m)
                                      .map(s -> "in recovery")
                                      .orElseGet(() -> sight.whySilent(m)))
                      .toList()));
    }
    if (writers.get(0).equals(to.id())) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT, to.id() + " is the primary already; nothing was changed");
    }
    return cluster.members().stream()
        .filter(member -> member.id().equals(writers.get(0)))
        .findFirst()
        .orElseThrow();
  }

  private void refuseOnChecks() {
    List<String> against = SwitchoverPlan.against(checks);
    if (!against.isEmpty()) {
      throw RunbookStop.refused(FailureCode.PREFLIGHT, String.join("; ", against));
    }
  }

  private String planHeadline(Move move) {
    List<String> against = SwitchoverPlan.against(checks);
    return against.isEmpty()
        ? String.format(
            "nothing stands against moving the primary from %s to %s; plan %s",
            move.from().id(), move.to().id(), context.plan().digest())
        : String.format(
            "%d of %d checks stand against moving the primary from %s to %s: %s",
            against.size(),
            checks.size(),
            move.from().id(),
            move.to().id(),
            String.join("; ", against));
  }

  private SwitchoverResult ended(String outcome, String headline) {
    return new SwitchoverResult(
        outcome,
        headline,
        context.plan().digest(),
        checks,
        degraded(),
        proofs(),
        run.progress().steps());
  }

  private List<Receipt.ProofRecord> proofs() {
    Moving doing = moving;
    Aftermath after = aftermath;
    List<Receipt.ProofRecord> proofs = new ArrayList<>();
    if (doing != null && after != null) {
      proofs.addAll(doing.proofs());
      proofs.addAll(after.proofs());
    }
    return proofs;
  }

  private List<String> degraded() {
    Aftermath after = aftermath;
    return after == null ? List.of() : after.degraded();
  }

  private String writeReceipt(SwitchoverRequest request, Receipt.Ending ending) {
    Instance to = target;
    return to == null
        ? "none: where receipts are kept stands in the cluster file"
        : context.writeReceipt(to.site(), context.receipt(asked(request), ending, seen()));
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(proofs(), degraded(), new ConsumeRecord.None());
  }

  private static RunContext.Asked asked(SwitchoverRequest request) {
    return new RunContext.Asked(
        request.to().value(), request.inWords(), request.by(), request.reason());
  }

  @Override
  public Receipt receipt() {
    SwitchoverRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
