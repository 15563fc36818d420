package dev.mooring.activities.jdbc;

import dev.mooring.postgres.SessionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Logs in to a server and sets all that a session depends on. */
public final class SessionLogin {
  /** The URLs of servers that refused the settings of a login, by SQLSTATE undefined_object. */
  private final Set<String> older = ConcurrentHashMap.newKeySet();

  /** How a connection is opened. */
  public interface Opening {
    Connection open(String url, Properties properties) throws SQLException;
  }

  /**
   * Opens a connection with its settings set. A server that does not have {@link
   * SessionSettings#AT_LOGIN} is asked without it from then on.
   *
   * @param properties with options
   */
  public Connection open(String url, Properties properties, Opening opening) throws SQLException {
    String options = properties.getProperty("options");
    boolean sent = !older.contains(url);
    properties.setProperty("options", sent ? options + " " + SessionSettings.AT_LOGIN : options);
    try {
      return settled(opening.open(url, properties));
    } catch (SQLException error) {
      if (sent && "42704".equals(error.getSQLState())) {
        older.add(url);
        properties.setProperty("options", options);
        return open(url, properties, opening);
      }
      throw error;
    }
  }

  private static Connection settled(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      statement.execute(SessionSettings.afterLogin(version));
      return connection;
    } catch (SQLException error) {
      ServerConnections.end(connection);
      throw error;
    }
  }
}
