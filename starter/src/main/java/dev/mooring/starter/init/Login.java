package dev.mooring.starter.init;

import dev.mooring.postgres.SessionSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** How servers are asked, and will be. */
public record Login(String user, String database, String sslMode) {

  /**
   * A connection such as users have, but for its settings, which gives up within seconds. It keeps
   * the role's search path: only the server knows yet whether it is a Greenplum's.
   *
   * @param at HOST:PORT
   */
  public Connection connect(String at) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("ApplicationName", "mooring init");
    Connection connection = loggedIn("jdbc:postgresql://" + at + "/" + database, properties);
    try (Statement statement = connection.createStatement()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      statement.execute("SET statement_timeout = 0");
      statement.execute(SessionSettings.afterLogin(version, true));
      return connection;
    } catch (SQLException error) {
      connection.close();
      throw error;
    }
  }

  private static Connection loggedIn(String url, Properties properties) throws SQLException {
    properties.setProperty("options", SessionSettings.AT_LOGIN);
    try {
      return DriverManager.getConnection(url, properties);
    } catch (SQLException error) {
      if (!SessionSettings.UNKNOWN_SETTING.equals(error.getSQLState())) {
        throw error;
      }
      properties.remove("options");
      return DriverManager.getConnection(url, properties);
    }
  }
}
