package dev.mooring.starter;

import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.status.ReplicationLines;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring replicate}. */
@Command(
    name = "replicate",
    header = "See how the standbys of a cluster stream.",
    synopsisSubcommandLabel = "verify",
    description = "What a cluster's standbys stream from its primary, and by which slots.",
    subcommands = {ReplicateCommand.Verify.class})
final class ReplicateCommand implements Runnable {

  @Override
  public void run() {
    throw CommandFailure.usage(
        "replicate does what?", "`mooring replicate verify CLUSTER` shows who streams");
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
