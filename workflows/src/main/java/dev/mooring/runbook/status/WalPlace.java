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
 * Where an instance stands in the WAL, and where that was read. A cell that is not known is empty.
 *
 * @param timeline of the last WAL that it has
 * @param walEnd up to where it has WAL: a primary what it wrote, a standby what it received
 * @param replayed up to where a standby or a copy replayed
 * @param readFrom over SQL, from its pg_wal, or from its control file. The control file of a server
 *     that was not shut down is as old as its last checkpoint: a standby may have followed another
 *     timeline since, and have more WAL
 */
public record WalPlace(String timeline, String walEnd, String replayed, String readFrom) {
  private static final WalPlace UNKNOWN = new WalPlace("", "", "", "");
  private static final String SQL = "SQL";
  private static final String CONTROL_FILE = "control file";
  private static final String LAST_CHECKPOINT = "control file, at its last checkpoint";
  private static final String PG_WAL = "pg_wal; replayed: ";

  /**
   * The newest that was seen of an instance.
   *
   * @param streams what it says over SQL as a member of a cluster that streams
   * @param held the end of the WAL in its pg_wal, where that was read
   */
  public static WalPlace of(
      Optional<InstanceFacts> one, Optional<MemberObserved> streams, Optional<WalPosition> held) {
    return streams
        .map(member -> overSql(member.standing(), held))
        .or(() -> one.flatMap(facts -> facts.server().seen()).map(WalPlace::overSql))
        .or(() -> one.flatMap(facts -> facts.host().seen()).map(seen -> onDisk(seen, held)))
        .orElse(UNKNOWN);
  }

  /** A standby that asked for no WAL since its start tells of what it replayed alone. */
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
   * The end of recovery that a primary's control file keeps until its first checkpoint is where it
   * was promoted. Of a checkpoint the control file has the begin.
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
