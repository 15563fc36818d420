package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import java.util.function.Supplier;

/**
 * Runs the steps of a runbook. A step group passes its own steps, in any run: they are done, shown
 * and recorded as the run's own steps ({@link Step#is}).
 */
public interface Steps {

  /** The call for a port. */
  Call call(Step step);

  /** From here on every call has that epoch, or a higher one once the run was reset. */
  void holdEpoch(Epoch taken);

  /** Observes; changes nothing. */
  <T> T observe(Step step, Supplier<T> act);

  /** Observes without a result. */
  default void observe(Step step, Runnable act) {
    observe(step, answered(act));
  }

  /** Changes something, with its undo registered before the act. */
  <T> T step(Step step, Supplier<T> act, Undo undo);

  /** Changes something without a result. */
  default void step(Step step, Runnable act, Undo undo) {
    step(step, answered(act), undo);
  }

  /**
   * The point of no return: from its beginning nothing is undone. An act that ends with {@link
   * RunbookStop#rolledBack} has proved that nothing was done: then everything can be undone as
   * before. A group's point of no return may be a plain step of the run: from there on the group's
   * changes are valid by themselves, and stay even if the rest fails.
   */
  <T> T pivot(Step step, Supplier<T> act);

  /** Continues after the point of no return. */
  <T> T forward(Step step, Supplier<T> act);

  /** Continues without a result. */
  default void forward(Step step, Runnable act) {
    forward(step, answered(act));
  }

  private static Supplier<Boolean> answered(Runnable act) {
    return () -> {
      act.run();
      return true;
    };
  }

  /**
   * Runs the rest to its end: a later stop comes too late. If the rest is a group's and the run
   * continues after it, a stop during it takes effect then.
   *
   * @param first the step it begins with
   */
  void onlyForward(Step first, Runnable rest);

  /** Whether the point of no return was passed, or is being passed. */
  boolean isPivotPassed();

  /** Adds a remark to a step, shown in progress and current details. */
  void note(Step step, String note);

  /** Reports what the run leaves otherwise than its ending promises. */
  void leaves(String sentence);

  /** The same, by an undo: what its step did stays, and is not reported as undone. */
  void stays(String sentence);

  /** Stops the run for that reason; before the point of no return everything is undone. */
  void stop(FailureCode code, String sentence);

  /**
   * Runs an act until it succeeds: if it fails the run holds, with its locks, until a person
   * decides retry or give-up.
   *
   * @param step the step it belongs to
   * @param stands what is true meanwhile and what can't be undone, for the operator
   */
  default <T> T untilDone(Step step, Supplier<String> stands, Supplier<T> act) {
    return untilDone(step, stands, () -> Hold.UNTIL_DECIDED, act);
  }

  /** The same without a result. */
  default void untilDone(Step step, Supplier<String> stands, Runnable act) {
    untilDone(step, stands, answered(act));
  }

  /**
   * The same for a hold that can end in other ways too.
   *
   * @param hold called each time the act failed
   * @return the result of the act; throws {@link RunbookStop} with {@link Outcome#ROLLED_BACK} if a
   *     person attested a loss
   */
  <T> T untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act);

  /** The same without a result. */
  default void untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Runnable act) {
    untilDone(step, stands, hold, answered(act));
  }
}
