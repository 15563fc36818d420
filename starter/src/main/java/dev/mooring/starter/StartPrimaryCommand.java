package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring start-primary}. */
@Command(
    name = "start-primary",
    header = "Start a stopped primary, where the other side shows that it may start.",
    description =
        "Finds the primary and looks at every other member's host: each must answer by SSH, be"
            + " configured as a standby, accept no writes and know no newer timeline or epoch. Once"
            + " another person approved the plan it starts the primary and proves it by a write."
            + " Nobody is promoted. With --digest of a plan that was looked at, that is its"
            + " approval.")
final class StartPrimaryCommand extends RunCommand {
  @Option(
      names = "--instance",
      paramLabel = "INSTANCE",
      description =
          "The primary, where two members are seen to be one, or none (default: the one that is"
              + " found).")
  private String instance = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "Of a plan that `mooring plan start-primary` showed: approves exactly that.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks that is broken by its name, other-side-silent or"
              + " other-side-no-standby; needs --reason, and stands in the receipt.")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  StartPrimaryCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.startPrimary(name, asked)
        .with("instance", instance)
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
