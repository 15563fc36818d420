package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.host.PortTry;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.ConnectionActivities.Seen;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One connection attempt at a database: first whether the host's kernel accepts a connection, then
 * whether a server answers on another connection, and whether it is in recovery.
 */
final class ConnectionTry {
  private static final Duration WITHIN = Duration.ofSeconds(1);

  private static final String WHERE_IT_WRITES =
      """
      SELECT (pg_control_system()).system_identifier::text AS system_identifier,
             pg_walfile_name(pg_current_wal_lsn()) AS wal_file,
             pg_current_wal_flush_lsn()::text AS flushed
      """;

  private final ServerConnections connections;
  private Optional<Wrote> wrote = Optional.empty();

  ConnectionTry(ServerConnections connections) {
    this.connections = connections;
  }

  /**
   * Where a server wrote.
   *
   * @param nanos when it answered so, by this machine's clock
   */
  record Wrote(SystemIdentifier system, TimelineId timeline, Lsn position, long nanos) {}

  /** The last answer of a server that accepts writes, if it was asked where it writes. */
  Optional<Wrote> wrote() {
    return wrote;
  }

  /** Connects, and asks a server that accepts writes for its position. */
  Seen tryAndAsk(Server server, DatabaseAccess access) {
    return tryConnection(server, access, this::askWhereItWrites);
  }

  Seen tryConnection(Server server, DatabaseAccess access) {
    return tryConnection(server, access, session -> {});
  }

  /** A server that does not answer this is no less alive. */
  private void askWhereItWrites(Session session) {
    try {
      wrote =
          Optional.of(
              session.row(
                  WHERE_IT_WRITES,
                  While.READING,
                  row ->
                      new Wrote(
                          SystemIdentifier.parse(text(row, "system_identifier")),
                          TimelineId.ofHex(text(row, "wal_file").substring(0, 8)),
                          Lsn.parse(text(row, "flushed")),
                          System.nanoTime())));
    } catch (DatabaseFault notSaid) {
      return;
    }
  }

  private Seen tryConnection(
      Server server, DatabaseAccess access, Consumer<Session> whereItWrites) {
    PortTry port = PortTry.at(server.address(), server.instance().port(), WITHIN);
    return switch (port.came()) {
      case TAKEN -> login(server, access, whereItWrites);
      case REFUSED -> new Seen(Database.CLOSED, port.words());
      case BROKEN -> new Seen(Database.STALLED, port.words());
      case SILENT -> new Seen(Database.SILENT, port.words());
      case NO_ADDRESS -> new Seen(Database.NOT_ASKED, port.words());
      case NO_ROUTE -> new Seen(Database.NO_ROUTE, port.words());
    };
  }

  private Seen login(Server server, DatabaseAccess access, Consumer<Session> whereItWrites) {
    try (Session session =
        connections.fresh(server, access, WITHIN, new Patience(WITHIN, WITHIN, WITHIN, WITHIN))) {
      boolean standsBy =
          session.row("SELECT pg_is_in_recovery()", While.READING, row -> row.getBoolean(1));
      if (!standsBy) {
        whereItWrites.accept(session);
      }
      return standsBy
          ? new Seen(Database.STANDS_BY, "it is in recovery")
          : new Seen(Database.WRITES, "it accepts writes");
    } catch (DatabaseFault fault) {
      return new Seen(ofFault(fault), fault.sentence());
    }
  }

  /** An answer of the server has an SQLSTATE other than that of a failed connection. */
  private static Database ofFault(DatabaseFault fault) {
    String state = SqlErrors.stateOf(fault);
    boolean nothing = state.isEmpty() || state.startsWith("08");
    return nothing && fault.code() != FailureCode.AUTHENTICATION_REFUSED
        ? Database.STALLED
        : Database.TURNS_AWAY;
  }
}
