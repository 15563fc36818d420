package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalDumpRecord;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Restore points over a Greenplum, by its own function: the coordinator holds the second phase of
 * commits, makes every primary write the record, and writes its own. Each instance reports the WAL
 * file of its record: timelines differ after a mirror's promotion.
 */
final class GreenplumPoint {
  private static final String FUNCTION = "gp_create_restore_point(text)";
  private static final String INSERT_LSN =
      "pg_current_wal_insert_lsn()::text AS insert_lsn,"
          + " current_setting('wal_block_size')::int AS wal_block_size";

  /** How long a further call may take: commits wait for it, and a point exists already. */
  private static final Duration FURTHER = Duration.ofSeconds(1);

  /** No further call follows a call that took longer. */
  private static final Duration SLOW = Duration.ofMillis(500);

  /** Failures of a further call that leave the points before it as they are. */
  private static final Set<FailureCode> OF_THAT_POINT_ALONE =
      Set.of(FailureCode.BARRIER_NOT_REACHED, FailureCode.RESTORE_POINT_HALF_MADE);

  private static final int NAMED = 8;
  private static final String HOLDER_NOT_SEEN =
      "the holder of TwophaseCommitLock is not known (look for a COMMIT that waits for a segment)";
  private final ServerSessions sessions;
  private final DatabaseAccess access;
  private final List<ReadyPrimary> primaries;
  private String function = FUNCTION;
  private boolean asked;

  GreenplumPoint(ServerSessions sessions, DatabaseAccess access, List<ReadyPrimary> primaries) {
    this.sessions = sessions;
    this.access = access;
    this.primaries = primaries;
  }

  /**
   * The points that were made.
   *
   * @param points the oldest first, one at least
   * @param ends of each primary, in their order, the other end of the WAL that shows whether a
   *     point is torn: the coordinator's insert position before the first call, a segment's after
   *     the call of the newest of these points
   * @param noMore the failure of the call after them; empty if none failed
   */
  record Made(List<Point> points, List<Lsn> ends, String noMore) {}

  /** A point. */
  record Point(RestorePointName name, List<PointVolley.Shot> shots) {}

  /** A call that returned, and when it was sent and answered on this process's clock. */
  private record Call(
      RestorePointName name, Map<ContentId, Lsn> made, long sentNanos, long answeredNanos) {}

  /** Clock and insert position of an instance before the first call. */
  private record Before(Instant clock, Lsn insert) {}

  /** An instance's report about a call's point, and its insert position after that call. */
  private record After(RestorePointSql.Made made, Lsn insert) {}

  /** A call about which every primary reported, in the order of the primaries. */
  private record Complete(Call call, List<After> after) {}

  /**
   * Creates the points, one call after the other, and after each asks every primary where its
   * record is and where it writes now. A wait for the lock can't be cancelled on the server: after
   * the timeout the connection is given up {@link ServerConnections#NETWORK_SLACK} later, and the
   * server's session goes on waiting. That is {@link FailureCode#BARRIER_NOT_REACHED} as well.
   *
   * <p>A further call may take {@link #FURTHER}, and none follows a call that took longer than
   * {@link #SLOW}. A further call that is not reached, or not known to be made everywhere, leaves
   * the points before it as they are, and its name abandoned; every other failure of it fails all.
   *
   * @param timeout how long the first call may take
   */
  Made make(List<RestorePointName> names, Duration timeout) throws DatabaseFault {
    Server coordinator =
        GreenplumSql.coordinator(primaries.stream().map(ReadyPrimary::server).toList());
    for (ReadyPrimary primary : primaries) {
      on(primary, () -> requireSame(primary));
    }
    try (Session dispatch = sessions.dispatch(coordinator, access, timeout)) {
      requireFunction(dispatch);
      int pid =
          dispatch.row("SELECT pg_backend_pid() AS pid", While.READING, row -> row.getInt("pid"));
      List<Before> before = values(FanOut.over(primaries, GreenplumPoint::readBefore));
      List<Complete> complete = new ArrayList<>();
      String noMore =
          callAll(
              names,
              complete,
              name -> {
                Duration most = complete.isEmpty() ? timeout : FURTHER;
                Call call = call(coordinator, dispatch, pid, name, most);
                return new Complete(
                    call,
                    values(FanOut.over(primaries, primary -> readAfter(primary, call, before))));
              },
              made -> Duration.ofNanos(made.call().answeredNanos() - made.call().sentNanos()));
      return new Made(
          complete.stream().map(this::point).toList(),
          ends(before, complete.get(complete.size() - 1).after()),
          noMore);
    }
  }

