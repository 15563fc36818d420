package dev.mooring.starter;

import dev.mooring.runbook.consume.ConsumeRequest;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.temporal.Connecting;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
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
        "At a terminal it is asked for before anything is executed."
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

  /** Whoever types a name may mean another; scripts and schedules were looked at when written. */
  private String confirmed(ClusterName name) {
    boolean asks =
        systemIdentifierEnds.isEmpty() && !options.onlyPlans() && mooring.console().canAsk();
    if (systemIdentifierEnds.isEmpty() && !asks) {
      return "";
    }
    try {
      return ConsumeRequest.systemIdentifierEnds(asks ? asked(name) : systemIdentifierEnds);
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
