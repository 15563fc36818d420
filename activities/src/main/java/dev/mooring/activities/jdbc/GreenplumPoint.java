package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One restore point over a Greenplum, by its own function: the coordinator holds the two-phase
 * commits, has every primary write the record, writes its own. What the record's file is called,
 * each instance says itself: timelines differ after a mirror's promotion.
 */
final class GreenplumPoint {
  private static final String FUNCTION = "gp_create_restore_point(text)";

  private final ServerSessions sessions;
  private final DatabaseAccess access;
  private final List<ReadyPrimary> primaries;
  private boolean asked;

  GreenplumPoint(ServerSessions sessions, DatabaseAccess access, List<ReadyPrimary> primaries) {
    this.sessions = sessions;
    this.access = access;
    this.primaries = primaries;
  }

  /**
   * Makes it. A wait for the lock can't be cancelled on the server: when the timeout is over the
   * connection is given up {@link ServerConnections#NETWORK_SLACK} later, and the server's session
   * goes on waiting. That is {@link FailureCode#BARRIER_NOT_REACHED} as well.
   *
   * @param timeout how long the call may take
   */
  List<PointVolley.Shot> make(RestorePointName name, Duration timeout) throws DatabaseFault {
    Server coordinator =
        GreenplumSql.coordinator(primaries.stream().map(ReadyPrimary::server).toList());
    for (ReadyPrimary primary : primaries) {
      on(primary, () -> requireSame(primary));
    }
    try (Session dispatch = sessions.dispatch(coordinator, access, timeout)) {
      requireFunction(dispatch);
      int pid =
          dispatch.row("SELECT pg_backend_pid() AS pid", While.READING, row -> row.getInt("pid"));
      List<Instant> before = values(FanOut.over(primaries, GreenplumPoint::clock));
      long asked = System.nanoTime();
      Map<ContentId, Lsn> made = call(coordinator, dispatch, pid, name, timeout);
      long answered = System.nanoTime();
      List<Lsn> positions = inOrder(made);
      List<PointVolley.Shot> shots = new ArrayList<>();
      for (int i = 0; i < primaries.size(); i++) {
        ReadyPrimary primary = primaries.get(i);
        Lsn lsn = positions.get(i);
        Instant clock = before.get(i);
        RestorePointSql.Made seen =
            abandoned(
                name,
                primary,
                () ->
                    RestorePointSql.madeAt(
                        primary.server(), primary.session(), primary.seen(), lsn, clock));
        shots.add(new PointVolley.Shot(primary, seen, asked, answered));
      }
      return shots;
    }
  }

  /** Whether the call was made, so that there may be records of the name whatever it came to. */
  boolean asked() {
    return asked;
  }

