package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.DatabaseAccess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which session blocks a waiting session, while it waits: once the wait has timed out the
 * server no longer knows. The session with the oldest transaction is named, and forgotten a second
 * after it was last seen: a session that blocked earlier in the wait is innocent. The wait for
 * Greenplum's lock is called TwophaseCommitLock there; since PostgreSQL 13 the names of such waits
 * end without Lock.
 */
final class BlockerWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlockerWatch.class);
  private static final long EVERY_MILLIS = 100;
  private static final Duration REMEMBERED = Duration.ofSeconds(1);
  private static final String SQL =
      """
      SELECT coalesce(
        (SELECT 'blocked by pid ' || a.pid
                || coalesce(' (' || nullif(a.application_name, '') || ')', '')
                || coalesce(' of ' || a.usename, '')
                || coalesce(', ' || a.state, '')
                || coalesce(', transaction '
                     || round(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s old', '')
                || coalesce(', last query '
                     || round(extract(epoch FROM clock_timestamp() - a.query_start)) || ' s ago', '')
           FROM pg_stat_activity AS a
          WHERE a.pid = ANY (pg_blocking_pids(%d))
          ORDER BY a.xact_start NULLS LAST LIMIT 1),
        (SELECT 'blocked by prepared transaction ''' || x.gid || ''' of ' || x.owner || ', '
                || round(extract(epoch FROM clock_timestamp() - x.prepared)) || ' s old'
           FROM pg_prepared_xacts AS x
          WHERE 0 = ANY (pg_blocking_pids(%<d))
          ORDER BY x.prepared LIMIT 1),
        (SELECT 'the oldest statement under way that does not wait for TwophaseCommitLock itself is'
                || ' of pid ' || a.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '')
                || coalesce(' of ' || a.usename, '')
                || ', begun ' || round(extract(epoch FROM clock_timestamp() - a.query_start))
                || ' s ago'
           FROM pg_stat_activity AS a
          WHERE EXISTS (SELECT 1 FROM pg_stat_activity AS w
                         WHERE w.pid = %<d AND w.wait_event IN ('TwophaseCommitLock', 'TwophaseCommit'))
            AND a.backend_type = 'client backend'
            AND a.state = 'active' AND a.pid NOT IN (%<d, pg_backend_pid())
            AND coalesce(a.wait_event, '') NOT IN ('TwophaseCommitLock', 'TwophaseCommit')
          ORDER BY a.query_start LIMIT 1)) AS blocker
      """;

  private final ServerSessions sessions;
  private final Server server;
  private final DatabaseAccess access;
  private final int waiting;
  private volatile Optional<Seen> seen = Optional.empty();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("jdbc-blockers"));

  /**
   * A blocker in one observation.
   *
   * @param nanos when, by this machine's monotonic clock
   */
  record Seen(String blocker, long nanos) {
    /** The blocker, unless it was seen too long ago to be the session that blocks now. */
    Optional<String> at(long nowNanos) {
      return nowNanos - nanos <= REMEMBERED.toNanos() ? Optional.of(blocker) : Optional.empty();
    }
  }

  private BlockerWatch(ServerSessions sessions, Server server, DatabaseAccess access, int waiting) {
    this.sessions = sessions;
    this.server = server;
    this.access = access;
    this.waiting = waiting;
  }

  static BlockerWatch start(
      ServerSessions sessions, Server server, DatabaseAccess access, int waiting) {
    BlockerWatch watch = new BlockerWatch(sessions, server, access, waiting);
    Future<?> unused =
        watch.looking.scheduleWithFixedDelay(
            watch::look, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try (Session session = sessions.warm(server, access)) {
      Optional<String> blocker =
          session.row(
              SQL.formatted(waiting),
              While.READING,
              row -> Optional.ofNullable(row.getString("blocker")));
      if (blocker.isPresent()) {
        seen = Optional.of(new Seen(blocker.get(), System.nanoTime()));
      }
    } catch (DatabaseFault unseen) {
      log.debug("the session that blocks pid {} can't be read: {}", waiting, unseen.sentence());
    }
  }

  /** The session that was seen to block the session within the last second. */
  Optional<String> lastSeen() {
    return seen.flatMap(last -> last.at(System.nanoTime()));
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
