package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring failback}. */
@Command(
    name = "failback",
    header = "Heal the old side, let it catch up, and move the primary back to it.",
    description =
        "Makes the instances there good standbys again as `mooring resilver` does, waits without a"
            + " lock until they have caught up, and shows the plan of the move. Once another person"
            + " approved that, it moves the primary as `mooring switchover` does. Until then the"
            + " run can be abandoned: what was healed stays healed. Where nothing is to be healed,"
            + " --digest of a plan that was looked at is the approval of the move.")
final class FailbackCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "SITE",
      required = true,
      description =
          "The site that is to have the primary again: its first member in the cluster file; or"
              + " that very instance.")
  private String to = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description =
          "Of a plan that `mooring plan failback` showed: approves exactly that. Where instances"
              + " are to be healed that is the healing; the move then has a plan of its own.")
  private String digest = "";

  @Option(
      names = "--catch-up-within",
      paramLabel = "DURATION",
      description =
          "How long the healed may take to catch up before the run holds (default: PT1H).")
  private String catchUpWithin = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule that is broken by its name: of the primary that is healed from, as `mooring"
              + " resilver` takes them, or of the move's checks, as `mooring switchover` does;"
              + " needs --reason, and stands in the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--detach",
      paramLabel = "INSTANCE",
      split = ",",
      description =
          "A standby that is taken off the primary before the stop, as `mooring switchover` takes"
              + " it off: it follows the new primary afterwards, and is not waited for.")
  private List<String> detach = List.of();

  @Mixin private final MeantCluster meant = new MeantCluster();

  FailbackCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.failback(name, to, asked)
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("detach", String.join(",", detach))
        .with("systemIdentifierEnds", confirmed(meant, name))
        .with("catchUpWithin", catchUpWithin);
  }
}
