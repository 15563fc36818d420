package dev.mooring.dev.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A client's session with one instance, opened when first needed and again after any failure: a
 * connection with an error is never used again.
 */
final class Session implements AutoCloseable {
  private final Database database;
  private volatile @Nullable Connection connection;
  private volatile boolean aborted;

  Session(Database database) {
    this.database = database;
  }

  Database database() {
    return database;
  }

  /** Runs the statements, each in a transaction of its own unless they begin one. */
  void execute(String... statements) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /** The one number that the query answers. */
  long number(String query) throws SQLException {
    try (PreparedStatement statement = connection().prepareStatement(query);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private Connection connection() throws SQLException {
    Connection current = connection;
    if (current == null) {
      current = database.connect();
      connection = current;
      if (aborted) {
        close();
        throw new SQLException("the session was cut off");
      }
      execute("SET lock_timeout = '5s'");
    }
    return current;
  }

  /** Cuts the connection off from another thread, whatever its user waits for, and for good. */
  void abort() {
    aborted = true;
    Connection current = connection;
    if (current != null) {
      try {
        current.abort(Runnable::run);
      } catch (SQLException e) {
        // its user finds it dead, which is all that was wanted
      }
    }
  }

  @Override
  public void close() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        // the session is given up; the server ends it when the socket closes
      }
    }
  }
}
