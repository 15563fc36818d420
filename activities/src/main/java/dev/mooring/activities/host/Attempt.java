package dev.mooring.activities.host;

/**
 * The attempt of an activity that calls an adapter: the last part of the token a host compares, and
 * where progress is reported.
 */
public interface Attempt {

  /**
   * A number that is greater for each attempt, and for each later activity of the same step: a
   * worker that was frozen in an earlier one can't act after it.
   */
  long number();

  /** Reports where the work stands, as a small record. */
  void report(Object details);
}
