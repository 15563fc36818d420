package dev.mooring.starter;

import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code mooring follow}. */
@Command(
    name = "follow",
    header = "Show a run as it goes on, to its end.",
    description =
        "Shows the steps of a run, what each host is at, and the ending. A run that has ended shows"
            + " its ending again. Ctrl-C leaves the run alone.")
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
