package dev.mooring.starter;

import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring consume}. */
@Command(
    name = "consume",
    header = "Moor a site: replay every instance to one restore point and prove it there.",
    description =
        "Proves the whole WAL chain first, replays every instance of the site to the restore point,"
            + " lets each shut itself down there, and advances the site's state only when every"
            + " instance is proved.")
final class ConsumeCommand implements Callable<Integer> {
  private static final String ANY = "any";
  private static final List<String> TYPED = List.of("SSH_CONNECTION", "SUDO_USER");

  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "Which site; may be left out where only one can consume.")
  private String site = "";

  @Option(
      names = "--target",
      paramLabel = "POINT",
      description = {
        "latest (default): what LATEST names, or the earliest later point that every instance can"
            + " still be parked at;",
        "safe-forward: that earliest point; or the name of a restore point."
      })
  private String target = "latest";

  @Option(
      names = "--system-identifier-ends",
      paramLabel = "DIGITS",
      description = {
        "The last four digits or more of the system identifier of content 0's copy, which `mooring"
            + " whois` shows: the run is refused if another cluster was named than was meant.",
        "At a terminal it is asked for before anything is executed; over SSH without one, or"
            + " behind sudo, it is required. `any` in a script: of any system."
      })
  private String systemIdentifierEnds = "";

  @Mixin private final RunOptions options = new RunOptions();

  ConsumeCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    try (Connecting temporal = mooring.connecting()) {
      ClusterFiles files = mooring.clusterFiles();
      ClusterName name = cluster.choose(files);
      RunOrder.Aim aim = new RunOrder.Aim(target, confirmed(name));
      RunOrder order =
          RunOrder.consume(
              name, ConsumingSite.choose(files, name, site), aim, options.asked(mooring.user()));
      return new RunSession(temporal.server(), mooring.console()).start(order, options).status();
    }
  }

  /**
   * Whoever types a name may mean another. What is typed over SSH without a terminal, or behind
   * sudo, can't be asked and must say it; schedules, timers and the like name neither.
   */
  private String confirmed(ClusterName name) {
    if (systemIdentifierEnds.equals(ANY) || isPlanUnnamed()) {
      return "";
    }
    if (!systemIdentifierEnds.isEmpty()) {
      return digits(systemIdentifierEnds, name);
    }
    if (mooring.console().canAsk()) {
      return digits(asked(name), name);
    }
    for (String typed : TYPED) {
      if (mooring.environment().containsKey(typed)) {
        throw CommandFailure.usage(
            "nobody can be asked whether "
                + name
                + " is the cluster that is meant: "
                + typed
                + " is set, so somebody typed this, and there is no terminal",
            String.format(
                "--system-identifier-ends DIGITS with the last four digits that `mooring whois %s`"
                    + " shows for content 0, or `ssh -t`; `any` in a script that was looked at",
                name));
      }
    }
    return "";
  }

  private boolean isPlanUnnamed() {
    return systemIdentifierEnds.isEmpty() && options.onlyPlans();
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

  private String asked(ClusterName name) {
    String question =
        String.format(
            "the last four digits of the system identifier of %s, content 0 (`mooring whois %s`"
                + " shows it): ",
            name, name);
    return mooring.console().ask(question).orElse("");
  }
}
