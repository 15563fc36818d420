package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which primaries of a Greenplum do not answer, and in which a call for a point is still under way.
 * Such a one keeps the coordinator's call waiting, and the coordinator shows no session that blocks
 * it.
 */
final class SilentPrimaries {
  private static final Logger log = LoggerFactory.getLogger(SilentPrimaries.class);
  private static final int AT_ONCE = 16;
  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final Duration TRY = Duration.ofSeconds(2);

  /** Two tries, with room for the pause between them. */
  private static final Duration TWO_TRIES = Duration.ofSeconds(5);

  private static final String TOO_MANY_CONNECTIONS = "53300";

  /** By the statement that the coordinator dispatches; of one that is stopped as well. */
  private static final String CALLS_UNDER_WAY =
      "SELECT coalesce(string_agg(pid::text, ' and ' ORDER BY pid), '') AS pids"
          + " FROM pg_stat_activity"
          + " WHERE state = 'active' AND pid <> pg_backend_pid()"
          + " AND query LIKE '%pg_create_restore_point(%' AND query NOT LIKE '%pg_stat_activity%'";

  private SilentPrimaries() {}

  /**
   * Asks each for a login on a new connection, in utility mode, {@value #AT_ONCE} at a time:
   * hundreds of logins at once would make healthy servers late. One that completes no login in 2 s
   * is asked once more if there is time; 8 s after the begin all have answered or are given up. One
   * that lets in is asked for sessions that still make a point. A server that refuses a login has
   * answered. If the question itself fails nobody is known to be silent.
   *
   * @return one sentence for each that does not answer, then for each with such a session, with
   *     where the cluster file has it; if there are any and the time did not suffice for all, how
   *     many were not asked comes last
   */
  static List<String> of(
      ServerConnections connections, DatabaseAccess access, List<Server> primaries) {
    return of(connections, access, primaries, LIMIT);
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
      Duration limit) {
    Deadline deadline = Deadline.in(limit);
    try {
      return sentences(
          FanOut.over(
              primaries,
              AT_ONCE,
              primary -> asked(connections, access, primary, deadline.left()),
              () -> {}));
    } catch (RuntimeException notKnown) {
      log.warn("which primaries of the Greenplum answer is not known", notKnown);
      return List.of();
    }
  }

  /** One that was asked, unless the time was over; the sessions that still make a point. */
  private record Asked(Server primary, boolean inTime, String pids) {}

  /** One that does not answer is a fault. */
  private static Asked asked(
      ServerConnections connections, DatabaseAccess access, Server primary, Duration left)
      throws DatabaseFault {
    if (left.compareTo(TRY) < 0) {
      return new Asked(primary, false, "");
    }
    Duration inAll = left.compareTo(TWO_TRIES) < 0 ? left : TWO_TRIES;
    try (Session session =
        connections.fresh(primary, access, TRY, new Patience(TRY, TRY, TRY, inAll))) {
      return new Asked(
          primary,
          true,
          session.row(CALLS_UNDER_WAY, While.READING, row -> ServerReading.text(row, "pids")));
    }
  }

  private static List<String> sentences(List<Answer<Server, Asked>> answers) {
    List<String> words = new ArrayList<>();
    for (Failed<Server, Asked> failed : FanOut.failures(answers)) {
      if (isSilent(failed.fault())) {
        words.add(inWords(failed.item(), "does not answer", ": " + failed.fault().sentence()));
      }
    }
    for (Asked asked : FanOut.values(answers)) {
      if (!asked.pids().isEmpty()) {
        String doing = "has the call still under way, as pid " + asked.pids();
        words.add(inWords(asked.primary(), doing, ""));
      }
    }
    long unasked = FanOut.values(answers).stream().filter(asked -> !asked.inTime()).count();
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
