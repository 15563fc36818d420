package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import dev.mooring.starter.temporal.RunApprovals;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The private key that signs the approval (MOORING_APPROVAL_KEY, else"
              + " ~/.config/mooring/approval.key if it exists, else the approval is unsigned).")
  private Optional<Path> key = Optional.empty();

  ApproveCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.APPROVE);
  }

  @Override
  Decision decision(TemporalServer server, RunReference found, String who, String why) {
    Optional<ApprovalKey> signing = ApprovalKey.find(key, mooring.environment());
    return signing
        .flatMap(one -> new RunApprovals(server).text(found, digest, who, why).map(one::sign))
        .orElseGet(() -> new Decision(Decision.Word.APPROVE, digest, who, why));
  }
}
