package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;

/** {@code mooring retry}. */
@Command(
    name = "retry",
    header = "Let a held run try its step again.",
    description =
        "For a run that holds because a step could not go on: fix what it names, then retry.")
final class RetryCommand extends DecideCommand {
  RetryCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.RETRY);
  }
}
