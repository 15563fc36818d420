package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Holding;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The outage of a move: from the pause of its clients to the promotion, and the way back. */
final class Moving {
  private final Move move;
  private final SwitchoverCalls ports;
  private final EndpointCalls endpoints;
  private final Steps<SwitchoverStep> run;
  private final Holding<SwitchoverStep> deciding;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private static final Duration AT_LEAST = Duration.ofSeconds(1);

  private final List<String> degraded = new ArrayList<>();
  private long outageBegan;
  private String outage = "";

  Moving(
      Move move,
      SwitchoverCalls ports,
      Steps<SwitchoverStep> run,
      Holding<SwitchoverStep> deciding) {
    this.move = move;
    this.ports = ports;
    this.endpoints = new EndpointCalls(move.cluster());
    this.run = run;
    this.deciding = deciding;
  }

  List<ProofRecord> proofs() {
    return List.copyOf(proofs);
  }

  List<String> degraded() {
    return List.copyOf(degraded);
  }

  String headline() {
    return String.format(
        "%s is the primary, %s follows it; it was promoted %s after clients were first held",
        move.to().id(), move.from().id(), outage);
  }

  /** Ends with the target as the primary, or throws with the way back registered. */
  void move() {
    CancellationScope budget = outageBegins();
    try {
      List<PauseToSee> pauses = paused();
      takenOver(handedOver(), pauses);
    } finally {
      budget.cancel();
    }
  }

  /** From here on clients wait; if that lasts too long, the run takes its way back by itself. */
  private CancellationScope outageBegins() {
    outageBegan = Workflow.currentTimeMillis();
    Duration budget = move.policy().switchover().outageBudget();
    CancellationScope scope =
        Workflow.newCancellationScope(
            () ->
                Async.procedure(
                    () -> {
                      Workflow.sleep(budget);
                      if (!run.isPivotPassed()) {
                        run.stop(
                            FailureCode.OUTAGE_BUDGET_SPENT,
                            "the outage budget of " + Span.of(budget) + " was spent");
                      }
                    }));
    scope.run();
    return scope;
  }

  private List<PauseToSee> paused() {
    Duration budget = move.policy().switchover().outageBudget();
    return run.step(
        SwitchoverStep.PAUSE,
        () -> endpoints.pause(run.call(SwitchoverStep.PAUSE), budget),
        Undo.by(() -> resumed(budget)));
  }

  /** Its host lets clients go by itself when the budget is over, whatever is known of that here. */
  private void resumed(Duration budget) {
    deciding.untilDone(
        SwitchoverStep.PAUSE,
        () ->
            String.format(
                "%s takes writes; clients of PgBouncer are held until its own host lets them go, %s"
                    + " after they were first held",
                move.from().id(), Span.of(budget)),
        new Holding.Hold(true, ""),
        () -> endpoints.resume(run.call(SwitchoverStep.PAUSE), budget));
  }

  /** What is left of the outage budget; an act is given a second at least. */
  private Duration left() {
    Duration spent = Duration.ofMillis(Workflow.currentTimeMillis() - outageBegan);
    Duration left = move.policy().switchover().outageBudget().minus(spent);
    return left.compareTo(AT_LEAST) < 0 ? AT_LEAST : left;
  }

  private HandedOver handedOver() {
    Duration stop = move.policy().switchover().stopWithin();
    Duration left = left();
    Duration limit = stop.compareTo(left) < 0 ? stop : left;
    HandedOver end =
        run.step(
            SwitchoverStep.HAND_OVER,
            () -> ports.handOver(run.call(SwitchoverStep.HAND_OVER), move.from(), limit),
            Undo.by(this::givenBack));
    proofs.add(
        new ProofRecord(
            end.instance().value(),
            List.of(
                new Fact("state", "shut down"),
                new Fact("system_identifier", end.system().toString()),
                new Fact("timeline", end.timeline().toString()),
                new Fact("shutdown_checkpoint", end.checkpoint().toString()))));
    return end;
  }

  /** Nobody takes writes until this is done, so it holds rather than give up. */
  private void givenBack() {
    deciding.untilDone(
        SwitchoverStep.HAND_OVER,
        () ->
            move.from().id()
                + " was to write again; until it does nobody takes writes. "
                + new ByHand(move).back(),
        new Holding.Hold(true, ""),
        () -> {
          List<InstanceId> writers = refuseOtherWriters();
          GivenBack back =
              ports.giveBack(
                  run.call(SwitchoverStep.HAND_OVER),
                  move.from(),
                  move.policy().switchover().stopWithin());
          if (back.wasFenced()) {
            ports.write(run.call(SwitchoverStep.VERIFY), move.from());
          } else if (!writers.contains(move.from().id())) {
            run.leaves(
                move.from().id() + " takes no writes, and it was not this run that ended it");
          }
          return back;
        });
  }

  /** Somebody may have promoted another one behind our back: two must never be. */
  private List<InstanceId> refuseOtherWriters() {
    List<InstanceId> writers = ports.writersInOutage(run.call(SwitchoverStep.LAST_LOOK));
    List<InstanceId> others =
        writers.stream().filter(writer -> !writer.equals(move.from().id())).toList();
    if (!others.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s takes writes: somebody promoted it, and %s must not be started beside it",
              others, move.from().id()));
    }
    return writers;
  }

  private void takenOver(HandedOver end, List<PauseToSee> pauses) {
    TakenOver taken =
        run.pivot(
            SwitchoverStep.TAKE_OVER,
            () -> RunbookRun.untilKnown(() -> takeOverOrBar(end, pauses)));
    outage = (Workflow.currentTimeMillis() - outageBegan) + " ms";
    if (taken.timeline().value() != end.timeline().value() + 1) {
      degraded.add(
          String.format(
              "timeline %s follows %s: one between them was used before",
              taken.timeline(), end.timeline()));
    }
    proofs.add(
        new ProofRecord(
            taken.instance().value(),
            List.of(
                new Fact("state", "in production"),
                new Fact("system_identifier", end.system().toString()),
                new Fact("timeline", taken.timeline().toString()),
                new Fact("fork", taken.fork().toString()),
                new Fact("promoted_after_clients_were_held", outage))));
    run.note(
        SwitchoverStep.TAKE_OVER,
        String.format("timeline %s begins at %s", taken.timeline(), taken.fork()));
  }

  /** A promotion that failed either happened all the same, or is barred and never will. */
  private TakenOver takeOverOrBar(HandedOver end, List<PauseToSee> pauses) {
    try {
      return ports.takeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses, left());
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      PromotionBarred barred =
          deciding.untilDone(
              SwitchoverStep.TAKE_OVER,
              () ->
                  String.format(
                      "%s is stopped and fenced, whether %s was promoted is not known (%s):"
                          + " nobody may be started before that is. %s",
                      move.from().id(), move.to().id(), why.sentence(), new ByHand(move).back()),
              new Holding.Hold(true, move.to().id().value()),
              () -> ports.barTakeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses));
      return barred.taken().stream()
          .findFirst()
          .orElseThrow(() -> RunbookStop.rolledBack(why.code(), why.sentence()));
    }
  }
}
