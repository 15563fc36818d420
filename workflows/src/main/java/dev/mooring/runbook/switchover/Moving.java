package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointsPaused;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.Deciding;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.Undo;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The move itself, once it is planned, approved and locked. */
final class Moving {
  private static final Duration CLIENTS_END_WITHIN = Duration.ofSeconds(5);

  private final Move move;
  private final SwitchoverCalls ports;
  private final RunbookRun<SwitchoverStep> run;
  private final Deciding<SwitchoverStep> deciding;
  private final String namesBefore;
  private final List<String> degraded = new ArrayList<>();
  private final List<ProofRecord> proofs = new ArrayList<>();
  private long outageBegan;
  private String outage = "";

  /**
   * @param namesBefore synchronous_standby_names of the target
   */
  Moving(
      Move move,
      String namesBefore,
      SwitchoverCalls ports,
      RunbookRun<SwitchoverStep> run,
      Deciding<SwitchoverStep> deciding) {
    this.move = move;
    this.namesBefore = namesBefore;
    this.ports = ports;
    this.run = run;
    this.deciding = deciding;
  }

  List<String> degraded() {
    return List.copyOf(degraded);
  }

  List<ProofRecord> proofs() {
    return List.copyOf(proofs);
  }

  String headline() {
    return String.format(
        "%s is the primary, %s follows it; writes stood still for %s",
        move.to().id(), move.from().id(), outage);
  }

  void move() {
    prepare();
    HandedOver end;
    List<PauseToSee> pauses;
    CancellationScope budget = outageBegins();
    try {
      pauses = paused();
      end = handedOver();
      takenOver(end, pauses);
    } finally {
      budget.cancel();
    }
    Workflow.newDetachedCancellationScope(this::afterwards).run();
  }

  // ---- before the outage

