package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring consume}. */
@Command(
    name = "consume",
    header = "Moor a site: replay every instance to one restore point and prove it there.",
    description =
        "Proves the whole WAL chain first, and replays every instance of the site to the restore"
            + " point, where it shuts down. The site's state advances only if every instance is"
            + " proved.")
final class ConsumeCommand extends RunCommand {
  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "The site; optional if only one can consume.")
  private String site = "";

  @Option(
      names = "--target",
      paramLabel = "POINT",
      description = {
        "latest (default): the point that LATEST names, or the earliest later one at which every"
            + " instance can still be parked;",
        "safe-forward: that earliest point; or the name of a restore point."
      })
  private String target = "latest";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "torn: consume the point of --target although it splits transactions; needs --reason.")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  ConsumeCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    SiteName where = ConsumingSite.choose(mooring.clusterFiles(), name, site);
    return RunOrder.consume(name, where, target, asked)
        .with("overrides", String.join(",", overrides))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
