package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** One connection to one server, in autocommit. Closing it returns it, or ends it if broken. */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Return whenClosed;
  private volatile boolean broken;

  /** Takes a connection that is no longer needed. */
  interface Return {
    void accept(Connection connection, boolean broken);
  }

  /** Reads one value from the current row of a result. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Reads the results of several statements sent together. */
  interface ResultsReader<T> {
    T read(Statement results) throws SQLException;
  }

  Session(Connection connection, Return whenClosed) {
    this.connection = connection;
    this.whenClosed = whenClosed;
  }

  /** The server's major version, as reported when the connection was made. */
  int majorVersion() throws DatabaseFault {
    try {
      return connection.getMetaData().getDatabaseMajorVersion();
    } catch (SQLException error) {
      broken = true;
      throw SqlErrors.fault(error, While.READING);
    }
  }

  /** The one row of a query. */
  <T> T row(String sql, While doing, RowReader<T> reader) throws DatabaseFault {
    return run(
        sql,
        doing,
        statement -> {
          try (ResultSet rows = statement.getResultSet()) {
            if (!rows.next()) {
              throw new SQLException("no row where one was expected", "02000");
            }
            return reader.read(rows);
          }
        });
  }

  /** Runs statements without a needed answer. */
  void execute(String sql, While doing) throws DatabaseFault {
    run(sql, doing, statement -> true);
  }

  /**
   * From now on a statement may take so long, and its answer {@link
   * ServerConnections#NETWORK_SLACK} longer.
   */
  void limit(Duration statement, While doing) throws DatabaseFault {
    answersWithin(statement.plus(ServerConnections.NETWORK_SLACK), doing);
    execute("SET statement_timeout = " + statement.toMillis(), doing);
  }

  /** From now on an answer is waited for so long. */
  void answersWithin(Duration limit, While doing) throws DatabaseFault {
    try {
      connection.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
    } catch (SQLException error) {
      broken = true;
      throw SqlErrors.fault(error, doing);
    }
  }

  /** Sends one or more statements in one message and reads their results. */
  <T> T run(String sql, While doing, ResultsReader<T> reader) throws DatabaseFault {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return reader.read(statement);
    } catch (SQLException error) {
      if (SqlErrors.endsSession(error)) {
        broken = true;
      }
      throw SqlErrors.fault(error, doing);
    }
  }

  /** Ends the connection under a thread that waits for an answer on it. */
  void abort() {
    broken = true;
    try {
      connection.abort(Runnable::run);
    } catch (SQLException alreadyGone) {
      broken = true;
    }
  }

  @Override
  public void close() {
    whenClosed.accept(connection, broken);
  }
}