  private void prepare() {
    SlotsSet made =
        run.step(
            SwitchoverStep.PREPARE_SLOTS,
            () ->
                ports.setSlots(
                    run.call(SwitchoverStep.PREPARE_SLOTS), move.to(), move.slots(), List.of()),
            preparation("slots on the target are", this::dropSlots));
    run.note(SwitchoverStep.PREPARE_SLOTS, "made " + made.made());
    prepareSynchronous();
    run.step(
        SwitchoverStep.PREPARE_ENDPOINTS,
        () ->
            whole(
                hasEndpoints()
                    ? ports.prepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to())
                    : NO_ENDPOINTS),
        preparation(
            "the new target of endpoints is",
            () -> {
              if (hasEndpoints()) {
                whole(ports.unprepare(run.call(SwitchoverStep.PREPARE_ENDPOINTS), move.to()));
              }
            }));
    run.step(
        SwitchoverStep.CHECKPOINT,
        () -> {
          var ended = ports.checkpoint(run.call(SwitchoverStep.CHECKPOINT), move.from());
          FanOut.failOn(ended.failures());
          return ended;
        },
        Undo.nothing("a checkpoint changes nothing that anybody could see"));
  }

  private static final EndpointsSet NO_ENDPOINTS = new EndpointsSet(List.of(), List.of());

  private boolean hasEndpoints() {
    return !move.policy().endpoints().isEmpty();
  }

  /**
   * The way back of what was prepared, when the old primary takes writes again: what can't be taken
   * back harms nobody before the next move, and is told.
   */
  private Undo preparation(String what, Runnable takeBack) {
    return Undo.by(
        () -> {
          try {
            takeBack.run();
          } catch (TemporalFailure e) {
            run.leaves(what + " left as prepared: " + Explained.of(e).sentence());
          } catch (RunbookStop e) {
            run.leaves(what + " left as prepared: " + e.getMessage());
          }
        });
  }

  /** Only those that nobody streams from. */
  private void dropSlots() {
    ports.setSlots(run.call(SwitchoverStep.PREPARE_SLOTS), move.to(), List.of(), move.slots());
  }

  private void prepareSynchronous() {
    run.step(
        SwitchoverStep.PREPARE_SYNCHRONOUS,
        () ->
            ports.setSynchronous(
                run.call(SwitchoverStep.PREPARE_SYNCHRONOUS), move.to(), move.synchronousNames()),
        preparation(
            "synchronous_standby_names of the target are",
            () ->
                ports.unsetSynchronous(
                    run.call(SwitchoverStep.PREPARE_SYNCHRONOUS), move.to(), namesBefore)));
  }

  private static EndpointsSet whole(EndpointsSet set) {
    refuseOn(set.failures());
    return set;
  }

  private static void refuseOn(List<EndpointFailure> failures) {
    if (!failures.isEmpty()) {
      throw RunbookStop.failed(
          failures.get(0).code(),
          failures.stream()
              .map(failure -> failure.name() + ": " + failure.message())
              .collect(Collectors.joining("; ")));
    }
  }

  // ---- the outage

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
    EndpointsPaused paused =
        run.step(
            SwitchoverStep.PAUSE,
            () -> {
              EndpointsPaused all =
                  hasEndpoints()
                      ? ports.pause(run.call(SwitchoverStep.PAUSE), CLIENTS_END_WITHIN, budget)
                      : new EndpointsPaused(List.of(), List.of());
              refuseOn(all.failures());
              return all;
            },
            Undo.by(
                () -> {
                  if (hasEndpoints()) {
                    whole(ports.resume(run.call(SwitchoverStep.PAUSE), CLIENTS_END_WITHIN, budget));
                  }
                }));
    return ports.pausesToSee(paused);
  }

  private HandedOver handedOver() {
    Duration limit = move.policy().switchover().stopWithin();
    HandedOver end =
        run.step(
            SwitchoverStep.HAND_OVER,
            () -> ports.handOver(run.call(SwitchoverStep.HAND_OVER), move.from(), limit),
            Undo.by(() -> ports.giveBack(run.call(SwitchoverStep.HAND_OVER), move.from(), limit)));
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

  private void takenOver(HandedOver end, List<PauseToSee> pauses) {
    TakenOver taken =
        run.pivot(
            SwitchoverStep.TAKE_OVER,
            () -> RunbookRun.untilKnown(() -> takeOverOrBar(end, pauses)));
    outage = (Workflow.currentTimeMillis() - outageBegan) + " ms at most";
    proofs.add(
        new ProofRecord(
            taken.instance().value(),
            List.of(
                new Fact("state", "in production"),
                new Fact("system_identifier", end.system().toString()),
                new Fact("timeline", taken.timeline().toString()),
                new Fact("fork", taken.fork().toString()),
                new Fact("writes_stood_still", outage))));
    run.note(
        SwitchoverStep.TAKE_OVER,
        String.format("timeline %s begins at %s", taken.timeline(), taken.fork()));
  }

  /** A promotion that failed either happened all the same, or is barred and never will. */
  private TakenOver takeOverOrBar(HandedOver end, List<PauseToSee> pauses) {
    try {
      return ports.takeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses);
    } catch (TemporalFailure e) {
      Explained why = Explained.of(e);
      PromotionBarred barred =
          deciding.untilDone(
              SwitchoverStep.TAKE_OVER,
              () ->
                  String.format(
                      "%s is stopped and fenced, whether %s was promoted is not known (%s):"
                          + " nobody may be started before that is",
                      move.from().id(), move.to().id(), why.sentence()),
              () -> ports.barTakeOver(run.call(SwitchoverStep.TAKE_OVER), move.to(), end, pauses));
      return barred.taken().stream()
          .findFirst()
          .orElseThrow(() -> RunbookStop.rolledBack(why.code(), why.sentence()));
    }
  }

  // ---- after it

  private void afterwards() {
    forward(
        SwitchoverStep.ROUTE,
        () ->
            whole(
                hasEndpoints()
                    ? ports.route(run.call(SwitchoverStep.ROUTE), move.to())
                    : NO_ENDPOINTS));
    run.forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    forward(
        SwitchoverStep.REJOIN,
        () -> ports.follow(run.call(SwitchoverStep.REJOIN), move, move.from()));
    forward(SwitchoverStep.STREAMING, this::streaming);
    forward(SwitchoverStep.VERIFY, this::verified);
    run.forward(SwitchoverStep.CLEAN_UP, this::cleanedUp);
  }

  private <T> T forward(SwitchoverStep step, Supplier<T> act) {
    return run.forward(
        step,
        () ->
            deciding.untilDone(
                step,
                () ->
                    move.to().id()
                        + " is the primary and takes writes; that can't be undone but by a move"
                        + " back",
                act));
  }

  /** A sibling that can't follow yet holds nobody up. */
  private List<Instance> siblingsFollow() {
    List<Instance> follow = new ArrayList<>();
    for (Instance sibling : move.siblings()) {
      try {
        ports.follow(run.call(SwitchoverStep.FOLLOW), move, sibling);
        follow.add(sibling);
      } catch (TemporalFailure e) {
        degraded.add(
            String.format(
                "%s does not follow %s: %s",
                sibling.id(), move.to().id(), Explained.of(e).sentence()));
      }
    }
    return follow;
  }

  private StandbysAwaited streaming() {
    List<Instance> streaming =
        move.standbys().stream()
            .filter(standby -> move.upstreamOf(standby).isPresent())
            .filter(
                standby ->
                    degraded.stream().noneMatch(d -> d.startsWith(standby.id() + " does not")))
            .toList();
    StandbysAwaited awaited =
        ports.awaitStreaming(run.call(SwitchoverStep.STREAMING), move.to(), streaming);
    awaited.behind().stream()
        .filter(behind -> !behind.instance().equals(move.from().id()))
        .forEach(behind -> degraded.add(behind.instance() + ": " + behind.message()));
    awaited.behind().stream()
        .filter(behind -> behind.instance().equals(move.from().id()))
        .forEach(
            behind -> {
              throw RunbookStop.failed(behind.code(), behind.instance() + ": " + behind.message());
            });
    run.note(SwitchoverStep.STREAMING, awaited.streaming() + " stream from " + move.to().id());
    return awaited;
  }

  private WriteProved verified() {
    WriteProved written = ports.write(run.call(SwitchoverStep.VERIFY), move.to());
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("written", written.at() + " on timeline " + written.timeline()));
    WriteRefused refused = ports.refusedAt(run.call(SwitchoverStep.VERIFY), move.from());
    facts.add(new Fact("refused_at_" + refused.instance(), refused.sqlState()));
    proofs.add(new ProofRecord("writes", facts));
    return written;
  }

  private List<String> cleanedUp() {
    List<String> all = move.cluster().members().stream().map(Instance::replicationName).toList();
    List<String> used =
        move.standbys().stream()
            .filter(s -> move.upstreamOf(s).filter(move.from()::equals).isPresent())
            .map(Instance::replicationName)
            .toList();
    try {
      SlotsSet set =
          ports.setSlots(
              run.call(SwitchoverStep.CLEAN_UP),
              move.from(),
              used,
              all.stream().filter(name -> !used.contains(name)).toList());
      run.note(SwitchoverStep.CLEAN_UP, "dropped " + set.dropped());
      return set.dropped();
    } catch (TemporalFailure e) {
      degraded.add(
          String.format(
              "slots on %s keep WAL still: %s", move.from().id(), Explained.of(e).sentence()));
      return List.of();
    }
  }
}
