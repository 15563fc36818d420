package dev.mooring.runbook.failover;

import java.util.List;

/**
 * The state of the primary, as far as its witnesses can determine it.
 *
 * @param state the verdict
 * @param why the reason, one sentence without a full stop
 * @param seen what each witness observed, one sentence each
 * @param isHeard whether a standby still receives messages from the primary, or from a server that
 *     may be the primary, or did so too recently for its silence to count
 */
public record PrimaryVerdict(State state, String why, List<String> seen, boolean isHeard) {
  public PrimaryVerdict {
    seen = List.copyOf(seen);
  }

  /** The states that are distinguished. */
  public enum State {
    /** It accepts writes, and every witness reached it. */
    WRITES(false),
    /** It accepts writes or runs, and some witnesses can't reach it. */
    CUT_OFF(false),
    /** It answers some of the connections and not others. */
    SLOW(false),
    /**
     * A server runs there but accepts no connection of a witness: it starts, stops, has no free
     * connection slot, is a standby, or refuses the witness.
     */
    TURNS_AWAY(false),
    /** Its postmaster is halted; once resumed, it continues to write. */
    FROZEN(true),
    /** Its host answers, and no process of its server runs. */
    POSTMASTER_DEAD(true),
    /** Its postmaster is gone, but a process that may still commit is not. */
    ORPHANS(true),
    /**
     * No witness gets any answer from its host. No witness can distinguish a dead host from one
     * that is cut off from every witness: the fence keeps it from writing, not this verdict.
     */
    HOST_DEAD(true),
    /** Too few witnesses answered, or they contradict each other. Never means dead. */
    UNKNOWN(false);

    private final boolean gone;

    State(boolean gone) {
      this.gone = gone;
    }

    /** Whether a run may act on it without overriding primary-gone. */
    public boolean isGone() {
      return gone;
    }
  }
}
