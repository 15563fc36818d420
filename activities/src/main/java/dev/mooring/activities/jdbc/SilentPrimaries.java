package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which primaries of a Greenplum do not answer, and which have a session that still makes a point.
 * Either keeps the coordinator's call waiting, and the coordinator shows no session that blocks it.
 */
final class SilentPrimaries {
  private static final Logger log = LoggerFactory.getLogger(SilentPrimaries.class);
  private static final int AT_ONCE = 16;
  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final Duration TRY = Duration.ofSeconds(2);

  /** Two tries, with room for the pause between them. */
  private static final Duration TWO_TRIES = Duration.ofSeconds(5);

  private static final String TOO_MANY_CONNECTIONS = "53300";

  /** With less time left no primary is asked for sessions. */
  private static final Duration FOR_SESSIONS = Duration.ofSeconds(1);

  private SilentPrimaries() {}

  /**
   * What keeps the coordinator's call waiting on its primaries.
   *
   * @param found one sentence for each primary that does not answer, then for each with a session
   *     that still makes a point, with its place in the cluster file
   * @param unchecked the primaries of which neither is known: time did not suffice, they refused
   *     the login, or they did not list their sessions
   */
  record Seen(List<String> found, List<InstanceId> unchecked) {}

  /**
   * Tries a login at each primary on a new connection, in utility mode, {@value #AT_ONCE} at a
   * time: hundreds of logins at once would make healthy servers late. A primary that completes no
   * login in 2 s is tried once more if there is time; after some 8 s all have answered or are given
   * up. A server that accepts the login is asked for sessions that still make a point: this one, or
   * another whose call was given up before and may still have the lock. If that query fails nothing
   * is known of any primary.
   *
   * @param point the point whose call is late
   */
  static Seen of(
      ServerConnections connections,
      DatabaseAccess access,
      List<Server> primaries,
      RestorePointName point) {
    return of(connections, access, primaries, point, LIMIT);
  }

  /**
   * The same within another time.
   *
   * @param limit how long all primaries may take together
   */
  static Seen of(
      ServerConnections connections,
      DatabaseAccess access,
      List<Server> primaries,
      RestorePointName point,
      Duration limit) {
    Deadline deadline = Deadline.in(limit);
    try {
      return seen(
          FanOut.over(
              primaries,
              AT_ONCE,
              primary -> asked(connections, access, primary, point, deadline),
              () -> {}));
    } catch (RuntimeException notKnown) {
      log.warn("which primaries of the Greenplum answer is not known", notKnown);
      return new Seen(List.of(), primaries.stream().map(SilentPrimaries::idOf).toList());
    }
  }

  /**
   * The answer of one primary.
   *
   * @param listed whether it listed its sessions
   * @param making what its session does, in words; empty if none makes a point
   */
  private record Asked(Server primary, boolean listed, String making) {
    static Asked silent(Server primary) {
      return new Asked(primary, false, "");
    }
  }

  /** A primary that does not answer is a fault. */
  private static Asked asked(
      ServerConnections connections,
      DatabaseAccess access,
      Server primary,
      RestorePointName point,
      Deadline deadline)
      throws DatabaseFault {
    Duration left = deadline.left();
    if (left.compareTo(TRY) < 0) {
      return Asked.silent(primary);
    }
    Duration inAll = left.compareTo(TWO_TRIES) < 0 ? left : TWO_TRIES;
    try (Session session =
        connections.fresh(primary, access, TRY, new Patience(TRY, TRY, TRY, inAll))) {
      return making(session, primary, point, deadline.left());
    }
  }

  /** By the statement that the coordinator dispatches: a session that is stopped has it too. */
  private static Asked making(
      Session session, Server primary, RestorePointName point, Duration left) {
    if (left.compareTo(FOR_SESSIONS) < 0) {
      return Asked.silent(primary);
    }
    try {
      session.answersWithin(left.compareTo(TRY) < 0 ? left : TRY, While.READING);
      return new Asked(
          primary,
          true,
          session.row(
              "SELECT coalesce(string_agg('pid ' || pid || CASE WHEN position("
                  + SqlText.literal(point.value())
                  + " IN query) > 0 THEN ' still makes this point'"
                  + " ELSE ' still makes another point' END,"
                  + " ', ' ORDER BY pid), '') AS making"
                  + " FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                  + " AND query LIKE '%pg_create_restore_point(%'"
                  + " AND query NOT LIKE '%pg_stat_activity%'",
              While.READING,
              row -> ServerReading.text(row, "making")));
    } catch (DatabaseFault unread) {
      log.debug("the sessions of {} are not known", primary.instance().id(), unread);
      return Asked.silent(primary);
    }
  }

  private static Seen seen(List<Answer<Server, Asked>> answers) {
    List<String> found = new ArrayList<>();
    List<InstanceId> unchecked = new ArrayList<>();
    for (Failed<Server, Asked> failed : FanOut.failures(answers)) {
      if (isSilent(failed.fault())) {
        found.add(inWords(failed.item(), "does not answer", ": " + failed.fault().sentence()));
      } else {
        unchecked.add(idOf(failed.item()));
      }
    }
    for (Asked asked : FanOut.values(answers)) {
      if (!asked.making().isEmpty()) {
        String doing = "accepts logins, and of its sessions " + asked.making();
        found.add(inWords(asked.primary(), doing, ""));
      } else if (!asked.listed()) {
        unchecked.add(idOf(asked.primary()));
      }
    }
    return new Seen(found, unchecked);
  }

  private static InstanceId idOf(Server primary) {
    return primary.instance().id();
  }

  private static boolean isSilent(DatabaseFault fault) {
    return fault.code() == FailureCode.DATABASE_UNREACHABLE
        && !SqlErrors.stateOf(fault).equals(TOO_MANY_CONNECTIONS);
  }

  private static String inWords(Server primary, String what, String why) {
    Instance instance = primary.instance();
    return String.format(
        "%s %s (content %s, host %s, port %d, data directory %s)%s",
        instance.id(),
        what,
        instance.content(),
        instance.host(),
        instance.port(),
        instance.dataDirectory(),
        why);
  }
}
