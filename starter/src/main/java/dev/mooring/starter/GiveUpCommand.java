package dev.mooring.starter;

import dev.mooring.runbook.Decision;
import picocli.CommandLine.Command;

/** {@code mooring give-up}. */
@Command(
    name = "give-up",
    header = "End a run where it stands.",
    description =
        "Ends a run that can go neither forward nor back; its receipt says what is left as it is.")
final class GiveUpCommand extends DecideCommand {
  GiveUpCommand(MooringCommand mooring) {
    super(mooring, Decision.Word.GIVE_UP);
  }
}
