package dev.mooring.dev.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what the instances of a site hold with what a load wrote: the sum over all contents, and
 * the ledger of acknowledged writes.
 */
public final class LoadCheck {
  private static final int ANSWER_SECONDS = 20;
  private static final String SUM = "SELECT sum(balance), 0 FROM lab.account";
  private static final String LEDGER = "SELECT count(*), coalesce(max(seq), 0) FROM lab.ledger";

  private final Path directory;

  /**
   * A check against the load in that directory.
   *
   * @param directory the load's own directory, with its ledgers
   */
  public LoadCheck(Path directory) {
    this.directory = directory;
  }

  /**
   * What is checked.
   *
   * @param database an instance that stands still
   * @param acknowledgedBefore every row acknowledged before this time must be there
   */
  public record Subject(Database database, Instant acknowledgedBefore) {}

  /**
   * Checks instances that stand still.
   *
   * @param subjects one of each content
   */
  public LoadVerdict of(List<Subject> subjects) {
    long sum = 0;
    List<LoadVerdict.OfContent> contents = new ArrayList<>();
    for (Subject subject : subjects) {
      Database database = subject.database();
      try (Connection connection = database.connect(ANSWER_SECONDS)) {
        sum += pair(connection, SUM)[0];
        contents.add(content(database.content(), connection, subject.acknowledgedBefore()));
      } catch (SQLException e) {
        throw new LoadFailure("could not check " + database.instance(), e);
      }
    }
    return new LoadVerdict(sum, LoadSchema.fixedSum(subjects.size()), contents);
  }

  /** Checks instances that are written to, while it holds the barrier against transfers. */
  public LoadVerdict ofRunning(LoadPlan plan) {
    try (Connection arbiter = plan.arbiter().connect(ANSWER_SECONDS);
        Statement statement = arbiter.createStatement()) {
      Instant now = Instant.now();
      statement.execute("SELECT pg_advisory_lock(" + plan.lock() + ")");
      return of(plan.databases().stream().map(db -> new Subject(db, now)).toList());
    } catch (SQLException e) {
      throw new LoadFailure("could not hold the barrier on " + plan.arbiter().instance(), e);
    }
  }

  private LoadVerdict.OfContent content(int content, Connection connection, Instant before)
      throws SQLException {
    long[] rowsAndLast = pair(connection, LEDGER);
    Ledger ledger = new Ledger(directory, content);
    // one more than acknowledged may be there: its answer was under way
    return new LoadVerdict.OfContent(
        content,
        rowsAndLast[0],
        rowsAndLast[1],
        ledger.highestBefore(before),
        ledger.highest() + 1,
        PreparedTransfers.on(connection));
  }

  private static long[] pair(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return new long[] {rows.getLong(1), rows.getLong(2)};
    }
  }
}
