package dev.mooring.dev.ledger;

import dev.mooring.dev.machine.ThisMachine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * One instance as a client reaches it.
 *
 * @param instance its name
 * @param content which part of the data it holds
 * @param address its address; for several instances {@code address:port,...}
 * @param port its port
 * @param login the user and password
 */
public record Database(String instance, int content, String address, int port, Login login) {
  private static final Duration ANSWER = Duration.ofSeconds(20);

  /**
   * Who connects.
   *
   * @param user the role
   * @param password its password
   */
  public record Login(String user, String password) {
    /** Without the password, which must not get into logs. */
    @Override
    public String toString() {
      return "Login[user=" + user + "]";
    }
  }

  /** The instance of several of one content that accepts writes when a client connects. */
  public static Database whichever(List<Database> instances) {
    Database first = instances.get(0);
    return new Database(
        first.instance,
        first.content,
        instances.stream()
            .map(each -> each.address + ":" + each.port)
            .collect(Collectors.joining(",")),
        first.port,
        first.login);
  }

  /** Connects; each answer must come within 20 s of an idle machine, longer on a busy one. */
  public Connection connect() throws SQLException {
    return connect(ANSWER);
  }

  /**
   * Connects; an answer that comes later ends the connection.
   *
   * @param idle in which an idle machine answers
   */
  public Connection connect(Duration idle) throws SQLException {
    String seconds = Long.toString(ThisMachine.takes(idle).toSeconds());
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("socketTimeout", seconds);
    properties.setProperty("sslmode", "disable");
    properties.setProperty("ApplicationName", "mooring-lab");
    if (address.contains(",")) {
      properties.setProperty("targetServerType", "primary");
      properties.setProperty("hostRecheckSeconds", "0");
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://%s/postgres".formatted(endpoints()), properties);
  }

  private String endpoints() {
    return address.contains(",") ? address : address + ":" + port;
  }
}
