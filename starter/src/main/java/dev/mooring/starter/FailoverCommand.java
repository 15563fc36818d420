package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.EmbeddedTemporal;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.HostAccess;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring failover}. */
@Command(
    name = "failover",
    header = "Let a standby take the place of a primary that is gone.",
    description =
        "Lets the worker of each site and the hosts of the standbys look at the primary, says what"
            + " became of it, ranks the standbys and says what each would lose. Once another person"
            + " approved the plan it fences the old primary, promotes, lets the others follow and"
            + " leads the endpoints there. A primary that is not seen to be gone is moved by"
            + " `mooring switchover`. With --digest of a plan that was looked at, that is its"
            + " approval.")
final class FailoverCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "INSTANCE",
      description = "The standby that is to become the primary (default: the best).")
  private String to = "";

  @Option(
      names = "--from",
      paramLabel = "INSTANCE",
      description = "The primary that is gone, where nothing that is left tells who it was.")
  private String from = "";

  @Option(
      names = "--when",
      paramLabel = "WHEN",
      description =
          "primary-down: waits until the primary is gone, and goes on without a person where"
              + " failover.automatic of the cluster file lets it; else it asks one then.")
  private String when = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "Of a plan that `mooring plan failover` showed: approves exactly that.")
  private String digest = "";

  @Option(
      names = "--lost",
      paramLabel = "TEXT",
      description =
          "'INSTANCE is lost: WHY', INSTANCE being the primary and WHY how it is known that it can"
              + " never write again (powered off and kept off, its disks destroyed): needed where"
              + " nothing comes from its host. It stands in plan and receipt, under the name of who"
              + " asks.")
  private String lost = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks that is broken by its name; needs --reason, and stands in"
              + " the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--by-hand",
      description =
          "Of `mooring plan failover`: looks from this machine, over SSH and SQL, without Temporal"
              + " and without a worker, and ends with the commands that a person types without"
              + " Mooring.")
  private boolean byHand;

  @Mixin private final MeantCluster meant = new MeantCluster();

  FailoverCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  public Integer call() {
    if (byHand) {
      return planWithoutTemporal();
    }
    try {
      return super.call();
    } catch (CommandFailure failure) {
      throw failure.exitCode() == ExitCode.FAILED && options.onlyPlans()
          ? failure.orElse(
              String.format(
                  "`mooring plan failover %s --by-hand` needs neither Temporal nor a worker",
                  name()))
          : failure;
    }
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.failover(name, when, asked)
        .with("to", to)
        .with("from", from)
        .with("digest", digest)
        .with("overrides", String.join(",", overrides))
        .with("lost", lost)
        .with("systemIdentifierEnds", confirmed(meant, name));
  }

  private int planWithoutTemporal() {
    if (!options.onlyPlans() || !options.waits() || !when.isEmpty()) {
      throw CommandFailure.usage(
          "--by-hand plans, from this terminal alone: it is not for a run that acts, waits or"
              + " goes on without it",
          "`mooring plan failover --by-hand`, without --no-wait and --when");
    }
    ClusterFiles files = mooring.clusterFiles();
    ClusterName name = name();
    Cluster read = files.read(name);
    requireSsh(read);
    try (EmbeddedTemporal temporal =
        new EmbeddedTemporal(read, files.directory(), mooring.environment())) {
      return RunSession.ofThisProcess(temporal.server(), mooring.console())
          .start(order(name), options)
          .status();
    }
  }

  /** A host that its own worker reaches without SSH would be taken for this machine. */
  private static void requireSsh(Cluster read) {
    List<String> local =
        read.hosts().stream()
            .filter(host -> host.access().kind() != HostAccess.Kind.SSH)
            .map(host -> host.name().value())
            .toList();
    if (!local.isEmpty()) {
      throw CommandFailure.refused(
          "the cluster file reaches "
              + String.join(", ", local)
              + " without SSH, and this machine would be taken for it",
          "on each of those hosts look with its own tools; `mooring whois "
              + read.name()
              + "` asks the servers");
    }
  }
}
