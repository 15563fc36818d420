package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mooring approve}. */
@Command(
    name = "approve",
    header = "Approve the plan that a run waits with.",
    description = "The run continues. The digest names the plan: another plan is refused.")
final class ApproveCommand extends DecideCommand {
  @Option(
      names = "--digest",
      required = true,
      paramLabel = "DIGEST",
      description =
          "The digest of that plan, or its first 8 characters or more, as `mooring plan` printed it"
              + " and `mooring follow` shows it.")
  private String digest = "";

  ApproveCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.APPROVE);
  }

  @Override
  String digest() {
    return digest;
  }
}
