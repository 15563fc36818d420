package dev.mooring.starter.init;

import dev.mooring.activities.jdbc.SessionLogin;
import dev.mooring.postgres.SessionSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** How servers are asked, and will be. */
public record Login(String user, String database, String sslMode) {

  /**
   * A connection such as users have, but for its settings, which gives up within seconds.
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
    properties.setProperty("options", "-c statement_timeout=0 " + SessionSettings.PATH_AT_LOGIN);
    return new SessionLogin()
        .open("jdbc:postgresql://" + at + "/" + database, properties, DriverManager::getConnection);
  }
}
