package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mooring plan}: the commands that start a run, in mode plan. */
@Command(
    name = PlanCommand.NAME,
    header = "Show what a runbook would do; change nothing.",
    description =
        "Runs every check of the runbook and prints what it would change, in which steps, and the"
            + " digest that an approval binds to. It takes no lock, and may run beside any other"
            + " run.",
    synopsisSubcommandLabel = "RUNBOOK")
final class PlanCommand implements Runnable {
  static final String NAME = "plan";

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public void run() {
    throw CommandFailure.usage(
        "which runbook is to be planned?",
        command.subcommands().keySet().stream()
            .map(runbook -> "`mooring plan " + runbook + "`")
            .collect(Collectors.joining(", ")));
  }
}
