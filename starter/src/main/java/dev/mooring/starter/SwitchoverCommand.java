package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring switchover}. */
@Command(
    name = "switchover",
    header = "Move the primary of a streaming cluster to one of its standbys; nothing is lost.",
    description =
        "Checks every member, its host and the endpoints, and waits until a person approves the"
            + " plan. Fences and stops the primary, proves that all of its WAL is on the target,"
            + " promotes the target, and makes all others follow it. If the outage budget is spent"
            + " before the promotion, it rolls back automatically. `mooring plan switchover` shows"
            + " checks, steps and digest, and changes nothing.")
final class SwitchoverCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "INSTANCE",
      required = true,
      description = "The standby to promote.")
  private String to = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description =
          "The digest of a plan: approves it. The run is refused if the plan has changed.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks to override; needs --reason, and is in the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--detach",
      paramLabel = "INSTANCE",
      split = ",",
      description =
          "A standby to detach before the stop, one that lags far behind or is frozen: the stop"
              + " waits for every standby that streams. It follows the new primary afterwards, and"
              + " the run does not wait for it.")
  private List<String> detach = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  SwitchoverCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.switchover(name, to, asked)
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("detach", String.join(",", detach))
        .with("systemIdentifierEnds", confirmed(meant, name));
  }
}
