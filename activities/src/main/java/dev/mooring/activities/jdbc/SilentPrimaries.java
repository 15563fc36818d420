package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.FanOut.Failed;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.List;

/**
 * Which primaries of a Greenplum do not answer. One that hangs while a point is made keeps the call
 * waiting on the coordinator, which shows no session that blocks it.
 */
final class SilentPrimaries {
  private static final Duration WITHIN = Duration.ofSeconds(2);
  private static final Patience ONE_SHORT_TRY = new Patience(WITHIN, WITHIN, WITHIN, WITHIN);
  private static final String TOO_MANY_CONNECTIONS = "53300";

  private SilentPrimaries() {}

  /**
   * Asks each on a new connection, in utility mode, all at once: 2 s for one that completes no
   * login, 6 s more for one that does and then says nothing. A server that refuses a login has
   * answered.
   *
   * @return one sentence for each that does not answer, with where the cluster file has it
   */
  static List<String> of(
      ServerConnections connections, DatabaseAccess access, List<Server> primaries) {
    List<Answer<Server, Boolean>> asked =
        FanOut.over(primaries, primary -> answers(connections, access, primary));
    return FanOut.failures(asked).stream()
        .filter(failed -> isSilent(failed.fault()))
        .map(SilentPrimaries::inWords)
        .toList();
  }

  private static boolean answers(
      ServerConnections connections, DatabaseAccess access, Server primary) throws DatabaseFault {
    try (Session session = connections.fresh(primary, access, WITHIN, ONE_SHORT_TRY)) {
      session.execute("SELECT 1", While.READING);
      return true;
    }
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
