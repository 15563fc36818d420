package dev.mooring.starter;

import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring consume}. */
@Command(
    name = "consume",
    header = "Moor a site: replay every instance to one restore point and prove it there.",
    description =
        "Proves the whole WAL chain first, replays every instance of the site to the restore point,"
            + " lets each shut itself down there, and advances the site's state only when every"
            + " instance is proved.")
final class ConsumeCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "Which site; may be left out where only one can consume.")
  private String site = "";

  @Option(
      names = "--target",
      paramLabel = "POINT",
      description = {
        "latest (default): what LATEST names, or the earliest later point that every instance can"
            + " still be parked at;",
        "safe-forward: that earliest point; or the name of a restore point."
      })
  private String target = "latest";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "torn: consume the point that --target names though it splits transactions; needs"
              + " --reason.")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  @Mixin private final RunOptions options = new RunOptions();

  ConsumeCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      ClusterFiles files = mooring.clusterFiles();
      ClusterName name = cluster.choose(files);
      RunOrder.Aim aim =
          new RunOrder.Aim(
              target, String.join(",", overrides), meant.confirmed(mooring, options, name));
      RunOrder order =
          RunOrder.consume(
              name, ConsumingSite.choose(files, name, site), aim, options.asked(mooring.user()));
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }
}
