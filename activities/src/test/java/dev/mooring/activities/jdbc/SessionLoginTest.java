package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.postgres.SessionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Logins of a server that does not have a setting of later versions. */
class SessionLoginTest {
  private final SessionLogin logins = new SessionLogin();
  private final AtomicBoolean another = new AtomicBoolean();

  /** Both have sent the setting before either is answered. */
  @Test
  void two_that_come_at_once_are_both_asked_without_the_setting() {
    assertThatThrownBy(this::login).hasMessage("let in");
  }

  private Connection login() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("options", "-c a=b");
    return logins.open("jdbc:postgresql://older/", properties, this::older);
  }

  private Connection older(String url, Properties properties) throws SQLException {
    if (!properties.getProperty("options").contains(SessionSettings.AT_LOGIN)) {
      throw new SQLException("let in", "00000");
    }
    if (another.compareAndSet(false, true)) {
      assertThatThrownBy(this::login).hasMessage("let in");
    }
    throw new SQLException("unrecognized configuration parameter", "42704");
  }
}
