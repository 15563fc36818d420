package dev.mooring.runbook;

import dev.mooring.topology.SiteName;

/**
 * A lock as a run observed it without taking it.
 *
 * @param site the site of the lock
 * @param by who holds it
 * @param workflowId the holder's workflow id; empty if no run holds it, or it was not read
 * @param what the holder's runbook; empty likewise
 * @param whyUnread why it was not read; empty if it was
 */
public record LockSeen(SiteName site, By by, String workflowId, String what, String whyUnread) {

  /** The holder of a lock, seen from the observing run. */
  public enum By {
    /** No run; the next run that asks for it gets it. */
    NOBODY,
    /** The observing run. */
    THIS_RUN,
    /** A run that is open. */
    ANOTHER_RUN,
    /** A run that is over: the next run that asks frees the lock first. */
    A_RUN_THAT_IS_OVER,
    /** Temporal did not answer. */
    NOT_SEEN
  }

  /** The holder in words. */
  public String holder() {
    return switch (by) {
      case NOBODY -> "no run";
      case THIS_RUN -> "this run";
      case ANOTHER_RUN -> what + " (workflow " + workflowId + ")";
      case A_RUN_THAT_IS_OVER -> what + " (workflow " + workflowId + "), which is over";
      case NOT_SEEN -> "unknown: " + whyUnread;
    };
  }
}