  /** Makes one point. */
  interface Calling<T> {
    T of(RestorePointName name) throws DatabaseFault;
  }

  /**
   * Calls for each name while calls are fast; returns the failure that ended it, or empty.
   *
   * @param complete receives the result of each call; unused after a failure that is thrown
   * @param took how long a call held commits
   */
  static <T> String callAll(
      List<RestorePointName> names,
      List<T> complete,
      Calling<T> calling,
      Function<T, Duration> took)
      throws DatabaseFault {
    for (RestorePointName name : names) {
      T made;
      try {
        made = calling.of(name);
      } catch (DatabaseFault fault) {
        if (complete.isEmpty() || !OF_THAT_POINT_ALONE.contains(fault.code())) {
          throw fault;
        }
        return name + " is abandoned: " + fault.sentence();
      }
      complete.add(made);
      if (took.apply(made).compareTo(SLOW) > 0) {
        break;
      }
    }
    return "";
  }

  private static Before readBefore(ReadyPrimary primary) throws DatabaseFault {
    return primary
        .session()
        .row(
            "SELECT clock_timestamp() AS at, " + INSERT_LSN,
            While.READING,
            row -> new Before(ServerReading.instant(row, "at"), lastEnd(primary, row)));
  }

  /** The end of the written records; records under way begin there. */
  private static Lsn lastEnd(ReadyPrimary primary, ResultSet row) throws SQLException {
    return WalDumpRecord.lastEnd(
        Lsn.parse(ServerReading.text(row, "insert_lsn")),
        row.getInt("wal_block_size"),
        primary.seen().position().walSegmentSize());
  }

  private After readAfter(ReadyPrimary primary, Call call, List<Before> before)
      throws DatabaseFault {
    Lsn lsn = Objects.requireNonNull(call.made().get(primary.server().instance().content()));
    Instant clock = before.get(primaries.indexOf(primary)).clock();
    return abandoned(
        call.name(),
        () ->
            new After(
                RestorePointSql.madeAt(
                    primary.server(), primary.session(), primary.seen(), lsn, clock),
                primary
                    .session()
                    .row("SELECT " + INSERT_LSN, While.READING, row -> lastEnd(primary, row))));
  }

  private Point point(Complete complete) {
    Call call = complete.call();
    List<PointVolley.Shot> shots = new ArrayList<>();
    for (int i = 0; i < primaries.size(); i++) {
      shots.add(
          new PointVolley.Shot(
              primaries.get(i),
              complete.after().get(i).made(),
              call.sentNanos(),
              call.answeredNanos()));
    }
    return new Point(call.name(), shots);
  }

  private List<Lsn> ends(List<Before> before, List<After> after) {
    List<Lsn> ends = new ArrayList<>();
    for (int i = 0; i < primaries.size(); i++) {
      boolean coordinator =
          primaries.get(i).server().instance().content().equals(ContentId.COORDINATOR);
      ends.add(coordinator ? before.get(i).insert() : after.get(i).insert());
    }
    return ends;
  }

  /** Whether the call was made: then records of the name may exist, whatever its result. */
  boolean asked() {
    return asked;
  }

