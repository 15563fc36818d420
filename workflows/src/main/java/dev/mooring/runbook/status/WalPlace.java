package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.ControlData;
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

  /**
   * The newest that was seen of an instance.
   *
   * @param streams what it says over SQL as a member of a cluster that streams
   * @param held the end of the WAL in its pg_wal, where that was read
   */
  public static WalPlace of(
      Optional<InstanceFacts> one, Optional<MemberObserved> streams, Optional<WalPosition> held) {
    return streams
        .map(member -> overSql(member.standing()))
        .or(() -> one.flatMap(facts -> facts.server().seen()).map(WalPlace::overSql))
        .or(() -> one.flatMap(facts -> facts.host().seen()).map(seen -> onDisk(seen, held)))
        .orElse(UNKNOWN);
  }

  private static WalPlace overSql(Standing standing) {
    return new WalPlace(
        standing.timeline().toString(),
        standing.received().toString(),
        standing.inRecovery() ? standing.replayed().toString() : "",
        SQL);
  }

  private static WalPlace overSql(ServerObserved server) {
    Position position = server.position();
    String timeline = position.timeline().toString();
    String lsn = position.lsn().toString();
    return position.inRecovery()
        ? new WalPlace(timeline, "", lsn, SQL + ", timeline of its last checkpoint")
        : new WalPlace(timeline, lsn, "", SQL);
  }

  private static WalPlace onDisk(InstanceObserved seen, Optional<WalPosition> held) {
    ControlData control = seen.control();
    String from = isFinal(seen) ? CONTROL_FILE : LAST_CHECKPOINT;
    String checkpoint = control.checkpoint().location().toString();
    String replayed = control.recovery().minimumEnd().match(() -> "", (end, t) -> end.toString());
    return held.map(
            end ->
                new WalPlace(
                    end.timeline().toString(),
                    end.lsn().toString(),
                    replayed,
                    replayed.isEmpty() ? "pg_wal" : "pg_wal; replayed: " + from))
        .orElseGet(
            () ->
                new WalPlace(
                    control.checkpoint().timeline().toString(),
                    replayed.isEmpty() ? checkpoint : "",
                    replayed,
                    from));
  }

  private static boolean isFinal(InstanceObserved seen) {
    return seen.process() == ServerProcess.STOPPED && seen.control().state().isStopped();
  }
}
