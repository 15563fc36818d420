package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import picocli.CommandLine.Command;

/** {@code mooring plan}: the commands that start a run, in mode plan. */
@Command(
    name = PlanCommand.NAME,
    header = "Show what a runbook would do; change nothing.",
    description =
        "Runs every check of the runbook and prints what it would change, in which steps, and the"
            + " digest that an approval binds to. It takes no lock, and may run beside any other"
            + " run.",
    synopsisSubcommandLabel = "RUNBOOK",
    subcommands = {
      PublishCommand.class,
      ConsumeCommand.class,
      AdoptCommand.class,
      SwitchoverCommand.class,
      FailoverCommand.class,
      StartPrimaryCommand.class,
      ResilverCommand.class,
      FailbackCommand.class
    })
final class PlanCommand implements Runnable {
  static final String NAME = "plan";

  @Override
  public void run() {
    throw CommandFailure.usage(
        "which runbook is to be planned?",
        "`mooring plan publish`, `mooring plan consume`, `mooring plan adopt`,"
            + " `mooring plan switchover`, `mooring plan failover`, `mooring plan start-primary`,"
            + " `mooring plan resilver` or `mooring plan failback`");
  }
}
