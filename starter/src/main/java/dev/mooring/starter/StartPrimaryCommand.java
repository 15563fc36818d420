package dev.mooring.starter;

import dev.mooring.port.Runbook;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring start-primary}. */
@Command(
    name = "start-primary",
    header = "Start a stopped primary if the other side shows that no instance took its place.",
    description =
        "Finds the primary and checks every other member's host: each must answer by SSH, be"
            + " configured as a standby, accept no writes and have no newer timeline or epoch. Once"
            + " another person approved the plan, it starts the primary and proves it by a write."
            + " No instance is promoted. The --digest of a plan approves it.")
final class StartPrimaryCommand extends RunCommand {
  @Option(
      names = "--instance",
      paramLabel = "INSTANCE",
      description =
          "The primary, if two members look like one, or none does (default: the primary that is"
              + " found).")
  private String instance = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description =
          "The digest that `mooring plan start-primary` showed: approves exactly that plan.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks to override, other-side-silent or other-side-no-standby;"
              + " needs --reason, and is in the receipt.")
  private List<String> overrides = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  StartPrimaryCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    String summary = "start the stopped primary of " + name;
    return RunOrder.acting(Runbook.START_PRIMARY, name, summary, asked)
        .with("instance", instance)
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
