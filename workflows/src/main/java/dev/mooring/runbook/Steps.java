package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import java.util.function.Supplier;

/**
 * What the steps of a runbook are done by: the run itself, or a longer run that they are a part of.
 *
 * @param <S> the steps
 */
public interface Steps<S extends Step> {

  /** What a port is told about the caller. */
  Call call(S step);

  /** From here on every call carries that epoch, or a higher one once the run was reset. */
  void holdEpoch(Epoch taken);

  /** Looks; changes nothing. */
  <T> T observe(S step, Supplier<T> act);

  /** Changes something, with its undo registered before the act. */
  <T> T step(S step, Supplier<T> act, Undo undo);

  /**
   * The point of no return: from its beginning nothing is undone. An act that ends with {@link
   * RunbookStop#rolledBack} has proved that nothing was done: then the way back is open as before.
   */
  <T> T pivot(S step, Supplier<T> act);

  /** Goes on after the point of no return. */
  <T> T forward(S step, Supplier<T> act);

  /** Does all that is left, from the point of no return on: a later stop comes too late. */
  void onlyForward(Runnable rest);

  /** Whether the point of no return lies behind, or is being passed. */
  boolean isPivotPassed();

  /** Says more about a step than its sentence does: shown in progress and current details. */
  void note(S step, String note);

  /** Says what the run leaves otherwise than its ending promises. */
  void leaves(String sentence);

  /** Stops the run for that reason; before the point of no return what was done is undone. */
  void stop(FailureCode code, String sentence);
}
