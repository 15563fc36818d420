package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mooring publish}. */
@Command(
    name = "publish",
    header = "Publish a restore point: make it, prove it in the archive, name it in LATEST.",
    description =
        "Makes one named restore point on every content, waits until it is in the archive, and"
            + " decodes it from the archived bytes. Only then LATEST names it. Nothing is stopped.")
final class PublishCommand extends RunCommand {
  @Option(
      names = "--no-switch-wal",
      description = "Do not switch the WAL file after the point; it is archived when it is full.")
  private boolean noSwitchWal;

  @Option(
      names = "--override",
      paramLabel = "RULE",
      split = ",",
      description =
          "wal-gap: publish although WAL since the last READY point is lost; needs --reason.")
  private List<String> overrides = List.of();

  PublishCommand(MooringCommand mooring) {
    super(mooring);
  }

  @Override
  RunOrder order(ClusterName name, RunOrder.Asked asked) {
    return RunOrder.publish(name, asked)
        .with("switchWal", noSwitchWal ? "off" : "policy")
        .with("overrides", String.join(",", overrides));
  }
}
