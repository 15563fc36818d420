package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.jdbc.PasswordFile.Login;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.SessionSettings;
import dev.mooring.topology.DatabaseAccess;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to the servers of clusters, kept warm between the steps of a run and closed when a
 * minute passes without use. Every wait on one is bounded: connecting, answering, and the silence
 * of a host that is gone.
 */
final class ServerConnections implements AutoCloseable {
  /** How long a statement of a kept session may take; the network may take half as long again. */
  static final Duration STATEMENT = Duration.ofSeconds(8);

  /** How much longer than its statements the silence of a server may be. */
  static final Duration NETWORK_SLACK = Duration.ofSeconds(4);

  /** How long a kept session may take to show that it still answers. */
  static final Duration PROBE = Duration.ofSeconds(3);

  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int KEPT_PER_SERVER = 4;
  private static final long BETWEEN_TRIES_MILLIS = 100;

  private final Passwords passwords;
  private final ServerTrust trust;
  private final SessionLogin logins = new SessionLogin();
  private final Map<Target, Deque<Idle>> idle = new HashMap<>();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("jdbc-idle"));

  ServerConnections(Passwords passwords, ServerTrust trust) {
    this.passwords = passwords;
    this.trust = trust;
    Future<?> unused = sweeper.scheduleWithFixedDelay(this::closeIdle, 15, 15, TimeUnit.SECONDS);
  }

  private record Target(String address, int port, DatabaseAccess access, Role role) {
    static Target of(Server server, DatabaseAccess access) {
      boolean greenplum = server.instance().manager().isGreenplum();
      return new Target(
          server.address(),
          server.instance().port(),
          access,
          greenplum ? Role.UTILITY : Role.PLAIN);
    }
  }

  /** The kind of a session. */
  enum Role {
    PLAIN,
    /** On the coordinator of a Greenplum, for work over all contents. */
    DISPATCH,
    /** For the statements of a site's barrier, which find names by the role's own path. */
    BARRIER,
    /** A single instance of a Greenplum; a segment accepts no other connection. */
    UTILITY
  }

  private record Idle(Connection connection, long sinceNanos) {}

  /** See {@link ServerSessions#warm}. */
  Session warm(Server server, DatabaseAccess access, Patience patience) throws DatabaseFault {
    Target target = Target.of(server, access);
    for (Connection kept = take(target); kept != null; kept = take(target)) {
      if (answers(kept)) {
        return session(target, kept);
      }
      end(kept);
      // of a host that is cut off the others would each have to be waited for as well
      takeAll(target).forEach(ServerConnections::end);
    }
    return session(target, connect(target, STATEMENT, patience));
  }

  /** See {@link ServerSessions#fresh}. */
  Session fresh(Server server, DatabaseAccess access, Duration statement, Patience patience)
      throws DatabaseFault {
    return alone(Target.of(server, access), statement, patience);
  }

  /** A new session of that kind, ended when closed. */
  Session alone(
      Server server, DatabaseAccess access, Role role, Duration statement, Patience patience)
      throws DatabaseFault {
    return alone(
        new Target(server.address(), server.instance().port(), access, role), statement, patience);
  }

  private Session alone(Target target, Duration statement, Patience patience) throws DatabaseFault {
    return new Session(
        connect(target, statement, patience), (connection, broken) -> end(connection));
  }

  private Session session(Target target, Connection connection) {
    return new Session(connection, (returned, broken) -> giveBack(target, returned, broken));
  }

  private static boolean answers(Connection connection) {
    try {
      return connection.isValid((int) PROBE.toSeconds());
    } catch (SQLException invalidTimeout) {
      throw new IllegalStateException(invalidTimeout);
    }
  }

  private Connection connect(Target target, Duration statement, Patience patience)
      throws DatabaseFault {
    DatabaseAccess access = target.access();
    Login login = new Login(target.address(), target.port(), access.database(), access.user());
    Passwords.Found password = passwords.find(access.password(), login);
    Optional<Path> authority = trust.authority(access);
    Properties properties = properties(target, password, statement);
    authority.ifPresent(file -> properties.setProperty("sslrootcert", file.toString()));
    try {
      return logins.open(url(target), properties, (url, all) -> connected(url, all, patience));
    } catch (SQLException error) {
      Optional<DatabaseFault> notBelieved =
          ServerTrust.refusal(error, target.address(), access, authority);
      if (notBelieved.isPresent()) {
        throw notBelieved.get();
      }
      DatabaseFault fault = SqlErrors.fault(error, While.CONNECTING);
      if (fault.code() == FailureCode.AUTHENTICATION_REFUSED) {
        throw new DatabaseFault(
            fault.code(),
            String.format(
                "cannot log in to %s:%d as %s: %s; password: %s",
                target.address(),
                target.port(),
                access.user(),
                fault.sentence(),
                password.source()),
            error);
      }
      throw fault;
    }
  }

  /** Connects again while no answer comes; a login without an answer leaves nothing open. */
  private static Connection connected(String url, Properties properties, Patience patience)
      throws SQLException {
    Deadline deadline = Deadline.in(patience.inAll());
    while (true) {
      properties.setProperty("connectTimeout", Long.toString(patience.connect().toSeconds()));
      properties.setProperty(
          "loginTimeout", Long.toString(patience.tryWithin(deadline.left()).toSeconds()));
      try {
        return DriverManager.getConnection(url, properties);
      } catch (SQLException error) {
        if (!SqlErrors.isSilence(error)
            || deadline.left().compareTo(patience.connect()) < 0
            || !paused()) {
          throw error;
        }
      }
    }
  }

  /** Pauses, so that a host reported as unreachable immediately is not tried without end. */
  private static boolean paused() {
    try {
      Thread.sleep(BETWEEN_TRIES_MILLIS);
      return true;
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String url(Target target) {
    String host = target.address().contains(":") ? "[" + target.address() + "]" : target.address();
    String database =
        URLEncoder.encode(target.access().database(), StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:postgresql://" + host + ":" + target.port() + "/" + database;
  }

  private static Properties properties(
      Target target, Passwords.Found password, Duration statement) {
    DatabaseAccess access = target.access();
    Properties properties = new Properties();
    properties.setProperty("user", access.user());
    password.secret().ifPresent(secret -> properties.setProperty("password", secret));
    properties.setProperty("ApplicationName", "mooring");
    properties.setProperty("assumeMinServerVersion", "13");
    properties.setProperty(
        "socketTimeout", Long.toString(statement.plus(NETWORK_SLACK).toSeconds()));
    properties.setProperty("maxResultBuffer", "16M");
    properties.setProperty("cancelSignalTimeout", "2");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("sslmode", access.sslMode());
    properties.setProperty(
        "options",
        "-c statement_timeout="
            + statement.toMillis()
            + (target.role() == Role.BARRIER ? "" : " " + SessionSettings.PATH_AT_LOGIN)
            + (target.role() == Role.UTILITY ? " -c gp_role=utility" : ""));
    return properties;
  }

  private synchronized @Nullable Connection take(Target target) {
    Deque<Idle> kept = idle.get(target);
    Idle last = kept == null ? null : kept.pollLast();
    return last == null ? null : last.connection();
  }

  private synchronized List<Connection> takeAll(Target target) {
    Deque<Idle> kept = idle.remove(target);
    return kept == null ? List.of() : kept.stream().map(Idle::connection).toList();
  }

  private void giveBack(Target target, Connection connection, boolean broken) {
    if (broken || !kept(target, connection)) {
      end(connection);
    }
  }

  private synchronized boolean kept(Target target, Connection connection) {
    Deque<Idle> kept = idle.computeIfAbsent(target, unused -> new ArrayDeque<>());
    if (sweeper.isShutdown() || kept.size() >= KEPT_PER_SERVER) {
      return false;
    }
    kept.addLast(new Idle(connection, System.nanoTime()));
    return true;
  }

  private void closeIdle() {
    takeIdle(System.nanoTime() - IDLE_NANOS).forEach(ServerConnections::end);
  }

  private synchronized List<Connection> takeIdle(long notAfterNanos) {
    List<Connection> taken = new ArrayList<>();
    for (Deque<Idle> kept : idle.values()) {
      for (Iterator<Idle> each = kept.iterator(); each.hasNext(); ) {
        Idle one = each.next();
        if (one.sinceNanos() - notAfterNanos <= 0) {
          each.remove();
          taken.add(one.connection());
        }
      }
    }
    idle.values().removeIf(Deque::isEmpty);
    return taken;
  }

  static void end(Connection connection) {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // closing is all that was wanted, and a connection that can't be closed is gone
      return;
    }
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    takeIdle(System.nanoTime()).forEach(ServerConnections::end);
  }
}
