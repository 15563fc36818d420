package dev.mooring.starter;

import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring follow}. */
@Command(
    name = "follow",
    header = "Show a run until it ends.",
    description =
        "Shows the steps of a run, the progress of each host, and the ending. For a run that has"
            + " ended it shows the ending again. Ctrl-C does not stop the run.")
final class FollowCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final RunArgument run = new RunArgument();

  FollowCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (TemporalServer server = mooring.connect()) {
      RunReference found = run.find(server, mooring.clusterFiles());
      return new RunSession(server, mooring.console()).follow(found).status();
    }
  }
}
