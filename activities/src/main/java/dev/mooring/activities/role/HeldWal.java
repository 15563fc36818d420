package dev.mooring.activities.role;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import java.util.List;

/**
 * Reads on hosts where the WAL of instances ends, from the files in their pg_wal alone: for
 * instances that answer no SQL. Changes nothing.
 */
final class HeldWal {
  private final HostShell shell;
  private final HostDeadlines deadlines;

  /** Over that shell. */
  HeldWal(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  WalObserved of(HostWork on) {
    Script script =
        OfInstance.parts(Script.of("observe held WAL", HeldWal.class, List.of("wal-end.sh")));
    for (Instance instance : on.instances()) {
      OfInstance.call(script, instance, "observe_held_wal", OfInstance.words(instance));
    }
    PerInstance<WalHeld> read = shell.each(on, script, deadlines.observe(), HeldWal::held);
    return new WalObserved(on.host().name(), read.results(), read.failures());
  }

  private static WalHeld held(Instance instance, Said said) {
    return new WalHeld(
        instance.id(),
        new WalPosition(
            new TimelineId(said.number("wal_timeline")), Lsn.parse(said.text("wal_end").strip())),
        said.optional("wal_shut_down").isPresent());
  }
}
