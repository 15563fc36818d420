package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import picocli.CommandLine.Command;

/** {@code mooring plan}: the commands that start a run, in mode plan. */
@Command(
    name = PlanCommand.NAME,
    header = "Look at everything and say what a runbook would do; change nothing.",
    description =
        "Runs every check of the runbook and prints what it would act on, in which steps, and the"
            + " digest an approval binds to. No lock is taken, and a run that acts may go on beside"
            + " it.",
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
