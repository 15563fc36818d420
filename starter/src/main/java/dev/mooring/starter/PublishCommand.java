package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mooring publish}. */
@Command(
    name = "publish",
    header = "Publish a restore point: make it, prove it in the archive, let LATEST name it.",
    description =
        "Makes one named restore point on every content, waits until the archive holds it, decodes"
            + " it from the archived bytes and only then lets LATEST name it. Nothing is stopped.")
final class PublishCommand extends RunCommand {
  @Option(
      names = "--no-switch-wal",
      description = "Do not end the WAL file after the point; the archive gets it when it is full.")
  private boolean noSwitchWal;

  PublishCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.publish(name, asked).with("switchWal", noSwitchWal ? "off" : "policy");
  }
}
