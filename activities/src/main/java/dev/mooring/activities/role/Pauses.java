package dev.mooring.activities.role;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.PoolerPause;
import dev.mooring.activities.host.Script;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.PauseToSee;
import java.time.Duration;
import java.util.List;

/** Sees that pauses of PgBouncer stand, each on its host, before what they were given for. */
final class Pauses {
  /** Less than what a pause must have left: a late answer says nothing. */
  private static final Duration A_LOOK = Duration.ofMillis(1500);

  private final HostShell shell;

  Pauses(HostShell shell) {
    this.shell = shell;
  }

  /**
   * Refuses with {@link FailureCode#PAUSE_OVER} where one does not stand, or could not be looked at
   * in time.
   */
  void requireAll(List<PauseToSee> pauses) {
    pauses.parallelStream().forEach(this::require);
  }

  private void require(PauseToSee pause) {
    String name = pause.endpoint().name();
    Script script = PoolerPause.in(Script.of("see pause", Pauses.class, List.of()));
    PoolerPause.require(script, name, pause.marker());
    try {
      shell.run(pause.host(), script, A_LOOK).of(name).requireDone();
    } catch (InstanceRefusal over) {
      throw HostFailures.of(over.code(), name + ": " + over.getMessage(), null);
    }
  }
}
