package dev.mooring.dev.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * How a Greenplum commits over several segments, done by a client on servers that emulate one: the
 * coordinator's record of the commit, then TwophaseCommitLock shared while the segments commit,
 * then the record that it may be forgotten (cdbtm.c, doNotifyingCommitPrepared). Distributed
 * recovery commits what the coordinator has a record of, and rolls back the rest.
 */
public final class DistributedCommits {
  /** The advisory lock in place of TwophaseCommitLock. */
  static final int LOCK_KEY = 7202;

  private static final String RECORDS = "greenplum.distributed_commit";

  private DistributedCommits() {}

  /** Writes the coordinator's record; from then on the transfer is committed. */
  static String record(String transfer) {
    return "INSERT INTO " + RECORDS + " VALUES ('" + transfer + "') ON CONFLICT DO NOTHING";
  }

  /** Run once every segment has committed. */
  static String forget(String transfer) {
    return "DELETE FROM " + RECORDS + " WHERE gid = '" + transfer + "'";
  }

  /**
   * The prepared transfers that distributed recovery found and ended.
   *
   * @param committed transfers with a record of the coordinator, counted once for each segment
   * @param rolledBack the others
   */
  public record Recovered(int committed, int rolledBack) {}

  /** Does the recovery of a Greenplum that is opened, before it accepts connections. */
  public static Recovered recover(Database coordinator, List<Database> segments) {
    int committed = 0;
    int rolledBack = 0;
    try (Connection asked = coordinator.connect()) {
      for (Database segment : segments) {
        try (Connection reported = segment.connect();
            Statement statement = reported.createStatement()) {
          for (String transfer : PreparedTransfers.on(reported)) {
            boolean decided = hasRecord(asked, transfer);
            statement.execute((decided ? "COMMIT" : "ROLLBACK") + " PREPARED '" + transfer + "'");
            committed += decided ? 1 : 0;
            rolledBack += decided ? 0 : 1;
          }
        }
      }
    } catch (SQLException e) {
      throw new LoadFailure("distributed recovery by " + coordinator.instance() + " failed", e);
    }
    return new Recovered(committed, rolledBack);
  }

  private static boolean hasRecord(Connection coordinator, String transfer) throws SQLException {
    try (Statement statement = coordinator.createStatement()) {
      return statement
          .executeQuery("SELECT FROM " + RECORDS + " WHERE gid = '" + transfer + "'")
          .next();
    }
  }
}
