package dev.mooring.starter.screen;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.temporal.Watcher.PendingCall;
import dev.mooring.starter.temporal.Watcher.RunView;
import java.util.ArrayList;
import java.util.List;

/** A run's progress as lines. */
final class RunLines {
  private RunLines() {}

  /** All steps, each with its state: the picture of a moment. */
  static List<String> picture(RunView view) {
    List<String> lines = new ArrayList<>();
    for (StepProgress step : view.progress().steps()) {
      lines.add(step(step));
      if (step.state().equals("running")) {
        lines.addAll(calls(view.calls()));
      }
    }
    if (lines.isEmpty()) {
      lines.add("  " + view.progress().headline());
    }
    if (!view.note().isEmpty()) {
      lines.add("  " + view.note());
    }
    return lines;
  }

  /** What has happened so far; a line for each step that began or ended, and each trouble. */
  static List<String> events(RunView view) {
    List<String> lines = new ArrayList<>();
    for (StepProgress step : view.progress().steps()) {
      if (!step.hasNotBegun() && !step.state().equals("skipped")) {
        lines.add(step(step));
      }
    }
    lines.addAll(calls(view.calls()));
    if (!view.note().isEmpty()) {
      lines.add("  " + view.note());
    }
    return lines;
  }

  private static String step(StepProgress step) {
    String shown = step.hasNotBegun() ? "" : step.state();
    return String.format("  %-8s %s", shown, step.sentence())
        + (step.note().isEmpty() ? "" : ": " + step.note());
  }

  private static List<String> calls(List<PendingCall> calls) {
    List<String> lines = new ArrayList<>();
    for (PendingCall call : calls) {
      if (!call.queue().isEmpty()) {
        lines.add(
            String.format(
                "           no worker serves the queue %s (`systemctl start mooring-worker@%s`)",
                call.queue(), whose(call.queue())));
      } else if (!call.lastFailure().isEmpty()) {
        lines.add(
            String.format(
                "           %s, attempt %d: %s", call.name(), call.attempt(), call.lastFailure()));
      } else if (!call.says().isEmpty()) {
        lines.add("           " + call.says());
      }
    }
    return lines.stream().distinct().toList();
  }

  private static String whose(String queue) {
    return queue.equals(ActivityPolicies.SHARED_QUEUE)
        ? "SITE"
        : ActivityPolicies.siteOf(queue).value();
  }
}
