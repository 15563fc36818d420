package dev.mooring.runbook.replication;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.FailureCode.Owner;
import dev.mooring.port.PrimaryActivities.PrimarySet;
import dev.mooring.port.PrimaryActivities.Restarted;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The steps that set a primary for its standbys. Its restart is the one outage of a setup: if it
 * fails, the undo of the settings starts the primary as it was, unless another member accepts
 * writes by then.
 */
final class PrimarySettings {
  private static final Duration RESTARTED_WITHIN = Duration.ofMinutes(3);
  private static final Duration GIVEN_BACK_WITHIN = Duration.ofMinutes(10);
  private static final Duration TRIES_AGAIN_FIRST = Duration.ofMillis(200);
  private static final Duration TRIES_AGAIN_AT_LEAST = Duration.ofSeconds(10);

  private final RunbookRun run;
  private final PrimaryCalls calls;
  private final Members members;
  private final PrimaryPlan plan;
  private final List<String> changed;

  /** The primary was ordered to stop, and is not known to be up again. */
  private boolean mayBeDown;

  /**
   * @param changed takes what was changed as it is, one sentence each, and loses what is given back
   */
  PrimarySettings(RunContext context, PrimaryCalls calls, SetupPlan plan, List<String> changed) {
    this.run = context.run();
    this.calls = calls;
    this.members = plan.members();
    this.plan = plan.raised();
    this.changed = changed;
  }

  /** Everything, in order. */
  void makeDone() {
    if (!plan.isNothing() || plan.restarts()) {
      set();
      changed.addAll(plan.sets());
    }
    if (plan.restarts()) {
      restart();
      changed.add(plan.primary().id() + ": restarted");
    }
  }

  private void set() {
    run.step(
        ReplicationStep.SET_PRIMARY,
        () -> calls.set(plan, run.call(ReplicationStep.SET_PRIMARY)),
        Undo.by(
            () -> {
              Call call = run.call(ReplicationStep.SET_PRIMARY);
              PrimarySet back =
                  mayBeDown
                      ? besideNoWriter(GIVEN_BACK_WITHIN, () -> calls.revertOnce(plan, call))
                      : calls.revert(plan, call);
              if (back.left().isEmpty()) {
                changed.removeAll(plan.sets());
              } else {
                run.stays("the settings of " + plan.primary().id() + " stay: " + back.left());
              }
            }));
  }

  private void restart() {
    run.step(
        ReplicationStep.CHECKPOINT,
        () -> calls.checkpoint(plan.primary(), run.call(ReplicationStep.CHECKPOINT)),
        Undo.nothing("a checkpoint changes no data"));
    run.step(
        ReplicationStep.RESTART_PRIMARY,
        this::restarted,
        Undo.nothing("undoing the settings also starts it again"));
    run.observe(
        ReplicationStep.SEE_PRIMARY,
        () -> {
          ReplicationObserved seen =
              calls.look(plan.primary(), run.call(ReplicationStep.SEE_PRIMARY));
          FanOut.failOn(seen.failures());
          judge(seen.members().get(0));
        });
  }

  private Restarted restarted() {
    Call call = run.call(ReplicationStep.RESTART_PRIMARY);
    Restarted restarted =
        besideNoWriter(
            RESTARTED_WITHIN,
            () -> {
              mayBeDown = true;
              return calls.restartOnce(plan, call);
            });
    mayBeDown = false;
    return restarted;
  }

  /**
   * One attempt at a time, each after an observation of the other members: while no worker was
   * there a person may have promoted one of them, and a primary must not be started beside it.
   */
  private <T> T besideNoWriter(Duration atMost, Supplier<T> attempt) {
    long end = Workflow.currentTimeMillis() + atMost.toMillis();
    for (Duration wait = TRIES_AGAIN_FIRST;
        ;
        wait = DurationText.twice(wait, TRIES_AGAIN_AT_LEAST)) {
      try {
        refuseOtherWriters();
        return attempt.get();
      } catch (TemporalFailure e) {
        if (Explained.of(e).code().owner() != Owner.RETRY || isOver(end)) {
          throw e;
        }
      } catch (RunbookStop e) {
        if (e.code() != FailureCode.NO_WORKER || isOver(end)) {
          throw e;
        }
      }
      Workflow.sleep(wait);
    }
  }

  private static boolean isOver(long end) {
    return Workflow.currentTimeMillis() >= end;
  }

  private void refuseOtherWriters() {
    InstanceId primary = plan.primary().id();
    Call call = run.call(ReplicationStep.RESTART_PRIMARY);
    PrimaryCalls.Beside beside = calls.beside(members, call);
    if (!beside.writers().isEmpty()) {
      InstanceId writer = beside.writers().get(0);
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes: a person or another run promoted or started it, and %s is not"
                  + " started beside it; `mooring adopt %s %s` keeps its launchers from that too",
              writer, primary, call.cluster(), writer));
    }
    if (!beside.unasked().isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.NO_WORKER,
          String.format(
              "%s is not started: it is not known whether %s",
              primary, String.join("; ", beside.unasked())));
    }
  }

  /** A value on the command line of its start is stronger than what is configured. */
  private void judge(MemberObserved primary) {
    List<String> waiting =
        primary.settings().stream()
            .filter(Setting::pendingRestart)
            .map(Setting::name)
            .filter(plan.restart()::contains)
            .toList();
    List<String> low =
        plan.settings().stream()
            .filter(one -> plan.restart().contains(one.name()))
            .filter(one -> !primary.setting(one.name()).orElse("").equals(one.wanted()))
            .map(one -> one.name() + " = " + primary.setting(one.name()).orElse("not known"))
            .toList();
    if (!waiting.isEmpty() || !low.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.SETTINGS_TOO_LOW,
          String.format(
              "%s was restarted and still has %s: something else sets it, such as the command line"
                  + " of its start",
              primary.instance(), String.join(", ", low.isEmpty() ? waiting : low)));
    }
  }
}
