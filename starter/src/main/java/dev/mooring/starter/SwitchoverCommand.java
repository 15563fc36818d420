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
    header = "Move the primary of a cluster that streams to one of its standbys; nothing is lost.",
    description =
        "Looks at every member, its host and the endpoints, waits until a person approves the plan,"
            + " fences and stops the primary, proves that all of its WAL is on the target, promotes"
            + " that, and lets all others follow it. Before the promotion it takes its way back by"
            + " itself once the outage budget is spent. `mooring plan switchover` shows checks,"
            + " steps and digest, and changes nothing.")
final class SwitchoverCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "INSTANCE",
      required = true,
      description = "The standby that is to become the primary.")
  private String to = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description =
          "Of a plan that was looked at: it counts as its approval, and the run is refused if what"
              + " would be done is another plan by now.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks that is broken by its name; needs --reason, and stands in"
              + " the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--detach",
      paramLabel = "INSTANCE",
      split = ",",
      description =
          "A standby that is taken off the primary before the stop, which waits for everybody who"
              + " streams: one that is far behind or stands still. It follows the new primary"
              + " afterwards, and is not waited for.")
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
