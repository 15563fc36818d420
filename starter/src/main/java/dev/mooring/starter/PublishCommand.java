package dev.mooring.starter;

import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring publish}. */
@Command(
    name = "publish",
    header = "Publish a restore point: make it, prove it in the archive, let LATEST name it.",
    description =
        "Makes one named restore point on every content, waits until the archive holds it, decodes"
            + " it from the archived bytes and only then lets LATEST name it. Nothing is stopped.")
final class PublishCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--no-switch-wal",
      description = "Do not end the WAL file after the point; the archive gets it when it is full.")
  private boolean noSwitchWal;

  @Mixin private final RunOptions options = new RunOptions();

  PublishCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      RunOrder order =
          RunOrder.publish(
              cluster.choose(mooring.clusterFiles()),
              noSwitchWal ? "off" : "policy",
              options.asked(mooring.user()));
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }
}
