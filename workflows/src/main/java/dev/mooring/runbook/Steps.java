package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import java.util.function.Supplier;

/**
 * What the steps of a runbook are done by. A step group gives its own steps, whosever run it is
 * part of: they are done, shown and recorded as the run's steps that are declared as them ({@link
 * Step#is}).
 */
public interface Steps {

  /** The caller, as a port needs it. */
  Call call(Step step);

  /** From here on every call carries that epoch, or a higher one once the run was reset. */
  void holdEpoch(Epoch taken);

  /** Looks; changes nothing. */
  <T> T observe(Step step, Supplier<T> act);

  /** Looks, where there is nothing to answer. */
  default void observe(Step step, Runnable act) {
    observe(step, answered(act));
  }

  /** Changes something, with its undo registered before the act. */
  <T> T step(Step step, Supplier<T> act, Undo undo);

  /** Changes something, where there is nothing to answer. */
  default void step(Step step, Runnable act, Undo undo) {
    step(step, answered(act), undo);
  }

  /**
   * The point of no return: from its beginning nothing is undone. An act that ends with {@link
   * RunbookStop#rolledBack} has proved that nothing was done: then it can be rolled back as before.
   * That of a group may be a plain step of the run: then what the group made is valid by itself
   * from there on, and stays, also if the rest fails.
   */
  <T> T pivot(Step step, Supplier<T> act);

  /** Continues after the point of no return. */
  <T> T forward(Step step, Supplier<T> act);

  /** Continues, if there is nothing to answer. */
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
   * Does all that is left, to its end: a later stop comes too late. If it is a group's and the run
   * continues after it, a stop during it counts when that is reached.
   *
   * @param first the step it begins with
   */
  void onlyForward(Step first, Runnable rest);

  /** Whether the point of no return lies behind, or is being passed. */
  boolean isPivotPassed();

  /** Says more about a step than its sentence does: shown in progress and current details. */
  void note(Step step, String note);

  /** Says what the run leaves otherwise than its ending promises. */
  void leaves(String sentence);

  /** Stops the run for that reason; before the point of no return what was done is undone. */
  void stop(FailureCode code, String sentence);

  /**
   * Does an act until it is done: when it fails the run holds, its locks kept, until a person says
   * retry or give-up.
   *
   * @param step the step it belongs to
   * @param stands what is true meanwhile and what can't be undone, for the person who is called
   */
  default <T> T untilDone(Step step, Supplier<String> stands, Supplier<T> act) {
    return untilDone(step, stands, () -> Hold.UNTIL_DECIDED, act);
  }

  /** The same, where there is nothing to answer. */
  default void untilDone(Step step, Supplier<String> stands, Runnable act) {
    untilDone(step, stands, answered(act));
  }

  /**
   * The same, for a hold that ends in other ways too.
   *
   * @param hold asked anew each time the act failed
   * @return what the act did; {@link RunbookStop} with {@link Outcome#ROLLED_BACK} where a person
   *     attested a loss
   */
  <T> T untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act);

  /** The same, where there is nothing to answer. */
  default void untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Runnable act) {
    untilDone(step, stands, hold, answered(act));
  }
}
