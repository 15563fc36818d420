package dev.mooring.dev.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares the data of a site's instances with a load's writes: the sum over all contents, and the
 * ledger of acknowledged writes.
 */
public final class LoadCheck {
  private static final String SUM = "SELECT sum(balance), 0 FROM lab.account";
  private static final String LEDGER = "SELECT count(*), coalesce(max(seq), 0) FROM lab.ledger";

  private static final String LATE =
      "SELECT count(*) FROM lab.ledger WHERE seq >"
          + " (SELECT coalesce(max(seq), 0) FROM lab.ledger WHERE written_at <= ?)";

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
   * An instance to check.
   *
   * @param database an instance without writes
   * @param acknowledgedBefore every row acknowledged before this time must be there
   * @param madeBy a time, by the primary's clock, by which the point was made: its ledger may not
   *     end with rows written later; absent if no such time is known
   */
  public record Subject(Database database, Instant acknowledgedBefore, Optional<Instant> madeBy) {}

  /**
   * Checks instances without writes.
   *
   * @param subjects one for each content
   */
  public LoadVerdict of(List<Subject> subjects) {
    long sum = 0;
    List<LoadVerdict.OfContent> contents = new ArrayList<>();
    for (Subject subject : subjects) {
      Database database = subject.database();
      try (Connection connection = database.connect()) {
        sum += pair(connection, SUM)[0];
        contents.add(content(subject, connection));
      } catch (SQLException e) {
        throw new LoadFailure("could not check " + database.instance(), e);
      }
    }
    return new LoadVerdict(sum, LoadSchema.fixedSum(subjects.size()), contents);
  }

  /** Checks instances that are written to, while it holds the barrier against transfers. */
  public LoadVerdict ofRunning(LoadPlan plan) {
    try (Connection arbiter = plan.arbiter().connect();
        Statement statement = arbiter.createStatement()) {
      Instant now = Instant.now();
      statement.execute("SELECT pg_advisory_lock(" + plan.lock() + ")");
      return of(
          plan.databases().stream().map(db -> new Subject(db, now, Optional.empty())).toList());
    } catch (SQLException e) {
      throw new LoadFailure("could not hold the barrier on " + plan.arbiter().instance(), e);
    }
  }

  private LoadVerdict.OfContent content(Subject subject, Connection connection)
      throws SQLException {
    int content = subject.database().content();
    long[] rowsAndLast = pair(connection, LEDGER);
    Ledger ledger = new Ledger(directory, content);
    // one more than acknowledged may be there: its answer was under way
    return new LoadVerdict.OfContent(
        content,
        rowsAndLast[0],
        rowsAndLast[1],
        ledger.highestBefore(subject.acknowledgedBefore()),
        ledger.highest() + 1,
        subject.madeBy().isPresent() ? late(connection, subject.madeBy().get()) : 0,
        PreparedTransfers.on(connection));
  }

  /** Earlier rows may have a later time, when the primary's clock was set back. */
  private static long late(Connection connection, Instant madeBy) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LATE)) {
      statement.setObject(1, madeBy.atOffset(ZoneOffset.UTC));
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static long[] pair(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return new long[] {rows.getLong(1), rows.getLong(2)};
    }
  }
}
