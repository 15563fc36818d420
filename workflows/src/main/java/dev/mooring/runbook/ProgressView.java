package dev.mooring.runbook;

import dev.mooring.runbook.Progress.StepProgress;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The state of each step, and one sentence about the whole run. */
final class ProgressView {
  private final String runbook;
  private final List<Step> steps;
  private final String[] states;
  private final String[] notes;
  private final long[] millis;
  private String headline = "begins";
  private String point = "";
  private int last;
  private String noteBefore = "";

  ProgressView(String runbook, List<Step> steps) {
    this.runbook = runbook;
    this.steps = steps;
    this.states = new String[steps.size()];
    this.notes = new String[steps.size()];
    this.millis = new long[steps.size()];
    Arrays.fill(states, Progress.WAITING);
    Arrays.fill(notes, "");
  }

  void about(String restorePoint) {
    point = restorePoint;
  }

  String point() {
    return point;
  }

  void mark(Step step, String state, String note) {
    last = step.ordinal();
    states[last] = state;
    notes[last] = note;
    say(step.sentence());
  }

  void took(Step step, Duration time) {
    millis[step.ordinal()] = time.toMillis();
  }

  /** Sets the state and keeps the note. */
  void mark(Step step, String state) {
    mark(step, state, notes[step.ordinal()]);
  }

  void note(Step step, String note) {
    notes[step.ordinal()] = note;
    show();
  }

  /** Shows a question at the step that was marked last, for a person who follows the run. */
  void asks(String sentence) {
    noteBefore = notes[last];
    notes[last] = noteBefore.isEmpty() ? sentence : noteBefore + "; " + sentence;
    say(sentence);
  }

  /** The question is answered. */
  void answered() {
    notes[last] = noteBefore;
    show();
  }

  void say(String sentence) {
    headline = sentence;
    show();
  }

  /** Marks steps that have not begun as not reached; an undo still marks its own step. */
  void markNotReached() {
    Collections.replaceAll(Arrays.asList(states), Progress.WAITING, Progress.NOT_REACHED);
    show();
  }

  private void show() {
    Workflow.setCurrentDetails(Markdown.of(progress()));
  }

  Progress progress() {
    List<StepProgress> all = new ArrayList<>();
    for (Step step : steps) {
      int i = step.ordinal();
      all.add(new StepProgress(step.name(), step.sentence(), states[i], notes[i], millis[i]));
    }
    return new Progress(runbook, headline, point, all);
  }
}
