package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import dev.mooring.starter.temporal.RunDecisions;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring cancel}. */
@Command(
    name = "cancel",
    header = "Stop a run; before its point of no return everything is undone.",
    description =
        "Asks the run to stop and waits until it has. Instances are left parked or untouched, a new"
            + " run is safe. Terminating a run in Temporal instead undoes nothing. Exits 0 if the"
            + " run was stopped, 1 if it was done before it could be, and else as the run ended.")
final class CancelCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final RunArgument run = new RunArgument();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the run's history.")
  private String reason = "";

  CancelCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (TemporalServer server = mooring.connect()) {
      RunReference found = run.find(server, mooring.clusterFiles());
      new RunDecisions(server)
          .stop(found, new Decision(Decision.Word.ROLL_BACK, "", mooring.user(), reason));
      mooring.console().say("asked " + found.workflowId() + " to stop");
      return new RunSession(server, mooring.console()).stop(found).status();
    }
  }
}
