package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import java.util.Optional;

/**
 * The position of an instance in the WAL, and where it was read. An unknown cell is empty.
 *
 * @param timeline of the last WAL that it has
 * @param walEnd the end of its WAL: written by a primary, received by a standby
 * @param replayed the position to which a standby or a copy has replayed
 * @param readFrom over SQL, from its pg_wal, or from its control file. The control file of a server
 *     that was not shut down is as old as its last checkpoint: since then a standby may have
 *     followed another timeline, and have more WAL
 */
public record WalPlace(String timeline, String walEnd, String replayed, String readFrom) {
  private static final WalPlace UNKNOWN = new WalPlace("", "", "", "");
  private static final String SQL = "SQL";
  private static final String CONTROL_FILE = "control file";
  private static final String LAST_CHECKPOINT = "control file, at its last checkpoint";
  private static final String PG_WAL = "pg_wal; replayed: ";

  /**
   * The latest position that was observed.
   *
   * @param streams its answer over SQL as a member of a streaming cluster
   * @param held the end of the WAL in its pg_wal, if it was read
   */
  public static WalPlace of(
      Optional<InstanceFacts> one, Optional<MemberObserved> streams, Optional<WalPosition> held) {
    return streams
        .map(member -> overSql(member.standing(), held))
        .or(() -> one.flatMap(facts -> facts.server().seen()).map(WalPlace::overSql))
        .or(() -> one.flatMap(facts -> facts.host().seen()).map(seen -> onDisk(seen, held)))
        .orElse(UNKNOWN);
  }

  /** A standby that requested no WAL since its start reports only what it replayed. */
  private static WalPlace overSql(Standing standing, Optional<WalPosition> held) {
    String replayed = standing.inRecovery() ? standing.replayed().toString() : "";
    return held.filter(end -> standing.more())
        .map(end -> new WalPlace(end, replayed, PG_WAL + SQL))
        .orElseGet(
            () ->
                new WalPlace(
                    standing.timeline().toString(),
                    standing.received().toString(),
                    replayed,
                    standing.more() ? SQL + ", pg_wal may have more" : SQL));
  }

  private static WalPlace overSql(ServerObserved server) {
    Position position = server.position();
    String timeline = position.timeline().toString();
    String lsn = position.lsn().toString();
    return position.inRecovery()
        ? new WalPlace(timeline, "", lsn, SQL + ", timeline of its last checkpoint")
        : new WalPlace(timeline, lsn, "", SQL);
  }

  /**
   * Until its first checkpoint a promoted primary's control file keeps an end of recovery, the
   * position of its promotion. For a checkpoint the control file has its begin.
   */
  private static WalPlace onDisk(InstanceObserved seen, Optional<WalPosition> held) {
    ControlData control = seen.control();
    boolean wrote =
        control.state() == InstanceState.IN_PRODUCTION
            || control.state() == InstanceState.SHUT_DOWN;
    Optional<Lsn> recovered =
        control.recovery().minimumEnd().match(Optional::empty, (end, t) -> Optional.of(end));
    String replayed = wrote ? "" : recovered.map(Lsn::toString).orElse("");
    String from = isFinal(seen) && !wrote ? CONTROL_FILE : LAST_CHECKPOINT;
    Lsn known = recovered.orElse(control.checkpoint().location());
    return held.map(
            end -> new WalPlace(end, replayed, replayed.isEmpty() ? "pg_wal" : PG_WAL + from))
        .orElseGet(
            () ->
                new WalPlace(
                    control.timelineReached().toString(),
                    replayed.isEmpty() ? known.toString() : "",
                    replayed,
                    from));
  }

  private WalPlace(WalPosition end, String replayed, String readFrom) {
    this(end.timeline().toString(), end.lsn().toString(), replayed, readFrom);
  }

  private static boolean isFinal(InstanceObserved seen) {
    return seen.process() == ServerProcess.STOPPED && seen.control().state().isStopped();
  }
}
