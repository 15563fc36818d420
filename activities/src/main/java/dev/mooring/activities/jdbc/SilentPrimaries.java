package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
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
 * Which primaries of a Greenplum do not answer. One that hangs while a point is made keeps the call
 * waiting on the coordinator, which shows no session that blocks it.
 */
final class SilentPrimaries {
  private static final Logger log = LoggerFactory.getLogger(SilentPrimaries.class);
  private static final int AT_ONCE = 16;
  private static final Duration LIMIT = Duration.ofSeconds(8);
  private static final Duration TRY = Duration.ofSeconds(2);

  /** Two tries, with room for the pause between them. */
  private static final Duration TWO_TRIES = Duration.ofSeconds(5);

  private static final String TOO_MANY_CONNECTIONS = "53300";

  private SilentPrimaries() {}

  /**
   * Asks each for a login on a new connection, in utility mode, {@value #AT_ONCE} at a time:
   * hundreds of logins at once would make healthy servers late. One that completes no login in 2 s
   * is asked once more if there is time; 8 s after the begin all have answered or are given up. A
   * server that refuses a login has answered. If the question itself fails nobody is known to be
   * silent.
   *
   * @return one sentence for each that does not answer, with where the cluster file has it; if
   *     there are such and the time did not suffice for all, how many were not asked comes last
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

  /** Whether there was time to ask; one that does not answer is a fault. */
  private static boolean asked(
      ServerConnections connections, DatabaseAccess access, Server primary, Duration left)
      throws DatabaseFault {
    if (left.compareTo(TRY) < 0) {
      return false;
    }
    Duration inAll = left.compareTo(TWO_TRIES) < 0 ? left : TWO_TRIES;
    connections.fresh(primary, access, TRY, new Patience(TRY, TRY, TRY, inAll)).close();
    return true;
  }

  private static List<String> sentences(List<Answer<Server, Boolean>> answers) {
    List<String> words = new ArrayList<>();
    for (Failed<Server, Boolean> failed : FanOut.failures(answers)) {
      if (isSilent(failed.fault())) {
        words.add(inWords(failed));
      }
    }
    long unasked = FanOut.values(answers).stream().filter(asked -> !asked).count();
    if (!words.isEmpty() && unasked > 0) {
      words.add(unasked + " more primaries were not asked");
    }
    return words;
  }

  private static boolean isSilent(DatabaseFault fault) {
    return fault.code() == FailureCode.DATABASE_UNREACHABLE
        && !SqlErrors.stateOf(fault).equals(TOO_MANY_CONNECTIONS);
  }

  private static String inWords(Failed<Server, Boolean> failed) {
    Instance instance = failed.item().instance();
    return String.format(
        "%s does not answer (content %s, host %s, port %d, data directory %s): %s",
        instance.id(),
        instance.content(),
        instance.host(),
        instance.port(),
        instance.dataDirectory(),
        failed.fault().sentence());
  }
}
