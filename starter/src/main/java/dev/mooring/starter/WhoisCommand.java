package dev.mooring.starter;

import dev.mooring.starter.whois.InstancesLook;
import dev.mooring.starter.whois.WhoisReport;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring whois}. */
@Command(
    name = "whois",
    header = "Show which instances accept writes, from hosts and servers alone.",
    description = {
      "Needs no Temporal and no evidence store. An instance that does not answer is unknown, never"
          + " down.",
      "",
      "Exits 7 if a content has two writable instances, 6 if one has none or an instance is"
          + " unknown.",
      ""
    })
final class WhoisCommand implements Callable<Integer> {
  /** The wait for a dead host, so that the answer comes within five seconds. */
  private static final Duration WITHIN = Duration.ofSeconds(3);

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  WhoisCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    ClusterFiles files = mooring.clusterFiles();
    Cluster read = files.read(cluster.choose(files));
    InstancesLook.Seen seen = InstancesLook.at(read, mooring.environment(), WITHIN);
    WhoisReport report = new WhoisReport(seen, read.members());
    mooring.console().say(report.lines(mooring.console().width()));
    return report.exitCode().status();
  }
}
