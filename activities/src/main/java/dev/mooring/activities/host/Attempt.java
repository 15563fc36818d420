package dev.mooring.activities.host;

import java.util.List;

/**
 * The attempt of an activity that calls an adapter: the last part of the token that a host
 * compares; progress is reported to it.
 */
public interface Attempt {

  /**
   * A number that is greater for each attempt, and for each later activity of the same step: a
   * worker that was frozen in an earlier one can't act after it.
   */
  long number();

  /** Reports the progress of the work, as a small record. */
  void report(Object details);

  /**
   * The words that an earlier attempt of the activity reported last, none in the first one. They
   * are reported again at once, for the attempt after this one.
   */
  default List<String> reportedBefore() {
    return List.of();
  }
}
