package dev.mooring.dev.prober;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client that writes increasing numbers to whichever server accepts writes, to measure a move:
 * the longest time between two acknowledged writes, and which writes are lost afterwards.
 */
public final class OutageProbe {
  private static final Duration BETWEEN_WRITES = Duration.ofMillis(5);
  private static final String ANSWER_SECONDS = "2";

  private final String url;
  private final String table;
  private final Properties login = new Properties();
  private final Set<Long> acknowledged = new HashSet<>();
  private @Nullable Connection connection;
  private long number;
  private long longestNanos;
  private Instant resumed = Instant.EPOCH;

  /**
   * The measurement.
   *
   * @param acknowledged the number of acknowledged writes
   * @param lost how many of them are lost
   * @param longest the longest time between two successive ones
   * @param resumed when the second of these two was acknowledged, or the end if none was
   */
  public record Outage(int acknowledged, int lost, Duration longest, Instant resumed) {}

  /**
   * @param servers addresses and ports separated by commas, as in a JDBC URL
   * @param table its own table, which it creates again
   */
  public OutageProbe(String servers, String user, String password, String table) {
    this.url = "jdbc:postgresql://" + servers + "/postgres";
    this.table = table;
    login.setProperty("user", user);
    login.setProperty("password", password);
    login.setProperty("targetServerType", "primary");
    login.setProperty("hostRecheckSeconds", "0");
    login.setProperty("connectTimeout", ANSWER_SECONDS);
    login.setProperty("socketTimeout", ANSWER_SECONDS);
    login.setProperty("sslmode", "disable");
  }

  /** Writes until it is asked to end; then reads back the rows. */
  public Outage run(BooleanSupplier ended) throws SQLException {
    execute("DROP TABLE IF EXISTS " + table);
    execute("CREATE TABLE " + table + " (n bigint PRIMARY KEY)");
    long last = System.nanoTime();
    while (!ended.getAsBoolean()) {
      try {
        write();
        last = measuredSince(last);
      } catch (SQLException refused) {
        // a server that is on its way down or up: what is measured
        close();
      }
      LockSupport.parkNanos(BETWEEN_WRITES.toNanos());
    }
    measuredSince(last);
    int written = acknowledged.size();
    acknowledged.removeAll(there());
    close();
    return new Outage(written, acknowledged.size(), Duration.ofNanos(longestNanos), resumed);
  }

  private long measuredSince(long last) {
    long now = System.nanoTime();
    if (now - last > longestNanos) {
      longestNanos = now - last;
      resumed = Instant.now();
    }
    return now;
  }

  /** A write without an acknowledgement may be there all the same: its number is not reused. */
  private void write() throws SQLException {
    number++;
    try (PreparedStatement insert =
        connected().prepareStatement("INSERT INTO " + table + " VALUES (?)")) {
      insert.setLong(1, number);
      insert.executeUpdate();
    }
    acknowledged.add(number);
  }

  private Set<Long> there() throws SQLException {
    Set<Long> numbers = new HashSet<>();
    try (Statement statement = connected().createStatement();
        ResultSet rows = statement.executeQuery("SELECT n FROM " + table)) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connected().createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connected() throws SQLException {
    Connection kept = connection;
    if (kept == null) {
      kept = DriverManager.getConnection(url, login);
      connection = kept;
    }
    return kept;
  }

  private void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException gone) {
        // given up; the server ends the session when the socket closes
      }
      connection = null;
    }
  }
}
