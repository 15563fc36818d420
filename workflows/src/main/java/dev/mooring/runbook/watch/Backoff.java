package dev.mooring.runbook.watch;

import dev.mooring.runbook.DurationText;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** The pauses between the calls of a watch about incidents of one kind. */
final class Backoff {
  /** A run that was started has its locks by then. */
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

  private Duration pause = FIRST_PAUSE;
  private boolean waits;

  boolean waits() {
    return waits;
  }

  /** Begins a pause; the next one is longer unless a run was started. */
  void begin(boolean started) {
    waits = true;
    Workflow.newTimer(pause).thenApply(over -> waits = false);
    pause = started ? FIRST_PAUSE : DurationText.twice(pause, LONGEST_PAUSE);
  }
}
