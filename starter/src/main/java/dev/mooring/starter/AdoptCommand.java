package dev.mooring.starter;

import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring adopt}. */
@Command(
    name = "adopt",
    header = "Take a cluster over again whose primary was changed by hand.",
    description =
        "Looks who takes writes; once that is approved, the authority file of its host names it,"
            + " under a new epoch, and those of all other hosts say that nobody there may write."
            + " No server is stopped, started or promoted. One that runs beside it and is no"
            + " standby refuses the run.")
final class AdoptCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Parameters(
      index = "1",
      paramLabel = "INSTANCE",
      description = "The member that takes writes, as `mooring whois` shows it.")
  private String instance = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "Of a plan that was looked at (--mode plan): approves exactly that.")
  private String digest = "";

  @Option(
      names = "--override",
      paramLabel = "RULE,…",
      split = ",",
      description =
          "Breaks a rule by its name, with --reason: newer-timeline (a member was promoted"
              + " later).")
  private List<String> overrides = List.of();

  @Mixin private final RunOptions options = new RunOptions();

  AdoptCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      RunOrder order =
          RunOrder.replicate(
              cluster.choose(mooring.clusterFiles()),
              new RunOrder.Replicating("adopt", instance, digest, String.join(",", overrides)),
              options.asked(mooring.user()));
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }
}
