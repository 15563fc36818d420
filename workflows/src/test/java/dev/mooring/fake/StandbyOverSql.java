package dev.mooring.fake;

import dev.mooring.port.DatabaseActivities.Identity;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import java.util.Optional;

/** What a copy answers over SQL: nothing, unless it is paused to be read or accepts writes. */
final class StandbyOverSql {
  private StandbyOverSql() {}

  static Optional<ServerObserved> observed(FakeStandby standby) {
    if (standby.isPaused()) {
      return Optional.of(at(standby, true, "paused"));
    }
    return standby.takesWrites() ? Optional.of(at(standby, false, "")) : Optional.empty();
  }

  private static ServerObserved at(FakeStandby standby, boolean inRecovery, String pause) {
    ServerObserved server = ObservedInstances.server(standby.instance());
    return new ServerObserved(
        server.instance(),
        new Identity(standby.system(), server.identity().version(), server.identity().startedAt()),
        new Position(
            inRecovery, standby.timeline(), standby.replayed(), "", Harbour.WAL_SIZE, pause),
        Altered.of(server.archiving(), "archiveMode", standby.settings().archiveMode()),
        server.archiver(),
        server.needs(),
        SynchronousReplication.NONE);
  }
}
