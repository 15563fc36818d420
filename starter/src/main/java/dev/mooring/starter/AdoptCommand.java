package dev.mooring.starter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mooring adopt}. */
@Command(
    name = "adopt",
    header = "Record a primary that was changed by hand.",
    description =
        "Finds the member that accepts writes. Once that is approved, the authority file of its"
            + " host names it, under a new epoch. The files of all other hosts say that no instance"
            + " there may write, or that Patroni decides, if it runs the members. No server is"
            + " started or promoted; an old primary that is down is fenced. Another instance that"
            + " accepts writes too is first fenced on its host and stopped; that host must answer."
            + " `mooring plan adopt` shows all that and the digest, and changes nothing.")
final class AdoptCommand extends ReplicationRunCommand {
  @Parameters(
      index = "1",
      paramLabel = "INSTANCE",
      description =
          "The member that accepts writes and is to be kept, as `mooring whois` shows it.")
  private String instance = "";

  AdoptCommand(MooringCommand mooring) {
    super(mooring, "adopt");
  }

  @Override
  String instances() {
    return instance;
  }
}
