package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import dev.mooring.starter.temporal.RunApprovals;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring approve}. */
@Command(
    name = "approve",
    header = "Approve the plan that a run waits with.",
    description =
        "The run continues. The digest names the plan: another plan is refused. The approval is"
            + " signed with the person's key, if there is one.")
final class ApproveCommand extends DecideCommand {
  @Option(
      names = "--digest",
      required = true,
      paramLabel = "DIGEST",
      description =
          "The digest of that plan, or its first 8 characters or more, as `mooring plan` printed it"
              + " and `mooring follow` shows it.")
  private String digest = "";

  @Mixin private final Signing signing = new Signing();

  ApproveCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.APPROVE);
  }

  @Override
  Decision decision(TemporalServer server, RunReference found, String who, String why) {
    return signing
        .signed(word, mooring, () -> new RunApprovals(server).text(found, digest, who, why))
        .orElseGet(() -> new Decision(word, digest, who, why));
  }
}
