package dev.mooring.runbook;

import dev.mooring.topology.SiteName;

/**
 * A lock as a run saw it that did not take it just then.
 *
 * @param site of which site it is
 * @param by who holds it
 * @param workflowId the holder's workflow id; empty if no run holds it, or it was not read
 * @param what the holder's runbook; empty likewise
 * @param whyUnread why it was not seen; empty where it was
 */
public record LockSeen(SiteName site, By by, String workflowId, String what, String whyUnread) {

  /** Who holds a lock, to the run that looks. */
  public enum By {
    /** The next run that asks for it gets it. */
    NOBODY,
    /** The run that looks took it. */
    THIS_RUN,
    /** A run that is open. */
    ANOTHER_RUN,
    /** A run that is over: the next run that asks frees the lock first. */
    A_RUN_THAT_IS_OVER,
    /** Temporal did not say. */
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
