package dev.mooring.activities.role;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * Reads on hosts where the WAL of instances ends, from the files in their pg_wal alone: for those
 * that answer no SQL. Changes nothing.
 */
public final class HeldWal {
  private final HostShell shell;
  private final HostDeadlines deadlines;

  /** Over that shell. */
  public HeldWal(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  /**
   * The last WAL that an instance has.
   *
   * @param end the end of its last record at least, and the timeline of the file that holds it
   */
  public record Held(InstanceId instance, WalPosition end) {}

  /** Those whose pg_wal was read to its end, and why the others' was not. */
  public PerInstance<Held> of(HostWork on) {
    Script script =
        OfInstance.parts(Script.of("observe held WAL", HeldWal.class, List.of("wal-end.sh")));
    for (Instance instance : on.instances()) {
      OfInstance.call(
          script,
          instance,
          "observe_held_wal",
          List.of(instance.dataDirectory(), instance.manager().binDirectory()));
    }
    return shell
        .run(on.host(), script, deadlines.observe())
        .read(on.instances(), Instance::id, HeldWal::held);
  }

  private static Held held(Instance instance, Said said) {
    return new Held(
        instance.id(),
        new WalPosition(
            new TimelineId(said.number("wal_timeline")), Lsn.parse(said.text("wal_end").strip())));
  }
}
