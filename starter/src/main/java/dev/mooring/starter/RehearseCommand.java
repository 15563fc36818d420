package dev.mooring.starter;

import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring rehearse}. */
@Command(
    name = "rehearse",
    header = "Show on each host that its fences keep a former primary down.",
    description = {
      "Each host makes a scratch instance, fences it, and shows that the server, the launchers, the"
          + " guard and the restore gate refuse it, in the run ClusterCheck. The check of a fence"
          + " command must say that its host is on; the command is not run. The servers and the"
          + " authority files of the cluster are not touched.",
      "",
      "The first line is the verdict. `mooring status` shows the age of the last rehearsal.",
      "",
      "Exits 7 if something did not refuse, 6 if something was not rehearsed.",
      ""
    })
final class RehearseCommand implements Callable<Integer> {
  private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(4);

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  RehearseCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    ClusterName name = cluster.choose(mooring.clusterFiles());
    RunOrder order = RunOrder.rehearse(name, mooring.user());
    return CheckCommand.answer(mooring, order, ANSWERED_WITHIN);
  }
}
