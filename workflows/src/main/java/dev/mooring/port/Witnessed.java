package dev.mooring.port;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one witness saw of a primary that may be gone, reading after reading.
 *
 * @param witness the observer, for people: {@code the worker of east}, {@code east-1's host}
 * @param machine where that was, as {@link KnockActivities.Knocked} reports it
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

  /** The result of a new connection to the database. */
  public enum Database {
    /** The server is not in recovery. */
    WRITES,
    STANDS_BY,
    /** The server would let a client in; whether it is in recovery was not asked. */
    LETS_IN,
    /** A server runs and let no client in: it starts, stops, is full, or refuses the caller. */
    TURNS_AWAY,
    /** The host's kernel says that nothing listens there. */
    CLOSED,
    /** The kernel took the connection, no server said a word on it. */
    STALLED,
    /** Nothing came back in time. */
    SILENT,
    /** The network says that no such host is there. */
    NO_ROUTE,
    /** Not tried: the name of its host has no address there. */
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
    /** The host's kernel answered, and no login succeeded. */
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
