package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.PrimaryActivities.PrimarySet;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps that set a primary for its standbys. Its restart is the one outage of a setup: a
 * failure in it lets the undo of the settings bring the primary up as it was.
 */
final class Raising {
  private final RunbookRun<ReplicationStep> run;
  private final PrimaryCalls calls;
  private final PrimaryPlan plan;

  Raising(RunContext<ReplicationStep> context, PrimaryCalls calls, PrimaryPlan plan) {
    this.run = context.run();
    this.calls = calls;
    this.plan = plan;
  }

  /** Everything, in order; what was changed, one sentence each. */
  List<String> done() {
    List<String> changed = new ArrayList<>();
    if (!plan.isNothing() || plan.restarts()) {
      set();
      changed.addAll(plan.sets());
    }
    if (plan.restarts()) {
      restart();
      changed.add(plan.primary().id() + ": restarted");
    }
    return changed;
  }

  private void set() {
    run.step(
        ReplicationStep.SET_PRIMARY,
        () -> calls.set(plan, run.call(ReplicationStep.SET_PRIMARY)),
        Undo.by(
            () -> {
              PrimarySet back = calls.revert(plan, run.call(ReplicationStep.SET_PRIMARY));
              if (!back.left().isEmpty()) {
                run.leaves("the settings of " + plan.primary().id() + " stay: " + back.left());
              }
            }));
  }

  private void restart() {
    run.step(
        ReplicationStep.CHECKPOINT,
        () -> {
          var ended = calls.checkpoint(plan.primary(), run.call(ReplicationStep.CHECKPOINT));
          FanOut.failOn(ended.failures());
          return ended;
        },
        Undo.nothing("a checkpoint changes nothing that anybody could see"));
    run.step(
        ReplicationStep.RESTART_PRIMARY,
        () -> calls.restart(plan, run.call(ReplicationStep.RESTART_PRIMARY)),
        Undo.nothing("who takes the settings back lets it run again"));
    run.observe(
        ReplicationStep.SEE_PRIMARY,
        () -> {
          ReplicationObserved seen =
              calls.look(plan.primary(), run.call(ReplicationStep.SEE_PRIMARY));
          FanOut.failOn(seen.failures());
          judge(seen.members().get(0));
          return seen;
        });
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
            .map(one -> one.name() + " = " + primary.setting(one.name()).orElse("not told"))
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
