package dev.mooring.starter;

import dev.mooring.runbook.Plan;
import dev.mooring.starter.console.Console;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.screen.EndingLines;
import dev.mooring.starter.screen.LiveWatcher;
import dev.mooring.starter.screen.PlainWatcher;
import dev.mooring.starter.screen.PlanLines;
import dev.mooring.starter.screen.RunJson;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunFollower;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.RunPlans;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.RunStarts;
import dev.mooring.starter.temporal.TemporalServer;
import dev.mooring.starter.temporal.Watcher;

/** A run on one terminal: it is started and followed, and its ending reported. */
final class RunSession {
  private final TemporalServer server;
  private final Console console;
  private final boolean outlives;

  RunSession(TemporalServer server, Console console) {
    this(server, console, true);
  }

  private RunSession(TemporalServer server, Console console, boolean outlives) {
    this.server = server;
    this.console = console;
    this.outlives = outlives;
  }

  /** A session for runs that end with this process. */
  static RunSession ofThisProcess(TemporalServer server, Console console) {
    return new RunSession(server, console, false);
  }

  /** Starts a run and, unless asked not to, follows it to its end. */
  ExitCode start(RunOrder order, RunOptions options) {
    RunReference run = new RunStarts(server).start(order);
    String started =
        outlives
            ? run.workflowId() + " started (run " + run.runId() + ")"
            : "this machine observes alone, without Temporal and without a worker of a site";
    if (options.isJson() && options.waits()) {
      console.complain(started);
      return inJson(run, options);
    }
    console.say(started);
    if (!options.waits()) {
      console.say("`mooring follow " + run.workflowId() + "` shows it");
      return ExitCode.DONE;
    }
    RunEnding ending = ending(run, options.onlyPlans());
    if (options.onlyPlans()) {
      RunPlans.Planned planned = new RunPlans(server).of(run);
      console.say("");
      console.say(
          PlanLines.of(planned.progress(), planned.plan(), options.isVerbose(), console.width()));
      if (!outlives && planned.plan().byHand().isEmpty()) {
        console.say(
            ending instanceof RunEnding.Completed
                ? "type nothing by hand: checks block the candidate"
                : "type nothing by hand: no plan was made");
      }
    }
    return EndingLines.exitCode(ending);
  }

  private ExitCode inJson(RunReference run, RunOptions options) {
    RunEnding ending = followed(run, new PlainWatcher(console::complain), options.onlyPlans());
    Plan plan = options.onlyPlans() ? new RunPlans(server).of(run).plan() : Plan.UNKNOWN;
    console.sayText(RunJson.of(run, ending, plan));
    return EndingLines.exitCode(ending);
  }

  /** Follows a run to its end and reports it. */
  ExitCode follow(RunReference run) {
    return EndingLines.exitCode(ending(run, false));
  }

  /** Follows a run that was asked to stop; success if the run ended as stopped. */
  ExitCode stop(RunReference run) {
    RunEnding ending = ending(run, false);
    if (EndingLines.isStopped(ending)) {
      return ExitCode.DONE;
    }
    if (ending instanceof RunEnding.Completed) {
      console.say("it was done before it could be stopped");
      return ExitCode.FAILED;
    }
    return EndingLines.exitCode(ending);
  }

  private RunEnding ending(RunReference run, boolean plan) {
    RunEnding ending =
        followed(
            run,
            console.isTerminal() ? new LiveWatcher(console) : new PlainWatcher(console::say),
            plan);
    console.say("");
    console.say(EndingLines.of(run, ending, console.width()));
    return ending;
  }

  private RunEnding followed(RunReference run, Watcher watcher, boolean plan) {
    RunFollower follower = new RunFollower(server);
    if (!outlives) {
      return follower.followPlan(run, watcher);
    }
    Detaching detaching = new Detaching(run, console);
    try (detaching) {
      return plan ? follower.followPlan(run, watcher) : follower.follow(run, watcher);
    }
  }
}