  private void requireFunction(Session dispatch) throws DatabaseFault {
    if (!GreenplumSql.has(FUNCTION, dispatch)) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "there is no function "
              + FUNCTION
              + " in database "
              + access.database()
              + ". HINT: "
              + DatabaseActivities.GREENPLUM_BUILT_IN);
    }
    boolean permitted =
        dispatch.row(
            "SELECT has_function_privilege(" + SqlText.literal(FUNCTION) + ", 'EXECUTE') AS may",
            While.READING,
            row -> row.getBoolean("may"));
    if (!permitted) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "role "
              + access.user()
              + " may not execute "
              + FUNCTION
              + ". HINT: GRANT EXECUTE ON FUNCTION "
              + FUNCTION
              + " TO "
              + SqlText.identifier(access.user())
              + ", and the same on pg_create_restore_point(text).");
    }
  }

  private static void requireSame(ReadyPrimary primary) throws DatabaseFault {
    GreenplumSql.requireSame(primary.server().instance(), primary.session());
  }

  private Map<ContentId, Lsn> call(
      Server coordinator, Session dispatch, int pid, RestorePointName name, Duration timeout)
      throws DatabaseFault {
    asked = true;
    long begun = System.nanoTime();
    try (BlockerWatch watch = BlockerWatch.start(sessions, coordinator, access, pid)) {
      try {
        return dispatch.run(
            "SELECT gp_create_restore_point(" + SqlText.literal(name.value()) + ")::text AS said",
            While.ENTERING_BARRIER,
            GreenplumSql::positions);
      } catch (DatabaseFault fault) {
        boolean over = System.nanoTime() - begun >= timeout.toNanos();
        boolean unheard = over && fault.code() == FailureCode.DATABASE_UNREACHABLE;
        if (unheard || fault.code() == FailureCode.BARRIER_NOT_REACHED) {
          // first, because it is forgotten while the primaries are asked
          Optional<String> blocker = watch.lastSeen();
          throw late(timeout, pid, unheard, blocker, silentPrimaries(), fault);
        }
        throw new DatabaseFault(
            FailureCode.RESTORE_POINT_HALF_MADE,
            "gp_create_restore_point failed, some contents may have their record: "
                + fault.sentence(),
            fault);
      } catch (IllegalArgumentException unreadable) {
        throw new DatabaseFault(
            FailureCode.STATE_UNREADABLE,
            "gp_create_restore_point answered what can't be read: " + unreadable.getMessage(),
            unreadable);
      }
    }
  }

  private List<String> silentPrimaries() {
    return SilentPrimaries.of(
        sessions.connections(), access, primaries.stream().map(ReadyPrimary::server).toList());
  }

  /**
   * A wait for an LWLock hears no cancel: the connection is given up, the wait goes on. A segment
   * that hangs keeps the call waiting with the lock in its hands, so it is named first; a session
   * that was seen to block stands beside it, because a segment may be silent for another reason.
   *
   * @param unheard whether the server did not answer in time
   * @param silent primaries that do not answer, in words
   */
  static DatabaseFault late(
      Duration timeout,
      int pid,
      boolean unheard,
      Optional<String> blocker,
      List<String> silent,
      DatabaseFault fault) {
    String late =
        "the point was not made within " + timeout + ", while two-phase commits were held; ";
    String sentence =
        silent.isEmpty()
            ? late + blocked(pid, unheard, blocker, fault)
            : late + hanging(pid, unheard, blocker, silent, fault);
    return new DatabaseFault(FailureCode.BARRIER_NOT_REACHED, sentence, fault);
  }

  private static String blocked(
      int pid, boolean unheard, Optional<String> blocker, DatabaseFault fault) {
    return blocker.orElse(
            "who held TwophaseCommitLock is not seen (look for a COMMIT that waits for a segment)")
        + (unheard
            ? "; pid "
                + pid
                + " of the coordinator may still wait for the lock, commits behind it, until"
                + " that ends ("
                + fault.sentence()
                + ")"
            : "");
  }

  private static String hanging(
      int pid,
      boolean unheard,
      Optional<String> blocker,
      List<String> silent,
      DatabaseFault fault) {
    return String.join("; ", silent)
        + blocker.map(seen -> "; seen besides: " + seen).orElse("")
        + (unheard
            ? "; pid "
                + pid
                + " of the coordinator may still hold two-phase commits until each segment"
                + " answers ("
                + fault.sentence()
                + ")"
            : "");
  }

  /** A position for each of the primaries, and for no other content. */
  private List<Lsn> inOrder(Map<ContentId, Lsn> made) throws DatabaseFault {
    List<Lsn> positions = new ArrayList<>();
    for (ReadyPrimary primary : primaries) {
      Lsn lsn = made.get(primary.server().instance().content());
      if (lsn != null) {
        positions.add(lsn);
      }
    }
    if (positions.size() < primaries.size() || made.size() > primaries.size()) {
      throw new DatabaseFault(
          FailureCode.TOPOLOGY_DIFFERS,
          "gp_create_restore_point answered for contents "
              + made.keySet()
              + ", the primaries are of "
              + primaries.stream().map(p -> p.server().instance().content()).toList());
    }
    return positions;
  }

  private static Instant clock(ReadyPrimary primary) throws DatabaseFault {
    return primary
        .session()
        .row(
            "SELECT clock_timestamp() AS at",
            While.READING,
            row -> ServerReading.instant(row, "at"));
  }

  private static <T> List<T> values(List<Answer<ReadyPrimary, T>> answers) throws DatabaseFault {
    List<Failed<ReadyPrimary, T>> failed = FanOut.failures(answers);
    if (!failed.isEmpty()) {
      throw new DatabaseFault(
          failed.get(0).fault().code(),
          failed.stream()
              .map(f -> f.item().id() + ": " + f.fault().sentence())
              .collect(Collectors.joining("; ")));
    }
    return FanOut.values(answers);
  }

  private interface Asked<T> {
    T of() throws DatabaseFault;
  }

  private interface Act {
    void run() throws DatabaseFault;
  }

  private static void on(ReadyPrimary primary, Act act) throws DatabaseFault {
    try {
      act.run();
    } catch (DatabaseFault fault) {
      throw new DatabaseFault(fault.code(), primary.id() + ": " + fault.sentence(), fault);
    }
  }

  /** The records are written; an instance that can't say where leaves the point unusable. */
  private static <T> T abandoned(RestorePointName name, ReadyPrimary primary, Asked<T> asked)
      throws DatabaseFault {
    try {
      return asked.of();
    } catch (DatabaseFault fault) {
      throw new DatabaseFault(
          FailureCode.RESTORE_POINT_HALF_MADE,
          primary.id() + " can't say where its record of " + name + " is: " + fault.sentence(),
          fault);
    }
  }
}
