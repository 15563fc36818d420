package dev.mooring.activities.instance;

import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.topology.Host;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The dbid in the files of a Greenplum's data directories on their hosts. It runs nothing there and
 * changes nothing; a running server makes no difference.
 */
public final class HostDbids {
  private final HostShell shell;
  private final Duration deadline;

  /**
   * @param deadline how long a host may take
   */
  public HostDbids(HostShell shell, Duration deadline) {
    this.shell = shell;
    this.deadline = deadline;
  }

  /** The dbid of one instance. */
  public record Dbid(InstanceId instance, int dbid) {}

  /**
   * The dbids of one host. A directory without a dbid is that instance's failure.
   *
   * @param directories the data directory of each instance there
   * @throws io.temporal.failure.ApplicationFailure if the host as a whole does not answer
   */
  public PerInstance<Dbid> observe(Host host, Map<InstanceId, String> directories) {
    Script script = Script.of("dbids", HostDbids.class, List.of("dbid.sh"));
    directories.forEach(
        (instance, directory) -> script.each(instance.value(), "observe_dbid", List.of(directory)));
    return shell
        .run(host, script, deadline)
        .read(
            List.copyOf(directories.keySet()),
            Function.identity(),
            (instance, said) -> new Dbid(instance, Math.toIntExact(said.number("dbid"))));
  }
}
