package dev.mooring.starter;

import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.screen.EndingLines;
import dev.mooring.starter.screen.LiveWatcher;
import dev.mooring.starter.screen.PlainWatcher;
import dev.mooring.starter.screen.PlanLines;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunFollower;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.RunPlans;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.RunStarts;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.starter.temporal.Watcher;

/** A run as one terminal sees it: started, followed, its ending told. */
final class RunSession {
  private final TemporalServer server;
  private final Console console;

  RunSession(TemporalServer server, Console console) {
    this.server = server;
    this.console = console;
  }

  /** Starts a run and, unless asked not to, follows it to its end. */
  ExitCode start(RunOrder order, RunOptions options) {
    RunReference run = new RunStarts(server).start(order);
    console.say(run.workflowId() + " started (run " + run.runId() + ")");
    if (!options.waits()) {
      console.say("`mooring follow " + run.workflowId() + "` shows it");
      return ExitCode.DONE;
    }
    ExitCode exit = follow(run);
    if (options.onlyPlans()) {
      RunPlans.Planned planned = new RunPlans(server).of(run);
      console.say("");
      console.say(PlanLines.of(planned.progress(), planned.plan()));
    }
    return exit;
  }

  /** Follows a run to its end and tells it. */
  ExitCode follow(RunReference run) {
    return EndingLines.exitCode(ending(run));
  }

  /** Follows a run that was asked to stop: it is done if that is how the run ended. */
  ExitCode stop(RunReference run) {
    RunEnding ending = ending(run);
    if (EndingLines.isStopped(ending)) {
      return ExitCode.DONE;
    }
    if (ending instanceof RunEnding.Completed) {
      console.say("it was done before it could be stopped");
      return ExitCode.FAILED;
    }
    return EndingLines.exitCode(ending);
  }

  private RunEnding ending(RunReference run) {
    Watcher watcher = console.isTerminal() ? new LiveWatcher(console) : new PlainWatcher(console);
    Detaching detaching = new Detaching(run, console);
    RunEnding ending;
    try (detaching) {
      ending = new RunFollower(server).follow(run, watcher);
    }
    console.say("");
    console.say(EndingLines.of(run, ending));
    return ending;
  }
}
