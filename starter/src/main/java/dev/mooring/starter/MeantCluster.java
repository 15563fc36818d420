package dev.mooring.starter;

import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.ClusterName;
import java.util.List;
import picocli.CommandLine.Option;

/** Checks that the named cluster is the intended one: a person may mistype a name. */
final class MeantCluster {
  private static final String ANY = "any";
  private static final List<String> TYPED = List.of("SSH_CONNECTION", "SUDO_USER");

  @Option(
      names = "--system-identifier-ends",
      paramLabel = "DIGITS",
      description = {
        "The last four digits or more of the system identifier of content 0, which `mooring"
            + " whois` shows: the run is refused if another cluster was named than was meant.",
        "At a terminal it is asked for before anything is executed; over SSH without one, or"
            + " behind sudo, it is required. `any` in a script: of any system."
      })
  private String systemIdentifierEnds = "";

  /**
   * The digits that confirm it; empty if they are not needed.
   *
   * <p>Without a terminal, a command that was typed over SSH or behind sudo can't ask the person,
   * so it must be given the digits; schedules, timers and the like come by neither way.
   */
  String confirmed(MooringCommand mooring, RunOptions options, ClusterName name) {
    if (systemIdentifierEnds.equals(ANY)
        || (systemIdentifierEnds.isEmpty() && options.onlyPlans())) {
      return "";
    }
    if (!systemIdentifierEnds.isEmpty()) {
      return digits(systemIdentifierEnds, name);
    }
    if (mooring.console().canAsk()) {
      return digits(asked(mooring, name), name);
    }
    for (String typed : TYPED) {
      if (mooring.environment().containsKey(typed)) {
        throw CommandFailure.usage(
            "no person can be asked whether "
                + name
                + " is the cluster that is meant: "
                + typed
                + " is set, so a person typed this, and there is no terminal",
            String.format(
                "--system-identifier-ends DIGITS with the last four digits that `mooring whois %s`"
                    + " shows for content 0, or `ssh -t`; `any` in a script that was reviewed",
                name));
      }
    }
    return "";
  }

  private static String digits(String typed, ClusterName name) {
    try {
      return ConsumeRequest.systemIdentifierEnds(typed);
    } catch (IllegalArgumentException unfit) {
      throw CommandFailure.usage(
          "--system-identifier-ends " + unfit.getMessage(),
          "`mooring whois " + name + "` shows the system identifiers");
    }
  }

  private static String asked(MooringCommand mooring, ClusterName name) {
    String question =
        String.format(
            "the last four digits of the system identifier of %s, content 0 (`mooring whois %s`"
                + " shows it): ",
            name, name);
    return mooring.console().ask(question).orElse("");
  }
}
