package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;

/** {@code mooring reject}. */
@Command(
    name = "reject",
    header = "Turn down what a run waits to do.",
    description =
        "Rejects the plan a run waits with; the run ends without having changed anything.")
final class RejectCommand extends DecideCommand {
  RejectCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.REJECT);
  }
}
