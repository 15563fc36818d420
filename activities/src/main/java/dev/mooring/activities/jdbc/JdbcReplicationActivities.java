package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Streaming replication over JDBC, on PostgreSQL 13 and later. Every wait has a limit: a server
 * that is frozen fails alone and delays no other.
 *
 * <p>The role needs {@code pg_monitor} to read, REPLICATION to create or drop slots, and {@code
 * pg_signal_backend} to end walsenders.
 */
public final class JdbcReplicationActivities implements ReplicationActivities, AutoCloseable {
  private final ServerConnections connections;
  private final Supplier<Duration> attempt;

  /**
   * For activities.
   *
   * @param environment where {@code env:} references and PGPASSFILE are looked up
   * @param home where {@code .pgpass} is
   * @param attempt how long the attempt on the calling thread may take
   */
  public JdbcReplicationActivities(
      Function<String, Optional<String>> environment, Path home, Supplier<Duration> attempt) {
    this.connections =
        new ServerConnections(new Passwords(environment, home), new ServerTrust(home));
    this.attempt = attempt;
  }

  private ServerSessions sessions() {
    return new ServerSessions(connections, Patience.within(attempt.get()));
  }

  @Override
  public ReplicationObserved observeReplication(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, MemberObserved>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session session = sessions.warm(server, request.access())) {
                return MemberReading.of(server.instance().id(), session);
              }
            });
    return new ReplicationObserved(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  @Override
  public ReadinessObserved observeReadiness(OnServers request) {
    ServerSessions sessions = sessions();
    List<Answer<Server, MemberReadiness>> answers =
        FanOut.over(
            request.servers(),
            server -> {
              try (Session session =
                  sessions.fresh(server, request.access(), ServerConnections.STATEMENT)) {
                return ReadinessReading.of(server.instance().id(), session);
              }
            });
    return new ReadinessObserved(FanOut.values(answers), DatabaseFailures.ofServers(answers));
  }

  @Override
  public SlotsSet ensureSlots(EnsureSlots request) {
    InstanceId id = request.server().instance().id();
    try (Session session = sessions().warm(request.server(), request.access())) {
      return new SlotsSql(session).set(id, request.present(), request.absent());
    } catch (DatabaseFault fault) {
      throw failure(fault, "the slots of " + id + " are not set");
    }
  }

  @Override
  public Detached ensureDetached(Detach request) {
    InstanceId id = request.server().instance().id();
    try (Session session = sessions().warm(request.server(), request.access())) {
      return new DetachedSenders(session, request).ended();
    } catch (DatabaseFault fault) {
      throw failure(fault, "walsenders of " + id + " are not ended");
    }
  }

  @Override
  public WriteProved ensureWritten(EnsureWritten request) {
    try {
      return new WrittenTransaction(sessions(), request).proved();
    } catch (DatabaseFault fault) {
      throw failure(fault, "no write is proved at " + request.server().instance().id());
    }
  }

  @Override
  public WriteRefused observeWriteRefused(EnsureWritten request) {
    try {
      return new WrittenTransaction(sessions(), request).refused();
    } catch (DatabaseFault fault) {
      throw failure(
          fault, "it is not proved that " + request.server().instance().id() + " rejects writes");
    }
  }

  @Override
  public StandbysAwaited awaitStreaming(AwaitStreaming request) {
    try {
      return new StreamingWait(sessions(), request).awaited();
    } catch (DatabaseFault fault) {
      throw failure(
          fault, "the standbys of " + request.primary().instance().id() + " can't be read");
    }
  }

  private static ApplicationFailure failure(DatabaseFault fault, String what) {
    return DatabaseFailures.failure(fault.code(), what + ": " + fault.sentence());
  }

  /** Closes every session that is kept warm. */
  @Override
  public void close() {
    connections.close();
  }
}
