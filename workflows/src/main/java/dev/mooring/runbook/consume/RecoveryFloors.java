package dev.mooring.runbook.consume;

import dev.mooring.evidence.ContentFloor;
import dev.mooring.port.ArchiveActivities.LatestCheckpoint;
import dev.mooring.port.ArchiveActivities.ReplayStart;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.MinimumRecoveryEnd.At;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * The lowest point an instance can be parked at: its minimum recovery end; for a base backup that
 * was not replayed to its end, that end. A running instance that answers SQL is asked itself: it
 * has replayed further than its control file says, and a stop writes what it replayed as its new
 * minimum recovery end. A running instance that does not answer has read all WAL before the file of
 * its startup process. Any other instance has no floor.
 */
final class RecoveryFloors {
  private RecoveryFloors() {}

  static List<ContentFloor> of(List<Seen> instances) {
    return instances.stream().map(RecoveryFloors::floorOf).flatMap(Optional::stream).toList();
  }

  static Optional<ContentFloor> floorOf(Seen seen) {
    return readOf(seen)
        .map(
            read ->
                new ContentFloor(
                    seen.instance().content(),
                    seen.instance().id(),
                    read.floor().lsn(),
                    read.source()));
  }

  private static Optional<Read> readOf(Seen seen) {
    if (seen.sql().isPresent()) {
      return seen.sql().map(answered -> new Read(answered, "SQL"));
    }
    Optional<Read> written = written(seen.observed());
    Optional<Read> replayed = seen.place().map(place -> replayed(seen, place));
    boolean beyond =
        replayed.isPresent()
            && (written.isEmpty()
                || replayed.get().floor().lsn().isAfter(written.get().floor().lsn()));
    return beyond ? replayed : written;
  }

  private static Optional<Read> written(InstanceObserved observed) {
    if (observed.recovery().backup() instanceof InstanceObserved.Backup.Fresh backup) {
      return Optional.of(new Read(endOf(backup, observed.control()), "base backup"));
    }
    return observed
        .control()
        .recovery()
        .minimumEnd()
        .match(
            Optional::empty,
            (lsn, timeline) -> Optional.of(new Read(new At(lsn, timeline), "pg_controldata")));
  }

  /**
   * If the backup ends at the control file's minimum recovery end, its timeline counts: a copy by
   * pg_rewind begins to replay at the fork, on the older timeline.
   */
  private static At endOf(InstanceObserved.Backup.Fresh backup, ControlData control) {
    return control.recovery().minimumEnd() instanceof At at && at.lsn().equals(backup.end())
        ? at
        : new At(backup.end(), backup.timeline());
  }

  private static Read replayed(Seen seen, ReplayPlace place) {
    WalSegmentSize size = seen.observed().control().identity().layout().walSegmentSize();
    return new Read(
        new At(place.walFile().startLsn(size), place.walFile().timeline()),
        "startup process at " + place.walFile());
  }

  /** The start of an instance's replay, the backup's start or REDO, and its floor. */
  static ReplayStart replayStart(Seen seen) {
    ControlData.Checkpoint checkpoint = seen.observed().control().checkpoint();
    Lsn start =
        seen.observed().recovery().backup() instanceof InstanceObserved.Backup.Fresh backup
            ? backup.start()
            : checkpoint.redo().location();
    MinimumRecoveryEnd floor =
        readOf(seen).<MinimumRecoveryEnd>map(Read::floor).orElseGet(MinimumRecoveryEnd.None::new);
    return new ReplayStart(
        start,
        checkpoint.timeline(),
        floor,
        new LatestCheckpoint(checkpoint.location(), checkpoint.time()));
  }

  private record Read(At floor, String source) {}

  /** Adds the floors of the instances that answer SQL. */
  static List<Seen> withSql(List<Seen> seen, ServersObserved servers) {
    return seen.stream().map(one -> withSql(one, servers)).toList();
  }

  private static Seen withSql(Seen seen, ServersObserved servers) {
    return servers.observed().stream()
        .filter(server -> server.instance().equals(seen.instance().id()))
        .filter(server -> isOfDirectory(server, seen))
        .map(ServerObserved::position)
        .filter(Position::inRecovery)
        .findFirst()
        .map(position -> seen.answering(floor(position), position))
        .orElse(seen);
  }

  /** A server of another system at its address says nothing about it. */
  private static boolean isOfDirectory(ServerObserved server, Seen seen) {
    return server
        .identity()
        .systemIdentifier()
        .equals(seen.observed().control().systemIdentifier());
  }

  /** Adds the positions that were found for instances that don't answer SQL. */
  static List<Seen> withPlaces(List<Seen> seen, List<ReplayPlace> places) {
    return seen.stream()
        .map(
            one ->
                places.stream()
                    .filter(place -> place.instance().equals(one.instance().id()))
                    .findFirst()
                    .map(one::at)
                    .orElse(one))
        .toList();
  }

  private static At floor(Position position) {
    Lsn replayed = position.lsn();
    if (position.recoveryFloor().isEmpty()) {
      return new At(replayed, position.timeline());
    }
    Lsn written = Lsn.parse(position.recoveryFloor());
    return new At(written.isAfter(replayed) ? written : replayed, position.timeline());
  }

  /**
   * An instance and its observations.
   *
   * @param sql the greater of its minimum recovery end and its replayed position, if it answers SQL
   * @param position its whole answer
   * @param place its position, if it runs and does not answer
   */
  record Seen(
      Instance instance,
      InstanceObserved observed,
      Optional<At> sql,
      Optional<Position> position,
      Optional<ReplayPlace> place) {

    /** An instance that was observed only on its host. */
    Seen(Instance instance, InstanceObserved observed) {
      this(instance, observed, Optional.empty(), Optional.empty(), Optional.empty());
    }

    Seen answering(At floor, Position answered) {
      return new Seen(
          instance, observed, Optional.of(floor), Optional.of(answered), Optional.empty());
    }

    Seen at(ReplayPlace found) {
      return new Seen(instance, observed, Optional.empty(), Optional.empty(), Optional.of(found));
    }

    /** Whether it runs, but its answers don't show its floor. */
    boolean isSilent() {
      return observed.process() == ServerProcess.RUNNING && sql.isEmpty();
    }
  }
}
