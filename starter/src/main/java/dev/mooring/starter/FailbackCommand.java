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
    header = "Resilver the old side, wait until it has caught up, and move the primary back to it.",
    description =
        "Resilvers the instances there like `mooring resilver`, waits without a lock until they"
            + " have caught up, and shows the plan of the move. Once another person approved that,"
            + " it moves the primary like `mooring switchover`. Until then the run can be"
            + " abandoned: resilvered instances stay standbys. If nothing must be resilvered, the"
            + " --digest of a plan approves the move.")
final class FailbackCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "SITE",
      required = true,
      description =
          "The site that is to have the primary again (its first member in the cluster file), or an"
              + " instance.")
  private String to = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description =
          "The digest that `mooring plan failback` showed: approves exactly that plan. If instances"
              + " must be resilvered, it approves the resilver; the move then has a plan of its"
              + " own.")
  private String digest = "";

  @Option(
      names = "--catch-up-within",
      paramLabel = "DURATION",
      description =
          "How long the resilvered instances may take to catch up before the run holds (default:"
              + " PT1H).")
  private String catchUpWithin = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule to override: about the primary, as in `mooring resilver`, or of the move's"
              + " checks, as in `mooring switchover`; needs --reason, and is in the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--detach",
      paramLabel = "INSTANCE",
      split = ",",
      description =
          "A standby to detach from the primary before the stop, as in `mooring switchover`: it"
              + " follows the new primary afterwards, and the run does not wait for it.")
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
