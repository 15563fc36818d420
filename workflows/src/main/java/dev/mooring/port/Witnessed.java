package dev.mooring.port;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one witness saw of a primary that may be gone, look after look.
 *
 * @param witness who looked, for people: {@code the worker of east}, {@code east-1's host}
 * @param machine where that was, as {@link KnockActivities.Knocked} tells it
 * @param looks in their order, all of them one after another
 */
public record Witnessed(String witness, String machine, List<Look> looks) {
  public Witnessed {
    looks = List.copyOf(looks);
  }

  /** The same with the looks that it made before. */
  public Witnessed after(Witnessed before) {
    return new Witnessed(
        witness, machine, Stream.concat(before.looks.stream(), looks.stream()).toList());
  }

  /**
   * One look, each half of it with a time limit of its own.
   *
   * @param database what a new connection came to
   * @param host what its host said of the server's processes
   * @param words what was said, for people
   */
  public record Look(Database database, OnHost host, String words) {
    public boolean isAnswered() {
      return database.answered() || host.answered();
    }

    /** Whether it came so far that silence is the primary's. */
    public boolean isLook() {
      return isAnswered() || database != Database.NOT_ASKED;
    }
  }

  /** What a new connection to the database came to. */
  public enum Database {
    /** It is not in recovery. */
    WRITES,
    STANDS_BY,
    /** It would let a client in; whether it is in recovery was not asked. */
    LETS_IN,
    /** A server runs and let nobody in: it starts, stops, is full, or refuses who asks. */
    TURNS_AWAY,
    /** The host's kernel says that nothing listens there. */
    CLOSED,
    /** The kernel took the connection, no server said a word on it. */
    STALLED,
    /** Nothing came back in time. */
    SILENT,
    /** The network says that no such host is there. */
    NO_ROUTE,
    /** It was not knocked at: the name of its host has no address there. */
    NOT_ASKED;

    /** Whether the host, or something at its address, sent anything. */
    public boolean answered() {
      return this != SILENT && this != NO_ROUTE && this != NOT_ASKED;
    }

    /** Whether a server process said it. */
    public boolean fromServer() {
      return this == WRITES || this == STANDS_BY || this == LETS_IN || this == TURNS_AWAY;
    }
  }

  /** What the host said of the server's processes. */
  public enum OnHost {
    RUNS,
    /** Its postmaster is there and was halted (SIGSTOP, or a freezer). */
    FROZEN,
    /** No postmaster, and a server process that may still commit. */
    ORPHANS,
    STOPPED,
    /** The host answered, and the state could not be read. */
    UNREADABLE,
    /** The host's kernel answered, and nobody could log in. */
    NO_LOGIN,
    /** Nothing came back in time. */
    SILENT,
    /** The network says that no such host is there. */
    NO_ROUTE,
    /** This witness can't ask it. */
    NOT_ASKED;

    public boolean answered() {
      return this != SILENT && this != NO_ROUTE && this != NOT_ASKED;
    }

    /** Whether it says how the server's processes stand. */
    public boolean tells() {
      return this == RUNS || this == FROZEN || this == ORPHANS || this == STOPPED;
    }
  }
}
