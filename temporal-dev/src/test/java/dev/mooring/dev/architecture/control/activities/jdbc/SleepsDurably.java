package dev.mooring.dev.architecture.control.activities.jdbc;

import io.temporal.workflow.Workflow;
import java.time.Duration;

/** An adapter that believes it is a workflow. */
final class SleepsDurably {
  private SleepsDurably() {}

  static void rest() {
    Workflow.sleep(Duration.ofSeconds(1));
  }
}
