package dev.mooring.runbook;

import dev.mooring.quoting.MarkdownText;
import dev.mooring.quoting.Printable;

/** A run's progress as the Web UI's current details. */
final class Markdown {
  private Markdown() {}

  static String of(Progress progress) {
    StringBuilder text = new StringBuilder();
    text.append("**").append(MarkdownText.of(Printable.line(progress.headline()))).append("**\n\n");
    if (!progress.point().isEmpty()) {
      text.append("restore point `").append(progress.point()).append("`\n\n");
    }
    text.append("| step | state | |\n|---|---|---|\n");
    for (Progress.StepProgress step : progress.steps()) {
      text.append("| ").append(MarkdownText.of(step.sentence()));
      text.append(" | ").append(step.state());
      text.append(" | ").append(MarkdownText.of(step.note())).append(" |\n");
    }
    return Printable.escaped(text.toString());
  }
}
