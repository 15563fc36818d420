package dev.mooring.starter;

import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.status.ReplicationLines;
import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring replicate}. */
@Command(
    name = "replicate",
    header = "Let standbys stream, see how they do, take that out again.",
    synopsisSubcommandLabel = "setup|verify|remove",
    description = "What a cluster's standbys stream from its primary, and by which slots.",
    subcommands = {
      ReplicateCommand.SetUp.class,
      ReplicateCommand.Verify.class,
      ReplicateCommand.Remove.class
    })
final class ReplicateCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "replicate does what?", "`mooring replicate verify CLUSTER` shows who streams");
  }

  /** What the subcommands that act share. */
  private abstract static class Acting implements Callable<Integer> {
    private final MooringCommand mooring;
    private final String act;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    @Option(
        names = "--instances",
        paramLabel = "ID,ID",
        description = "The standbys, with commas between (default: all).")
    private String instances = "";

    @Option(
        names = "--digest",
        paramLabel = "DIGEST",
        description = "Of a plan that was looked at: its approval by who asks.")
    private String digest = "";

    @Mixin private final RunOptions options = new RunOptions();

    Acting(MooringCommand mooring, String act) {
      this.mooring = mooring;
      this.act = act;
    }

    @Override
    public Integer call() {
      try (Connecting temporal = mooring.connecting()) {
        RunOrder order =
            RunOrder.replicate(
                cluster.choose(mooring.clusterFiles()),
                new RunOrder.Replicating(act, instances, digest),
                options.asked(mooring.user()));
        return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
      }
    }
  }

  /** {@code mooring replicate setup}. */
  @Command(
      name = "setup",
      header = "Let each standby of the cluster file stream from its primary.",
      description =
          "Makes what is lacking: the role, access lines, a slot and a base backup for each standby"
              + " without data, its settings; starts it and waits until it streams. Data that is"
              + " there is never overwritten, and a second run changes nothing.")
  static final class SetUp extends Acting {
    SetUp(MooringCommand mooring) {
      super(mooring, "setup");
    }
  }

  /** {@code mooring replicate remove}. */
  @Command(
      name = "remove",
      header = "Take out of the primary what was set up for standbys that are gone.",
      description =
          "Drops their slots, takes out the access lines and, where no standby is left, the role if"
              + " Mooring made it. One that still streams refuses the run. Waits for an approval.")
  static final class Remove extends Acting {
    Remove(MooringCommand mooring) {
      super(mooring, "remove");
    }
  }

  /** {@code mooring replicate verify}. */
  @Command(
      name = "verify",
      header = "Show who streams, by which slot, and how far behind.",
      description = {
        "Asks every member, and lets each standby replay where the primary stands: healthy when it"
            + " does within 5 s, high when it does not, DOWN when nobody sends WAL to it. Nothing"
            + " is changed.",
        "",
        "Exits 7 when a standby is down, 6 when one is high, 1 when no primary answers.",
        ""
      })
  static final class Verify implements Callable<Integer> {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(50);

    private final MooringCommand mooring;

    @Mixin private final ClusterArgument cluster = new ClusterArgument();

    Verify(MooringCommand mooring) {
      this.mooring = mooring;
    }

    @Override
    public Integer call() {
      RunOrder order =
          RunOrder.verifyReplication(cluster.choose(mooring.clusterFiles()), mooring.user());
      ReplicationResult result;
      try (TemporalServer server = mooring.connect()) {
        result = new LookRuns(server).answer(order, ReplicationResult.class, ANSWERED_WITHIN);
      }
      mooring.console().say(ReplicationLines.of(result));
      return ReplicationLines.exitCode(result).status();
    }
  }
}
