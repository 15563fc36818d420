package dev.mooring.starter;

import dev.mooring.port.Runbook;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring resilver}. */
@Command(
    name = "resilver",
    header = "Make outdated instances standbys again: follow, rewind, or base backup.",
    description =
        "Finds which of the three each instance needs, keeps WAL aside that may have lost"
            + " transactions, makes copies beside the old directories, and waits until each streams"
            + " and rejects writes. If it removes data, it waits for an approval by another person,"
            + " unless --digest names a plan.")
final class ResilverCommand extends RunCommand {
  @Option(
      names = "--instances",
      paramLabel = "ID,…",
      split = ",",
      description = "The instances (default: every member that does not stream).")
  private List<String> instances = List.of();

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "The digest that `mooring plan resilver` showed: approves exactly that plan.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE,…",
      split = ",",
      description =
          "A rule about the primary to override, with --reason: other-writer (the authority file"
              + " names another), newer-timeline (a member was promoted later), shared-archive (two"
              + " members wrote one timeline, and the archive may have the other's WAL),"
              + " foreign-history (an archive has a timeline after the primary's).")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  ResilverCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.acting(Runbook.RESILVER, name, "resilver " + name, asked)
        .with("instances", String.join(",", instances))
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
