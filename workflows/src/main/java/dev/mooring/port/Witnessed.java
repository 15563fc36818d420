package dev.mooring.port;

import java.util.List;
import java.util.stream.Stream;

/**
 * What one witness observed of a primary that may be gone.
 *
 * @param witness its name, for people: {@code the worker of east}, {@code east-1's host}
 * @param machine its machine, as {@link ConnectionActivities.ConnectionTried} reports it
 * @param looks the observations in order, one after another
 */
public record Witnessed(String witness, String machine, List<Look> looks) {
  public Witnessed {
    looks = List.copyOf(looks);
  }

  /** The same with its earlier observations. */
  public Witnessed after(Witnessed before) {
    return new Witnessed(
        witness, machine, Stream.concat(before.looks.stream(), looks.stream()).toList());
  }

  /**
   * One observation, each half of it with its own time limit.
   *
   * @param database the result of a new connection
   * @param host the host's answer about the server's processes
   * @param words the answers, for people
   */
  public record Look(Database database, OnHost host, String words) {
    public boolean isAnswered() {
      return database.answered() || host.answered();
    }

    /** Whether the witness could observe, so that silence is the primary's. */
    public boolean isLook() {
      return isAnswered() || database != Database.NOT_ASKED;
    }
  }

  /** The result of a new connection to the database. */
  public enum Database {
    /** The server is not in recovery. */
    WRITES,
    STANDS_BY,
    /** The server accepts clients; whether it is in recovery was not asked. */
    LETS_IN,
    /** A server runs and accepted no client: it starts, stops, is full, or refuses the caller. */
    TURNS_AWAY,
    /** The host's kernel reports that nothing listens there. */
    CLOSED,
    /** The kernel accepted the connection, but no server answered on it. */
    STALLED,
    /** Nothing came back in time. */
    SILENT,
    /** The network reports that no such host is there. */
    NO_ROUTE,
    /** Not tried: the name of its host has no address there. */
    NOT_ASKED;

    /** Whether the host, or something at its address, sent anything. */
    public boolean answered() {
      return this != SILENT && this != NO_ROUTE && this != NOT_ASKED;
    }

    /** Whether a server process answered. */
    public boolean fromServer() {
      return this == WRITES || this == STANDS_BY || this == LETS_IN || this == TURNS_AWAY;
    }
  }

  /** The host's answer about the server's processes. */
  public enum OnHost {
    RUNS,
    /** Its postmaster is there and was halted (SIGSTOP, or a freezer). */
    FROZEN,
    /** No postmaster, but a server process that may still commit. */
    ORPHANS,
    STOPPED,
    /** The host answered, but the state could not be read. */
    UNREADABLE,
    /** The host's kernel answered, but no login succeeded. */
    NO_LOGIN,
    /** Nothing came back in time. */
    SILENT,
    /** The network reports that no such host is there. */
    NO_ROUTE,
    /** This witness can't ask it. */
    NOT_ASKED;

    public boolean answered() {
      return this != SILENT && this != NO_ROUTE && this != NOT_ASKED;
    }

    /** Whether the answer shows the state of the server's processes. */
    public boolean reports() {
      return this == RUNS || this == FROZEN || this == ORPHANS || this == STOPPED;
    }
  }
}
