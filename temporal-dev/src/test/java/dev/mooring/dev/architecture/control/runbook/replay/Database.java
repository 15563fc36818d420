package dev.mooring.dev.architecture.control.runbook.replay;

import java.sql.Connection;
import java.sql.SQLException;

/** Asks a server. */
final class Database {
  private Database() {}

  static boolean closed(Connection connection) throws SQLException {
    return connection.isClosed();
  }
}
