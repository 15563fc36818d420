package dev.mooring.runbook;

import java.util.List;

/**
 * Where a run stands, as the query {@code progress} answers it.
 *
 * @param runbook the workflow type
 * @param headline one sentence
 * @param point the restore point it is about, or empty
 * @param steps every step of the runbook
 */
public record Progress(String runbook, String headline, String point, List<StepProgress> steps) {
  public Progress {
    steps = List.copyOf(steps);
  }

  /**
   * A step.
   *
   * @param state waiting, running, done, failed, undone or skipped
   * @param note what is known of it, or empty
   */
  public record StepProgress(String step, String sentence, String state, String note) {}
}
