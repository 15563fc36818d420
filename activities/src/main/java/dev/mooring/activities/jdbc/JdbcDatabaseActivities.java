package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.InstanceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Queries running servers over JDBC. Sessions are kept open between steps; every wait has a limit;
 * each instance has its own answer.
 *
 * <p>A role without superuser rights suffices: it needs {@code pg_monitor}, EXECUTE on {@code
 * pg_create_restore_point(text)} and {@code pg_switch_wal()}, and {@code pg_checkpoint} (version 15
 * and later) if checkpoints are asked for.
 */
public final class JdbcDatabaseActivities implements DatabaseActivities, AutoCloseable {
  private static final int SPREAD_SINCE = 19;

  private final ServerConnections connections;
  private final Supplier<Duration> attempt;

  /**
   * For a caller that only reads and does not wait: one connection attempt for each server.
   *
   * @param environment where {@code env:} references and PGPASSFILE are looked up
   * @param home where {@code .pgpass} is
   */
  public JdbcDatabaseActivities(Function<String, Optional<String>> environment, Path home) {
    this(environment, home, () -> Duration.ZERO);
  }

  /**
   * The same for activities.
   *
   * @param attempt how long the attempt on the calling thread may take: a silent server is tried
   *     again while that leaves time for its answer
   */
  public JdbcDatabaseActivities(
      Function<String, Optional<String>> environment, Path home, Supplier<Duration> attempt) {
    this.connections =
        new ServerConnections(new Passwords(environment, home), new ServerTrust(home));
    this.attempt = attempt;
  }

  private ServerSessions sessions() {
    return new ServerSessions(connections, Patience.within(attempt.get()));
  }

  @Override
  public ServersObserved observeServers(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, ServerObserved>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session session = sessions.warm(server, request.access())) {
                if (server.instance().manager().isGreenplum()) {
                  GreenplumSql.requireSame(server.instance(), session);
                }
                return ServerReading.of(server.instance().id(), session);
              }
            });
    return new ServersObserved(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  @Override
  public CatalogueObserved observeCatalogue(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, Catalogue>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session dispatch =
                  sessions.dispatch(server, request.access(), ServerConnections.STATEMENT)) {
                return GreenplumSql.catalogue(server, dispatch);
              }
            });
    return new CatalogueObserved(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  @Override
  public RightsObserved observeRights(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, ServerRights>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session session = sessions.warm(server, request.access())) {
                return RightsReading.of(server.instance().id(), session);
              }
            });
    return new RightsObserved(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  @Override
  public Checkpointed ensureCheckpointed(EnsureCheckpointed request) {
    Set<Session> open = ConcurrentHashMap.newKeySet();
    ServerSessions sessions = sessions();
    List<Answer<Server, InstanceId>> answers =
        switch (request.how()) {
          case NEVER -> List.of();
          case SPREAD ->
              FanOut.over(
                  request.servers(),
                  server -> spread(sessions, server, request.access(), open),
                  () -> open.forEach(Session::abort));
          case IMMEDIATE ->
              FanOut.over(
                  request.servers(),
                  server -> checkpoint(sessions, server, request.access(), "CHECKPOINT", open),
                  () -> open.forEach(Session::abort));
        };
    return new Checkpointed(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  /** Before version 19 a CHECKPOINT over SQL always runs at full speed. */
  private static InstanceId spread(
      ServerSessions sessions, Server server, DatabaseAccess access, Set<Session> open)
      throws DatabaseFault {
    int major;
    try (Session session = sessions.warm(server, access)) {
      major =
          session.row(
              "SELECT current_setting('server_version_num')::int / 10000 AS major",
              While.READING,
              row -> row.getInt("major"));
    }
    if (major < SPREAD_SINCE) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "checkpointBeforePoint is spread, which needs version "
              + SPREAD_SINCE
              + ", and the server is version "
              + major
              + ". HINT: set it to never (consuming replays more) or immediate (full-speed"
              + " writes)");
    }
    return checkpoint(sessions, server, access, "CHECKPOINT (MODE SPREAD)", open);
  }

  private static InstanceId checkpoint(
      ServerSessions sessions, Server server, DatabaseAccess access, String sql, Set<Session> open)
      throws DatabaseFault {
    try (Session session = sessions.fresh(server, access, ActivityPolicies.CHECKPOINT_AT_MOST)) {
      open.add(session);
      session.execute(sql, While.CHANGING);
      return server.instance().id();
    }
  }

  @Override
  public PointMade ensureRestorePoint(EnsureRestorePoint request) {
    return new RestorePointMaker(sessions()).make(request);
  }

  @Override
  public WalSwitched ensureWalSwitched(OnServers request) {
    if (request.servers().stream().allMatch(s -> s.instance().manager().isGreenplum())) {
      return switchedByItself(request);
    }
    return switchedOneByOne(request);
  }

  private WalSwitched switchedByItself(OnServers request) {
    try {
      List<InstanceSwitched> switched =
          GreenplumSql.switchWal(sessions(), request.servers(), request.access());
      return switched.isEmpty() ? switchedOneByOne(request) : new WalSwitched(switched, List.of());
    } catch (DatabaseFault fault) {
      throw DatabaseFailures.failure(
          fault.code(), "the WAL files were not ended: " + fault.sentence());
    }
  }

  private WalSwitched switchedOneByOne(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, InstanceSwitched>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session session = sessions.warm(server, request.access())) {
                String lsn =
                    session.row(
                        "SELECT pg_switch_wal()::text AS lsn",
                        While.CHANGING,
                        row -> ServerReading.text(row, "lsn"));
                return new InstanceSwitched(server.instance().id(), Lsn.parse(lsn));
              }
            });
    return new WalSwitched(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  /** Closes every session that is kept warm. */
  @Override
  public void close() {
    connections.close();
  }
}
