package dev.mooring.activities.host;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.Limit;
import dev.mooring.port.Call;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The machine the tests run on, as a host of a cluster, with Mooring's directory where a test says.
 */
public record LocalHost(Host host, Hosts hosts) implements AutoCloseable {
  public static final Duration LIMIT = Limit.seconds(20);

  public static LocalHost in(Path directory) {
    HostAccess access = HostAccess.local("127.0.0.1", List.of());
    return new LocalHost(
        new Host(new HostName("here"), access, directory.toString()), new Hosts(Limit.seconds(1)));
  }

  public static Call call(String run, int ordinal, long epoch) {
    return new Call(new ClusterName("harbour"), run, "STEP", ordinal, new Epoch(epoch));
  }

  public static Script script(String... parts) {
    return Script.of("test", LocalHost.class, List.of(parts));
  }

  public ScriptResult run(Script script) {
    return hosts.run(host, script, LIMIT);
  }

  /** An attempt with that number, which tells nobody anything. */
  public static Attempt attempt(long number) {
    return new Attempt() {
      @Override
      public long number() {
        return number;
      }

      @Override
      public void report(Object details) {}
    };
  }

  @Override
  public void close() {
    hosts.close();
  }
}
