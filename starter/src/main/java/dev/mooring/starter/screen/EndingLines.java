package dev.mooring.starter.screen;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunIds;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.temporal.RunEnding;
import dev.mooring.starter.temporal.RunReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The lines about a run's ending, for the person who waited for it. */
public final class EndingLines {
  /** After these failures the command that started the run does not help. */
  private static final Set<String> NOT_AGAIN =
      Set.of(
          FailureCode.BAD_INPUT.name(),
          FailureCode.LOCK_HELD.name(),
          FailureCode.PRIMARY_BACK.name());

  private EndingLines() {}

  /**
   * The lines: headline first, then proof or remedy.
   *
   * @param width how wide a table may be, or {@link dev.mooring.starter.console.Table#UNLIMITED}
   */
  public static List<String> of(RunReference run, RunEnding ending, int width) {
    if (ending instanceof RunEnding.Completed completed) {
      return completed(completed, width);
    }
    if (ending instanceof RunEnding.Ended ended) {
      return ended(run, ended.record());
    }
    RunEnding.Closed closed = (RunEnding.Closed) ending;
    return List.of(
        run.workflowId() + " has no ending of its own: " + closed.how(),
        "HINT: start it again; it checks everything before it changes anything.");
  }

  private static List<String> completed(RunEnding.Completed completed, int width) {
    List<String> lines = new ArrayList<>(List.of(completed.headline()));
    List<String> proof = ProofTable.of(completed.proof(), width);
    if (!proof.isEmpty()) {
      lines.add("");
      lines.addAll(proof);
    }
    if (!completed.degraded().isEmpty()) {
      lines.add("");
      completed.degraded().forEach(less -> lines.add("degraded: " + less));
    }
    return lines;
  }

  private static List<String> ended(RunReference run, EndingRecord record) {
    List<String> lines = new ArrayList<>();
    String first = record.outcome() + ": " + record.headline() + " (" + record.code() + ")";
    // the problems of a cluster file are a line each
    boolean isList = record.code().equals(FailureCode.CLUSTER_FILE.name());
    lines.addAll(isList ? first.lines().toList() : List.of(first));
    if (!record.hint().isEmpty()) {
      lines.add("HINT: " + record.hint() + ".");
    }
    lines.add("receipt: " + record.receipt());
    String next = next(run, record);
    if (!next.isEmpty()) {
      lines.add("next: " + next);
    }
    return lines;
  }

  private static String next(RunReference run, EndingRecord record) {
    if (record.code().equals(FailureCode.BUG.name())) {
      return "temporal workflow show --workflow-id " + run.workflowId() + " -o json";
    }
    if (NOT_AGAIN.contains(record.code())) {
      return "";
    }
    String again = again(run);
    return again.isEmpty() ? "" : again + " once that is fixed";
  }

  /**
   * The command to type again: mooring:harbour:consume:west is what `mooring consume harbour --site
   * west` starts. Other ids have no site there, and an id of a person's own names nothing.
   */
  private static String again(RunReference run) {
    String site = RunIds.siteOf(run.typedId()).orElse("");
    return RunIds.clusterOf(run.typedId())
        .map(cluster -> Commands.again(run.runbook(), cluster, site))
        .orElse("");
  }

  /** Whether a run ended as stopped, with nothing left to be undone. */
  public static boolean isStopped(RunEnding ending) {
    return ending instanceof RunEnding.Ended ended
        && ended.record().code().equals(FailureCode.CANCELLED.name())
        && !ended.record().outcome().equals(Outcome.STUCK.failureType());
  }

  /** The exit code of an ending. */
  public static ExitCode exitCode(RunEnding ending) {
    if (ending instanceof RunEnding.Completed completed) {
      return completed.outcome().equals(Plan.WOULD_REFUSE) ? ExitCode.REFUSED : ExitCode.DONE;
    }
    if (ending instanceof RunEnding.Ended ended) {
      for (Outcome outcome : Outcome.values()) {
        if (outcome.failureType().equals(ended.record().outcome())) {
          return exitCode(outcome);
        }
      }
    }
    return ExitCode.FAILED;
  }

  private static ExitCode exitCode(Outcome outcome) {
    return switch (outcome) {
      case COMPLETED, PLANNED -> ExitCode.DONE;
      case FAILED -> ExitCode.FAILED;
      case REFUSED -> ExitCode.REFUSED;
      case ROLLED_BACK -> ExitCode.ROLLED_BACK;
      case STUCK -> ExitCode.NEEDS_PERSON;
    };
  }
}
