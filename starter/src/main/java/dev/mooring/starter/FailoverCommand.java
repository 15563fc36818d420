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
    header = "Promote a standby after the primary has failed.",
    description =
        "The worker of each site and the hosts of the standbys observe the primary. The plan has"
            + " the verdict, the ranked standbys, and what each would lose. Once another person"
            + " approved the plan, it fences the old primary, promotes a standby, points the"
            + " endpoints at it and makes the others follow. A primary that still works is moved by"
            + " `mooring switchover`. The --digest of a plan approves it.")
final class FailoverCommand extends RunCommand {
  @Option(
      names = "--to",
      paramLabel = "INSTANCE",
      description = "The standby to promote (default: the best).")
  private String to = "";

  @Option(
      names = "--from",
      paramLabel = "INSTANCE",
      description = "The failed primary, if no remaining instance shows which one it was.")
  private String from = "";

  @Option(
      names = "--when",
      paramLabel = "WHEN",
      description =
          "primary-down: waits until the primary is gone. Then it continues without a person if"
              + " failover.automatic of the cluster file permits it; else it asks one.")
  private String when = "";

  @Option(
      names = "--digest",
      paramLabel = "DIGEST",
      description = "The digest that `mooring plan failover` showed: approves exactly that plan.")
  private String digest = "";

  @Option(
      names = "--lost",
      paramLabel = "TEXT",
      description =
          "'INSTANCE is lost: WHY'. INSTANCE is the primary, WHY how it is known that it can never"
              + " write again (powered off and kept off, or its disks destroyed). Needed if its"
              + " host is silent. It is in plan and receipt, under the requester's name.")
  private String lost = "";

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "A rule of the plan's checks to override; needs --reason, and is in the receipt.")
  private List<String> overrides = List.of();

  @Option(
      names = "--by-hand",
      description =
          "With `mooring plan failover`: observes from this machine, over SSH and SQL, without"
              + " Temporal and without a worker, and ends with the commands to type without"
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
              + " continues without this terminal",
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
