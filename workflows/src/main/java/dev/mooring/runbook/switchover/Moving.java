package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.TimelineId;
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
import java.util.function.Supplier;

/** The outage of a move: from the pause of its clients to the promotion, and the way back. */
final class Moving {
  private final Move move;
  private final SwitchoverCalls ports;
  private final EndpointCalls endpoints;
  private final Steps<SwitchoverStep> run;
  private final Holding<SwitchoverStep> deciding;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private static final Duration AT_LEAST = Duration.ofSeconds(1);

  /** What is given to a host's clock and to an act that was under way, beyond the budget. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final List<String> degraded = new ArrayList<>();
  private long outageBegan;

  /** When clients were held at the latest. */
  private long held;

  private String outage = "";

  /** What is known of the old primary. */
  private String old;

  /** Whether another took writes when it was looked last: no command is told then. */
  private boolean anotherWrites;

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
    this.old = move.from().id() + " was not stopped by this run";
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

  /**
   * A promotion.
   *
   * @param before the timeline that the old primary was stopped on
   * @param taken what the target made of it
   */
  record Promoted(TimelineId before, TakenOver taken) {}

  /** Ends with the target as the primary, or throws with the way back registered. */
  Promoted move() {
    CancellationScope budget = outageBegins();
    try {
      List<PauseToSee> pauses = paused();
      HandedOver end = handedOver();
      return new Promoted(end.timeline(), takenOver(end, pauses));
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
        () -> {
          try {
            return endpoints.pause(run.call(SwitchoverStep.PAUSE), budget);
          } finally {
            held = Workflow.currentTimeMillis();
          }
        },
        Undo.by(() -> resumed(budget)));
  }

  /** Its host lets clients go by itself when the budget is over, whatever is known of that here. */
  private void resumed(Duration budget) {
    deciding.untilDone(
        SwitchoverStep.PAUSE,
        () ->
            String.format(
                "%s; clients of PgBouncer are held until its own host lets them go, %s after they"
                    + " were first held",
                old, Span.of(budget)),
        new Holding.Hold(true, ""),
        () -> letGo(budget));
  }

  /** Whose host is silent until that is over is not waited for: other undos are behind it. */
  private EndpointsSet letGo(Duration budget) {
    try {
      return endpoints.resume(run.call(SwitchoverStep.PAUSE), budget);
    } catch (TemporalFailure e) {
      if (Explained.isHostSilent(e) && isOver(budget)) {
        return notSeen(Explained.of(e).sentence(), budget);
      }
      throw e;
    } catch (RunbookStop e) {
      if (Explained.isSilence(e.code()) && isOver(budget)) {
        return notSeen(e.reason(), budget);
      }
      throw e;
    }
  }

  private boolean isOver(Duration budget) {
    return Workflow.currentTimeMillis() - held > budget.plus(MARGIN).toMillis();
  }

  private EndpointsSet notSeen(String why, Duration budget) {
    run.leaves(
        String.format(
            "PgBouncer was not seen to let clients go (%s): its own host does, %s after they were"
                + " first held",
            why, Span.of(budget)));
    return EndpointCalls.NOTHING;
  }

  /** What is left of the outage budget; an act is given a second at least. */
  private Duration left() {
    Duration spent = Duration.ofMillis(Workflow.currentTimeMillis() - outageBegan);
    Duration left = move.policy().switchover().outageBudget().minus(spent);
    return left.compareTo(AT_LEAST) < 0 ? AT_LEAST : left;
  }

  private HandedOver handedOver() {
    Duration stop = move.policy().switchover().stopWithin();
    Duration limit = Span.shorter(stop, left());
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
    InstanceId from = move.from().id();
    old = from + " was not seen to take writes";
    deciding.untilDone(
        SwitchoverStep.HAND_OVER,
        () ->
            anotherWrites
                ? from + " is not started beside another that takes writes"
                : from
                    + " was to write again; until it does nobody takes writes. "
                    + new ByHand(move).back(),
        new Holding.Hold(true, ""),
        () -> seeingWriters(this::writesAgain));
  }

  private GivenBack writesAgain() {
    InstanceId from = move.from().id();
    List<InstanceId> writers = refuseOtherWriters(from, "must not be started beside it");
    GivenBack back =
        ports.giveBack(
            run.call(SwitchoverStep.HAND_OVER),
            move.from(),
            move.policy().switchover().stopWithin());
    if (back.wasFenced()) {
      ports.write(run.call(SwitchoverStep.VERIFY), move.from());
      old = from + " takes writes";
    } else if (writers.contains(from)) {
      old = from + " takes writes";
    } else {
      old = from + " takes no writes, and it was not this run that ended it";
      run.leaves(old);
    }
    return back;
  }

  /** Somebody may have promoted or started another one behind our back: two must never be. */
  private List<InstanceId> refuseOtherWriters(InstanceId but, String otherwise) {
    List<InstanceId> writers = ports.writersInOutage(run.call(SwitchoverStep.LAST_LOOK));
    List<InstanceId> others = writers.stream().filter(writer -> !writer.equals(but)).toList();
    if (!others.isEmpty()) {
      anotherWrites = true;
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s takes writes: somebody promoted or started it, and %s %s",
              others, but, otherwise));
    }
    return writers;
  }

  /** Keeps whether it failed because another takes writes. */
  private <T> T seeingWriters(Supplier<T> act) {
    anotherWrites = false;
    try {
      return act.get();
    } catch (TemporalFailure e) {
      FailureCode code = Explained.of(e).code();
      anotherWrites = code == FailureCode.TWO_PRIMARIES || code == FailureCode.PROMOTED;
      throw e;
    }
  }

  private TakenOver takenOver(HandedOver end, List<PauseToSee> pauses) {
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
    return taken;
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
              () -> notKnown(why, end),
              new Holding.Hold(true, move.to().id().value()),
              () -> seeingWriters(() -> barred(end, pauses)));
      return barred.taken().stream()
          .findFirst()
          .orElseThrow(() -> RunbookStop.rolledBack(why.code(), why.sentence()));
    }
  }

  /**
   * A target that was told to promote goes on with that when it is looked at: never beside another.
   */
  private PromotionBarred barred(HandedOver end, List<PauseToSee> pauses) {
    refuseOtherWriters(move.to().id(), "must not be promoted beside it");
    return ports.barTakeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses);
  }

  private String notKnown(Explained why, HandedOver end) {
    return anotherWrites
        ? String.format(
            "whether %s was promoted is not known (%s); nobody is promoted or started beside"
                + " another that takes writes",
            move.to().id(), why.sentence())
        : String.format(
            "%s is stopped and fenced, whether %s was promoted is not known (%s): nobody may be"
                + " started before that is. %s. %s",
            move.from().id(),
            move.to().id(),
            why.sentence(),
            new ByHand(move).back(),
            new ByHand(move).forward(end.checkpoint()));
  }
}
