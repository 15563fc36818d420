package dev.mooring.starter;

import dev.mooring.runbook.Mode;
import dev.mooring.starter.temporal.RunOrder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that starts a run. */
final class RunOptions {
  /** How a run's ending is reported. */
  private enum Format {
    /** Lines for a person. */
    TABLE,
    /** One JSON document, for a program. */
    JSON
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--by",
      paramLabel = "WHO",
      description = "The requester, for the receipt (default: the operating system's user).")
  private String by = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the receipt.")
  private String reason = "";

  @Option(
      names = "--mode",
      paramLabel = "plan|execute",
      description = "plan: show what would be done, change nothing.")
  private Mode mode = Mode.EXECUTE;

  @Option(names = "--no-wait", description = "Start the run and return; `follow` shows it.")
  private boolean noWait;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      description =
          "table for people (default); json: the ending, and of mode plan the plan, as one document"
              + " on standard output; the progress goes to standard error.")
  private Format format = Format.TABLE;

  @Option(names = "--verbose", description = "With a plan: show passed checks too.")
  private boolean verbose;

  RunOrder.Asked asked(String user) {
    return new RunOrder.Asked(
        onlyPlans() ? Mode.PLAN : Mode.EXECUTE, by.isEmpty() ? user : by, reason);
  }

  boolean onlyPlans() {
    return mode == Mode.PLAN || command.parent().name().equals(PlanCommand.NAME);
  }

  boolean waits() {
    return !noWait;
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isJson() {
    return format == Format.JSON;
  }
}
