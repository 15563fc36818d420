package dev.mooring.starter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring adopt}. */
@Command(
    name = "adopt",
    header = "Take a cluster over again whose primary was changed by hand.",
    description =
        "Looks who accepts writes; once that is approved, the authority file of its host names it,"
            + " under a new epoch, and those of all other hosts say that nobody there may write, or"
            + " where Patroni runs the members, that it decides. No"
            + " server is started or promoted; an old primary that is down is fenced. Another that"
            + " accepts writes too is fenced on its host and stopped first; that host must answer."
            + " `mooring plan adopt` shows all that and the digest, and changes nothing.")
final class AdoptCommand extends ReplicationRunCommand {
  @Parameters(
      index = "1",
      paramLabel = "INSTANCE",
      description = "The member that accepts writes and is kept, as `mooring whois` shows it.")
  private String instance = "";

  AdoptCommand(MooringCommand mooring) {
    super(mooring, "adopt");
  }

  @Override
  String instances() {
    return instance;
  }
}
