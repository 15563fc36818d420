package dev.mooring.runbook;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * The progress of a run, as the query {@code progress} returns it.
 *
 * @param runbook the workflow type
 * @param headline one sentence
 * @param point the restore point of the run, or empty
 * @param steps every step of the runbook
 */
public record Progress(String runbook, String headline, String point, List<StepProgress> steps) {
  /** The state of a step that has not begun. */
  public static final String WAITING = "waiting";

  /** The state of a step that had not begun when the run ended, or rolled back. */
  public static final String NOT_REACHED = "not reached";

  public Progress {
    steps = List.copyOf(steps);
  }

  /**
   * A step.
   *
   * @param state waiting, running, held, done, failed, undone, left in place, skipped or not
   *     reached
   * @param note a remark, or empty
   * @param millis how long it took; 0 until it ended
   */
  public record StepProgress(
      String step,
      String sentence,
      String state,
      String note,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) long millis) {

    /** A step that has not ended. */
    public StepProgress(String step, String sentence, String state, String note) {
      this(step, sentence, state, note, 0);
    }

    /** Whether the step neither began nor was skipped. */
    @JsonIgnore
    public boolean hasNotBegun() {
      return state.equals(WAITING) || state.equals(NOT_REACHED);
    }
  }
}
