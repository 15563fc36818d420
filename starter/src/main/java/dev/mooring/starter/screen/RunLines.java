package dev.mooring.starter.screen;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.starter.temporal.Watcher.PendingCall;
import dev.mooring.starter.temporal.Watcher.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A run's progress as lines. */
final class RunLines {
  private static final long NO_TIME_MILLIS = 50;

  private RunLines() {}

  /** All steps, each with its state: the picture of a moment. */
  static List<String> picture(RunView view) {
    return picture(view, Integer.MAX_VALUE);
  }

  /**
   * The picture of a moment in so many lines: if it has more, the lines around the last step that
   * began, and the note in any case.
   *
   * @param height at least three
   */
  static List<String> picture(RunView view, int height) {
    List<String> steps = steps(view);
    List<String> note = view.note().isEmpty() ? List.of() : List.of("  " + view.note());
    int room = Math.max(3, height - note.size());
    List<String> lines = new ArrayList<>(steps);
    if (steps.size() > room) {
      int at = lastBegun(steps);
      int from = Math.max(0, Math.min(at - room / 2, steps.size() - room));
      int to = from + room;
      lines = new ArrayList<>(steps.subList(from, to));
      if (from > 0) {
        lines.set(0, "           " + (from + 1) + " lines above");
      }
      if (to < steps.size()) {
        lines.set(room - 1, "           " + (steps.size() - to + 1) + " lines below");
      }
    }
    lines.addAll(note);
    return lines;
  }

  /** Steps that have not begun, and lines below a step, have no word in front. */
  private static int lastBegun(List<String> steps) {
    return IntStream.range(0, steps.size())
        .filter(at -> !steps.get(at).startsWith("   "))
        .max()
        .orElse(0);
  }

  private static List<String> steps(RunView view) {
    List<String> lines = new ArrayList<>();
    for (StepProgress step : view.progress().steps()) {
      lines.add(step(step));
      if (step.state().equals("running")) {
        lines.addAll(calls(view.calls()));
      }
    }
    return lines.isEmpty() ? List.of("  " + view.progress().headline()) : lines;
  }

  /**
   * What has happened so far: a line for each step that ended, and each trouble.
   *
   * @param lasting whether the running step has run long enough to be named before it ends
   */
  static List<String> events(RunView view, boolean lasting) {
    List<String> calls = calls(view.calls());
    List<String> lines = new ArrayList<>();
    for (StepProgress step : view.progress().steps()) {
      boolean runs = step.state().equals("running");
      boolean isNamed = !runs || lasting || !calls.isEmpty();
      if (isNamed && !step.hasNotBegun() && !step.state().equals("skipped")) {
        lines.add(step(step));
      }
    }
    lines.addAll(calls);
    if (!view.note().isEmpty()) {
      lines.add("  " + view.note());
    }
    return lines;
  }

  private static String step(StepProgress step) {
    String shown = step.hasNotBegun() ? "" : step.state();
    return String.format("  %-8s %s", shown, step.sentence())
        + took(Duration.ofMillis(step.millis()))
        + (step.note().isEmpty() ? "" : ": " + step.note());
  }

  /** The time a step took; empty if it is too short to mention. */
  private static String took(Duration time) {
    if (time.toMillis() < NO_TIME_MILLIS) {
      return "";
    }
    return time.toMinutes() > 0
        ? " (" + DurationText.of(time) + ")"
        : String.format(Locale.ROOT, " (%.1f s)", time.toMillis() / 1000.0);
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
