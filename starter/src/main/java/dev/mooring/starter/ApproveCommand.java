package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;

/** {@code mooring approve}. */
@Command(
    name = "approve",
    header = "Let a run go on that waits for an approval.",
    description =
        "Approves the plan a run waits with. Give the plan's digest: another plan is then refused.")
final class ApproveCommand extends DecideCommand {
  ApproveCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.APPROVE);
  }
}
