package dev.mooring.runbook.status;

import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.topology.Instance;
import java.util.Optional;

/** The table of instances: as observed, or as last proved if not observed. */
final class InstanceRows {
  private InstanceRows() {}

  /**
   * @param proved its last proof, if it belongs to a moored site
   */
  static InstanceRow of(InstanceFacts facts, Optional<ParkedInstance> proved) {
    InstanceRow row = row(facts, proved);
    Optional<SystemIdentifier> onHost =
        facts.host().seen().map(seen -> seen.control().systemIdentifier());
    return facts
        .server()
        .seen()
        .map(server -> server.identity().systemIdentifier())
        .or(() -> onHost)
        .map(row::of)
        .orElse(row);
  }

  private static InstanceRow row(InstanceFacts facts, Optional<ParkedInstance> proved) {
    Instance instance = facts.instance();
    Optional<InstanceObserved> host = facts.host().seen();
    Optional<ServerObserved> server = facts.server().seen();
    if (server.isPresent()) {
      return running(instance, server.get(), host, proved);
    }
    if (host.isPresent()) {
      return onHost(instance, host.get(), proved);
    }
    if (facts.isUnreadable()) {
      return row(instance, "unreadable", "", "", "", "");
    }
    if (facts.isSetUpAsAnother()) {
      return row(instance, "another dbid", "", "", "", "");
    }
    return proved
        .map(
            p ->
                row(
                    instance,
                    "parked, as proved",
                    p.timeline().toString(),
                    p.controlFile().minimumRecoveryEnd().toString(),
                    p.controlFile().minimumRecoveryEnd().toString(),
                    ""))
        .orElseGet(() -> row(instance, "unknown", "", "", "", ""));
  }

  private static InstanceRow running(
      Instance instance,
      ServerObserved server,
      Optional<InstanceObserved> host,
      Optional<ParkedInstance> proved) {
    Position position = server.position();
    return row(
        instance,
        role(position, proved),
        position.timeline().toString(),
        position.lsn().toString(),
        position.recoveryFloor(),
        position.inRecovery()
            ? host.map(InstanceRows::needs).orElse("")
            : archived(server.archiver()));
  }

  private static String role(Position position, Optional<ParkedInstance> proved) {
    if (!position.inRecovery()) {
      return "primary";
    }
    boolean parked =
        position.isPaused()
            && proved.filter(p -> p.point().equals(position.lsn().toString())).isPresent();
    return parked ? "parked, readable" : position.isPaused() ? "standby, paused" : "standby";
  }

  private static String archived(Archiver archiver) {
    return ArchiverRow.isFailing(archiver)
        ? "fails at " + archiver.lastFailed()
        : archiver.lastArchived().isEmpty() ? "" : "has " + archiver.lastArchived();
  }

  private static InstanceRow onHost(
      Instance instance, InstanceObserved observed, Optional<ParkedInstance> proved) {
    ControlData control = observed.control();
    String floor = control.recovery().minimumEnd().match(() -> "", (lsn, t) -> lsn.toString());
    return row(
        instance,
        instance.mirror() ? mirror(observed, proved) : state(observed, proved),
        control.checkpoint().timeline().toString(),
        floor.isEmpty() ? control.checkpoint().location().toString() : floor,
        floor,
        needs(observed));
  }

  private static String mirror(InstanceObserved observed, Optional<ParkedInstance> proved) {
    String state = state(observed, proved);
    return state.equals("replaying") ? "mirror" : state;
  }

  private static String state(InstanceObserved observed, Optional<ParkedInstance> proved) {
    return switch (observed.process()) {
      case RUNNING ->
          observed.control().state() == InstanceState.IN_ARCHIVE_RECOVERY
              ? "replaying"
              : "running, " + observed.control().state();
      case ORPHANED -> "orphaned server processes";
      case STOPPED ->
          proved
              .filter(p -> isStillParked(observed, p))
              .map(p -> "parked")
              .orElseGet(() -> stopped(observed.control().state()));
    };
  }

  /** After a crash, and in a copy of a primary, the control file still says "in production". */
  private static String stopped(InstanceState state) {
    return state == InstanceState.IN_PRODUCTION ? "stopped, " + state : state.toString();
  }

  static boolean isStillParked(InstanceObserved observed, ParkedInstance proved) {
    return observed.process() == ServerProcess.STOPPED
        && proved.controlFile().digest().equals(observed.controlDigest());
  }

  private static String needs(InstanceObserved observed) {
    return observed.oldestNeeded().map(file -> "needs " + file).orElse("");
  }

  private static InstanceRow row(
      Instance instance, String state, String timeline, String lsn, String floor, String archive) {
    return new InstanceRow(
        instance.content(),
        instance.id(),
        instance.site(),
        instance.host(),
        state,
        timeline,
        lsn,
        floor,
        archive,
        "");
  }
}
