package dev.mooring.runbook;

import java.util.function.Supplier;

/**
 * What holds a run at a step that can't go on.
 *
 * @param <S> the steps
 */
public interface Holding<S extends Step> {

  /**
   * Does an act until it is done: when it fails the run holds, its locks kept, until a person says
   * retry or give-up.
   *
   * @param step the step it belongs to
   * @param stands what is true meanwhile and what can't be undone, for whoever is called
   */
  <T> T untilDone(S step, Supplier<String> stands, Supplier<T> act);
}
