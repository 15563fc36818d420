package dev.mooring.runbook.failover;

import java.util.List;

/**
 * What became of the primary, as far as its witnesses can tell.
 *
 * @param state the verdict
 * @param why what it rests on, one sentence without a full stop
 * @param seen what each witness saw, one sentence each
 * @param isHeard whether a standby goes on hearing from it, or from a server that may be it, or did
 *     so lately that its silence says nothing
 */
public record PrimaryVerdict(State state, String why, List<String> seen, boolean isHeard) {
  public PrimaryVerdict {
    seen = List.copyOf(seen);
  }

  /** What can be told apart. */
  public enum State {
    /** It accepts writes, and all that looked saw it. */
    WRITES(false),
    /** It accepts writes or runs, and some of those that looked do not reach it. */
    CUT_OFF(false),
    /** It answers some looks and others not. */
    SLOW(false),
    /**
     * A server runs there, and accepts no connection of a witness: it starts, stops, is full, is a
     * standby, or refuses them.
     */
    TURNS_AWAY(false),
    /** It is there and was halted: thawed, it goes on writing. */
    FROZEN(true),
    /** Its host answers, nothing of it runs. */
    POSTMASTER_DEAD(true),
    /** Its postmaster is gone, and a process that may still commit is not. */
    ORPHANS(true),
    /**
     * No witness gets anything from its host. No look can tell a dead host from one that is cut off
     * from all that look: what keeps it from writing is the fence, not this verdict.
     */
    HOST_DEAD(true),
    /** Too few looked, or what they saw does not fit together. Never means dead. */
    UNKNOWN(false);

    private final boolean gone;

    State(boolean gone) {
      this.gone = gone;
    }

    /** Whether a run may act on it without a person. */
    public boolean isGone() {
      return gone;
    }
  }
}