  private void requireFunction(Session dispatch) throws DatabaseFault {
    Optional<String> named = GreenplumSql.named(FUNCTION, dispatch);
    if (named.isEmpty()) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "there is no function "
              + FUNCTION
              + " of a superuser in database "
              + access.database()
              + ". HINT: "
              + DatabaseActivities.GREENPLUM_BUILT_IN);
    }
    function = named.get();
    String signature = function + "(text)";
    boolean permitted =
        dispatch.row(
            "SELECT has_function_privilege(" + SqlText.literal(signature) + ", 'EXECUTE') AS may",
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
              + signature
              + " TO "
              + SqlText.identifier(access.user())
              + ", and the same on pg_catalog.pg_create_restore_point(text).");
    }
  }

  private static void requireSame(ReadyPrimary primary) throws DatabaseFault {
    GreenplumSql.requireSame(primary.server().instance(), primary.session());
  }

  private Call call(
      Server coordinator, Session dispatch, int pid, RestorePointName name, Duration timeout)
      throws DatabaseFault {
    long sent = System.nanoTime();
    Map<ContentId, Lsn> made = ask(coordinator, dispatch, pid, name, timeout);
    long answered = System.nanoTime();
    requireAll(made);
    return new Call(name, made, sent, answered);
  }

  private Map<ContentId, Lsn> ask(
      Server coordinator, Session dispatch, int pid, RestorePointName name, Duration timeout)
      throws DatabaseFault {
    boolean further = asked;
    asked = true;
    long begun = System.nanoTime();
    try (BlockerWatch watch = BlockerWatch.start(sessions, coordinator, access, pid)) {
      try {
        if (further) {
          dispatch.limit(timeout, While.ENTERING_BARRIER);
        }
        return dispatch.run(
            "SELECT " + function + "(" + SqlText.literal(name.value()) + "::text)::text AS said",
            While.ENTERING_BARRIER,
            GreenplumSql::positions);
      } catch (DatabaseFault fault) {
        boolean over = System.nanoTime() - begun >= timeout.toNanos();
        boolean unheard = over && fault.code() == FailureCode.DATABASE_UNREACHABLE;
        if (unheard || fault.code() == FailureCode.BARRIER_NOT_REACHED) {
          // first, because it is forgotten while the primaries are asked
          Optional<String> blocker = watch.lastSeen();
          throw late(timeout, pid, unheard, blocker, hanging(name), fault);
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

  private SilentPrimaries.Seen hanging(RestorePointName name) {
    List<Server> servers = primaries.stream().map(ReadyPrimary::server).toList();
    return SilentPrimaries.of(sessions.connections(), access, servers, name);
  }

  /**
   * A wait for an LWLock can't be cancelled: the connection is given up, the wait goes on. A
   * segment that hangs keeps the call waiting with the lock held, so it is named first; a session
   * that was seen to block is named too, because a segment may be silent for another reason.
   *
   * @param unheard whether the server did not answer in time
   * @param seen the state of its primaries
   */
  static DatabaseFault late(
      Duration timeout,
      int pid,
      boolean unheard,
      Optional<String> blocker,
      SilentPrimaries.Seen seen,
      DatabaseFault fault) {
    StringBuilder sentence =
        new StringBuilder("the point was not made within ")
            .append(timeout)
            .append(", while two-phase commits waited for TwophaseCommitLock; ");
    if (seen.found().isEmpty()) {
      sentence.append(blocker.orElse(HOLDER_NOT_SEEN));
    } else {
      sentence.append(String.join("; ", seen.found()));
      blocker.ifPresent(besides -> sentence.append("; found besides: ").append(besides));
    }
    if (!seen.unchecked().isEmpty()) {
      sentence.append("; could not be checked: ").append(first(seen.unchecked()));
    }
    if (unheard) {
      sentence
          .append("; pid ")
          .append(pid)
          .append(" of the coordinator may still hold that lock or wait for it, with commits")
          .append(" queued behind it (" + fault.sentence() + ")");
    }
    return new DatabaseFault(FailureCode.BARRIER_NOT_REACHED, sentence.toString(), fault);
  }

  private static String first(List<InstanceId> unchecked) {
    String named =
        unchecked.stream().limit(NAMED).map(InstanceId::value).collect(Collectors.joining(", "));
    return unchecked.size() <= NAMED
        ? named
        : named + " and " + (unchecked.size() - NAMED) + " more";
  }

  /** Fails unless there is a position for each of the primaries, and for no other content. */
  private void requireAll(Map<ContentId, Lsn> made) throws DatabaseFault {
    Set<ContentId> contents =
        primaries.stream()
            .map(primary -> primary.server().instance().content())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!contents.equals(made.keySet())) {
      throw new DatabaseFault(
          FailureCode.TOPOLOGY_DIFFERS,
          "gp_create_restore_point answered for contents "
              + made.keySet()
              + ", the primaries are of "
              + contents);
    }
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

  /** The records are written; an instance that can't report its place makes the point unusable. */
  private static <T> T abandoned(RestorePointName name, Asked<T> asked) throws DatabaseFault {
    try {
      return asked.of();
    } catch (DatabaseFault fault) {
      throw new DatabaseFault(
          FailureCode.RESTORE_POINT_HALF_MADE,
          "it can't give the position of its record of " + name + ": " + fault.sentence(),
          fault);
    }
  }
}
