package dev.mooring.runbook;

import dev.mooring.evidence.Receipt.StepRecord;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;

/** The course of each step: in the progress view, in the log, and for the receipt. */
final class StepLog {
  private static final Logger LOG = Workflow.getLogger(StepLog.class);

  private final ProgressView view;
  private final List<StepRecord> records = new ArrayList<>();

  StepLog(ProgressView view) {
    this.view = view;
  }

  /** Returns the start time. */
  Instant begins(Step step) {
    view.mark(step, "running", "");
    LOG.info("{} begins: {}", step.name(), step.sentence());
    return RunbookRun.now();
  }

  void done(Step step, Instant began) {
    record(step, began, "done");
    view.mark(step, "done");
  }

  void failed(Step step, Instant began, String why) {
    record(step, began, "failed: " + why);
    view.mark(step, "failed", why);
  }

  /**
   * @param stays whether what the step did stays, or a part of it: the ending says so
   */
  void undone(Step step, Instant began, boolean stays) {
    String how = stays ? "left in place" : "undone";
    record(step, began, how);
    view.mark(step, how, "");
  }

  private void record(Step step, Instant began, String result) {
    String verb = step.verb().done().name().toLowerCase(Locale.ROOT);
    Instant ended = RunbookRun.now();
    records.add(new StepRecord(step.name(), verb, began, ended, result));
    view.took(step, Duration.between(began, ended));
    LOG.info("{} ends: {}", step.name(), result);
  }

  /** The steps that ended so far. */
  List<StepRecord> all() {
    return List.copyOf(records);
  }
}
