package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;

/** {@code mooring roll-back}. */
@Command(
    name = "roll-back",
    header = "Stop a run and undo what it did.",
    description =
        "Before the point of no return everything done is undone; after it the run refuses.")
final class RollBackCommand extends DecideCommand {
  RollBackCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.ROLL_BACK);
  }
}
