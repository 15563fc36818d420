package dev.mooring.starter;

import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.status.StatusJson;
import dev.mooring.starter.status.StatusLines;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring status}. */
@Command(
    name = "status",
    header = "Say where a cluster stands: the verdict first, then every instance.",
    description = {
      "The workers look, each at its own site, as the run ClusterStatus: this machine needs"
          + " Temporal and nothing else. What does not answer within seconds is said. Without"
          + " Temporal, `mooring whois` looks from here.",
      "",
      "Exits 6 when a restore point is older than twice the interval of publishing, a site lags"
          + " behind publishing or its own schedule, the last run of a runbook failed, or something"
          + " is unreachable; 7 when a point is older than ten times the interval, a site was never"
          + " moored or was changed since it was proved, two instances take writes for one content,"
          + " or evidence can't be believed. A site that no schedule moors is never late.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Mixin private final ClusterArgument cluster = new ClusterArgument();

  @Option(names = "--include-history", description = "Add the last receipts.")
  private boolean includeHistory;

  @Option(names = "--history-n", paramLabel = "N", description = "How many receipts (default: 10).")
  private int historyLength = 10;

  @Option(
      names = "--format",
      paramLabel = "table|json",
      description = "table for people (default), json for programs.")
  private Format format = Format.TABLE;

  StatusCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    ClusterName name = cluster.choose(mooring.clusterFiles());
    int receipts = includeHistory ? historyLength : 0;
    StatusResult result = look(name, receipts);
    if (format == Format.JSON) {
      mooring.console().say(StatusJson.of(result, receipts));
    } else {
      mooring.console().say(StatusLines.of(result));
      if (includeHistory) {
        result
            .evidence()
            .forEach(seen -> mooring.console().say(StatusLines.history(seen, receipts)));
      }
    }
    return StatusLines.exitCode(result).status();
  }

  private StatusResult look(ClusterName name, int receipts) {
    int documents = format == Format.JSON ? receipts : 0;
    RunOrder order = RunOrder.status(name, receipts, documents, mooring.user());
    try {
      return StatusAnswer.to(mooring, order);
    } catch (CommandFailure away) {
      throw away.orElse("`mooring whois " + name + "` looks from here, without Temporal");
    }
  }
}
