package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring resilver}. */
@Command(
    name = "resilver",
    header = "Make outdated instances good standbys again: follow, rewind, or copy anew.",
    description =
        "Looks which of the three each instance needs, keeps WAL aside that may hold lost"
            + " transactions, makes copies beside the old directories, and is done when each"
            + " streams and refuses writes. What takes data away waits for an approval by another"
            + " person, unless --digest names a plan that was looked at.")
final class ResilverCommand extends RunCommand {
  @Option(
      names = "--instances",
      paramLabel = "ID,…",
      split = ",",
      description = "Which ones (default: every member that does not stream).")
  private List<String> instances = List.of();

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "Of a plan that `mooring plan resilver` showed: approves exactly that.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE,…",
      split = ",",
      description =
          "Breaks a rule about the primary by its name, with --reason: other-writer (the authority"
              + " names another), newer-timeline (a member was promoted later), shared-archive (it"
              + " wrote a timeline beside the primary's line, and the archive may hold its WAL),"
              + " foreign-history (an archive holds a timeline after the primary's).")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  ResilverCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.resilver(name, asked)
        .with("instances", String.join(",", instances))
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
