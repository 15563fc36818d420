package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The outage of a move: from PAUSE to the promotion, with its roll-back. */
final class Outage {
  private final Move move;
  private final SwitchoverCalls ports;
  private final Endpoints endpoints;
  private final Steps run;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private static final Duration AT_LEAST = Duration.ofSeconds(1);

  /** During a longer stop a person may have promoted another instance. */
  private static final Duration QUICK = Duration.ofSeconds(1);

  /** Added to the budget, for the host's clock and for an act in progress. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final List<String> degraded = new ArrayList<>();
  private long outageBegan;

  /** When clients were paused, at the latest. */
  private long held;

  private String outage = "";

  private final OtherWriters others;
  private final GiveWritesBack giveWritesBack;

  /**
   * @param answered members that answered under the locks
   */
  Outage(Move move, List<InstanceId> answered, SwitchoverCalls ports, Steps run) {
    this.move = move;
    this.ports = ports;
    this.endpoints = new Endpoints(move.cluster());
    this.run = run;
    this.others = new OtherWriters(move.cluster(), run);
    this.giveWritesBack = new GiveWritesBack(move, answered, ports, others, run);
  }

  List<ProofRecord> proofs() {
    return List.copyOf(proofs);
  }

  List<String> degraded() {
    return List.copyOf(degraded);
  }

  String headline(Promoted promoted) {
    return String.format(
        "%s is the primary, %s; it was promoted %s after the outage began",
        move.to().id(),
        promoted.hasAll()
            ? move.from().id() + " follows it"
            : "and lacks transactions of " + move.from().id(),
        outage);
  }

  /**
   * A promotion.
   *
   * @param before the state in which the old primary was stopped
   * @param taken the promotion of the target
   */
  record Promoted(HandedOver before, TakenOver taken) {

    /** Whether it has all WAL of the old primary: it left the timeline after the last record. */
    boolean hasAll() {
      return taken.fork().isAfter(before.checkpoint());
    }
  }

  /** Returns with the target as the primary, or throws with the undo registered. */
  Promoted move() {
    CancellationScope budget = outageBegins();
    try {
      List<PauseToSee> pauses = paused();
      long began = Workflow.currentTimeMillis();
      HandedOver end = handedOver();
      if (Workflow.currentTimeMillis() - began > QUICK.toMillis()) {
        others.refuseAtOnce(move.to().id(), "must not be promoted beside it");
      }
      return new Promoted(end, takenOver(end, pauses));
    } finally {
      budget.cancel();
    }
  }

  /** From here on clients wait; if the outage budget runs out, the run rolls back. */
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
                            "the outage budget of " + DurationText.of(budget) + " was spent");
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

  /**
   * The host resumes clients automatically when the budget is over, even if the run does not know.
   */
  private void resumed(Duration budget) {
    run.untilDone(
        SwitchoverStep.PAUSE,
        () ->
            String.format(
                "%s; PgBouncer stays paused until its own host resumes it, %s after the first"
                    + " PAUSE",
                giveWritesBack.old(), DurationText.of(budget)),
        () -> new Hold(true, ""),
        () -> letGo(budget));
  }

  /** After that time a silent host is not waited for: other undos must follow. */
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
            "PgBouncer is not known to have resumed (%s): its own host resumes it, %s after the"
                + " first PAUSE",
            why, DurationText.of(budget)));
    return Endpoints.NOTHING;
  }

  /** The remaining outage budget; an act gets at least one second. */
  private Duration left() {
    Duration spent = Duration.ofMillis(Workflow.currentTimeMillis() - outageBegan);
    Duration left = move.policy().switchover().outageBudget().minus(spent);
    return left.compareTo(AT_LEAST) < 0 ? AT_LEAST : left;
  }

  private HandedOver handedOver() {
    Duration stop = move.policy().switchover().stopWithin();
    HandedOver end =
        new DemotePrimary(move, ports, giveWritesBack, run)
            .demote(DurationText.shorter(stop, left()));
    proofs.add(DemotePrimary.proof(end));
    return end;
  }

  /** A loss of the target's host that a person attests meanwhile counts in the roll-back too. */
  private TakenOver takenOver(HandedOver end, List<PauseToSee> pauses) {
    Supplier<PromotionBarred> bar = () -> others.seeing(() -> barred(end, pauses));
    TakenOver taken =
        new Promotion(run, SwitchoverStep.TAKE_OVER, move.to().id(), bar)
            .promote(
                () -> takeOver(end, pauses),
                why -> notKnown(why, end),
                () -> giveWritesBack.lost(move.to().id()));
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

  private TakenOver takeOver(HandedOver end, List<PauseToSee> pauses) {
    return ports.takeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses, left());
  }

  /** The observation completes a promotion that has begun, so no other member may accept writes. */
  private PromotionBarred barred(HandedOver end, List<PauseToSee> pauses) {
    others.refuse(move.to().id(), "must not be promoted beside it");
    return ports.barTakeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses);
  }

  private String notKnown(Explained why, HandedOver end) {
    return others.anotherWrites()
        ? String.format(
            "whether %s was promoted is not known (%s); no instance is promoted or started beside"
                + " another that accepts writes",
            move.to().id(), why.sentence())
        : String.format(
            "%s is stopped and fenced. Whether %s was promoted is not known (%s): start no instance"
                + " before that is known. %s. %s",
            move.from().id(),
            move.to().id(),
            why.sentence(),
            new HandProcedure(move).back(),
            new HandProcedure(move).forward(end.checkpoint()));
  }
}
