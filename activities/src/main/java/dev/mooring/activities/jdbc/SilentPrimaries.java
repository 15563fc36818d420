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

  /** With less time left nobody is asked for sessions. */
  private static final Duration FOR_SESSIONS = Duration.ofSeconds(1);

  private SilentPrimaries() {}

  /**
   * Asks each for a login on a new connection, in utility mode, {@value #AT_ONCE} at a time:
   * hundreds of logins at once would make healthy servers late. One that completes no login in 2 s
   * is asked once more if there is time; 8 s after the begin all have answered or are given up. A
   * server that accepts the login is asked for sessions that still make this point; one that
   * refuses it has answered. If the question itself fails nobody is known to be silent.
   *
   * @param point whose call is late
   * @return one sentence for each that does not answer, then for each with such a session, with
   *     where the cluster file has it; then how many did not tell their sessions; if there are any
   *     of these and the time did not suffice for all, how many were not asked comes last
   */
  static List<String> of(
      ServerConnections connections,
      DatabaseAccess access,
      List<Server> primaries,
      RestorePointName point) {
    return of(connections, access, primaries, point, LIMIT);
  }

  /**
   * The same within another time.
   *
   * @param limit what asking them may take altogether
   */
  static List<String> of(
      ServerConnections connections,
      DatabaseAccess access,
      List<Server> primaries,
      RestorePointName point,
      Duration limit) {
    Deadline deadline = Deadline.in(limit);
    try {
      return sentences(
          FanOut.over(
              primaries,
              AT_ONCE,
              primary -> asked(connections, access, primary, point, deadline),
              () -> {}));
    } catch (RuntimeException notKnown) {
      log.warn("which primaries of the Greenplum answer is not known", notKnown);
      return List.of();
    }
  }

  private enum Came {
    NOT_ASKED,
    NOT_TOLD,
    TOLD
  }

  /** What came of asking one; the sessions that still make the point, empty where there is none. */
  private record Asked(Server primary, Came came, String pids) {}

  /** One that does not answer is a fault. */
  private static Asked asked(
      ServerConnections connections,
      DatabaseAccess access,
      Server primary,
      RestorePointName point,
      Deadline deadline)
      throws DatabaseFault {
    Duration left = deadline.left();
    if (left.compareTo(TRY) < 0) {
      return new Asked(primary, Came.NOT_ASKED, "");
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
      return new Asked(primary, Came.NOT_TOLD, "");
    }
    try {
      session.answersWithin(left.compareTo(TRY) < 0 ? left : TRY, While.READING);
      return new Asked(
          primary,
          Came.TOLD,
          session.row(
              "SELECT coalesce(string_agg(pid::text, ' and ' ORDER BY pid), '') AS pids"
                  + " FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                  + " AND query LIKE '%pg_create_restore_point(%'"
                  + " AND query NOT LIKE '%pg_stat_activity%'"
                  + " AND position("
                  + SqlText.literal(point.value())
                  + " IN query) > 0",
              While.READING,
              row -> ServerReading.text(row, "pids")));
    } catch (DatabaseFault untold) {
      log.debug("the sessions of {} are not known", primary.instance().id(), untold);
      return new Asked(primary, Came.NOT_TOLD, "");
    }
  }

  private static List<String> sentences(List<Answer<Server, Asked>> answers) {
    List<String> words = new ArrayList<>();
    for (Failed<Server, Asked> failed : FanOut.failures(answers)) {
      if (isSilent(failed.fault())) {
        words.add(inWords(failed.item(), "does not answer", ": " + failed.fault().sentence()));
      }
    }
    List<Asked> asked = FanOut.values(answers);
    for (Asked one : asked) {
      if (!one.pids().isEmpty()) {
        String doing = "accepts logins, and its session with pid " + one.pids() + " still makes it";
        words.add(inWords(one.primary(), doing, ""));
      }
    }
    long untold = asked.stream().filter(one -> one.came() == Came.NOT_TOLD).count();
    if (untold > 0) {
      words.add("of " + untold + " that accept logins it is not known whether they still make it");
    }
    long unasked = asked.stream().filter(one -> one.came() == Came.NOT_ASKED).count();
    if (!words.isEmpty() && unasked > 0) {
      words.add(unasked + " more primaries were not asked");
    }
    return words;
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
