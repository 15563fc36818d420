package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The role that standbys stream as, over JDBC. Only a superuser can create it. */
public final class JdbcAccountActivities implements AccountActivities, AutoCloseable {
  private final ServerConnections connections;
  private final Supplier<Duration> attempt;
  private final Secrets secrets;

  /**
   * For activities.
   *
   * @param environment where {@code env:} references and PGPASSFILE are looked up
   * @param home where {@code .pgpass} is
   * @param attempt how long the attempt on the calling thread may take
   */
  public JdbcAccountActivities(
      Function<String, Optional<String>> environment, Path home, Supplier<Duration> attempt) {
    this.connections =
        new ServerConnections(new Passwords(environment, home), new ServerTrust(home));
    this.attempt = attempt;
    this.secrets = new Secrets(environment);
  }

  private interface Work<R> {
    R on(AccountSql account) throws DatabaseFault;
  }

  private <R> R with(Account request, Work<R> work) {
    InstanceId id = request.primary().instance().id();
    ServerSessions sessions = new ServerSessions(connections, Patience.within(attempt.get()));
    try (Session session = sessions.warm(request.primary(), request.access())) {
      return work.on(new AccountSql(session, request, secrets));
    } catch (DatabaseFault fault) {
      throw failure(fault.code(), id, request, fault.sentence());
    } catch (Secrets.Unusable unusable) {
      throw failure(
          FailureCode.AUTHENTICATION_REFUSED, id, request, String.valueOf(unusable.getMessage()));
    }
  }

  private static ApplicationFailure failure(
      FailureCode code, InstanceId id, Account request, String why) {
    return DatabaseFailures.failure(code, "role " + request.user() + " on " + id + ": " + why);
  }

  @Override
  public AccountObserved observeAccount(Account request) {
    return with(request, AccountSql::seen);
  }

  @Override
  public AccountSet ensureAccount(Account request) {
    return with(request, AccountSql::ensured);
  }

  @Override
  public AccountDropped ensureNoAccount(Account request) {
    return with(request, AccountSql::dropped);
  }

  /** Closes every session that is kept warm. */
  @Override
  public void close() {
    connections.close();
  }
}
