package dev.mooring.dev.endtoend;

import dev.mooring.runbook.EndingRecord;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import java.util.function.Supplier;

/**
 * Runs over a line that loses packets. A look whose answer is lost refuses a run before anything is
 * changed; the person who asked for it starts it again. Whatever else a run ends with is its end.
 */
final class LostObservations {
  private static final int TRIES = 5;

  private LostObservations() {}

  /** What the first of some runs that was not refused so ends with. */
  static <T> T heard(Supplier<T> run) {
    for (int tries = 1; ; tries++) {
      try {
        return run.get();
      } catch (WorkflowFailedException refused) {
        if (tries == TRIES || !isUnheard(refused)) {
          throw refused;
        }
      }
    }
  }

  private static boolean isUnheard(WorkflowFailedException ended) {
    return ended.getCause() instanceof ApplicationFailure failure
        && isUnheard(failure.getType(), failure.getDetails().get(EndingRecord.class));
  }

  /** A run that fails has done nothing either. */
  private static boolean isUnheard(String type, EndingRecord ending) {
    return (type.equals("Failed") && ending.headline().contains("[SQLSTATE 08006]"))
        || (type.equals("Refused") && isUnheard(ending));
  }

  private static boolean isUnheard(EndingRecord ending) {
    return ending.code().equals("NO_PRIMARY")
        || (ending.code().equals("PREFLIGHT")
            && (ending.headline().contains(" answers: ")
                || ending.headline().contains("can't be reached over SSH: ")
                || ending.headline().contains(" failed: timeout expired")));
  }
}
