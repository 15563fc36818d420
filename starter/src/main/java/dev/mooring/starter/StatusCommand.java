package dev.mooring.starter;

import dev.mooring.starter.status.StatusFacts;
import dev.mooring.starter.status.StatusJson;
import dev.mooring.starter.status.StatusJudge;
import dev.mooring.starter.status.StatusLines;
import dev.mooring.starter.status.StatusReport;
import dev.mooring.topology.Cluster;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mooring status}. */
@Command(
    name = "status",
    header = "Say where a cluster stands: the verdict first, then every instance.",
    description = {
      "Reads the evidence store, looks at hosts and servers for less than a second, and asks"
          + " Temporal for open runs and schedules. What can't be reached is said.",
      "",
      "Exits 6 when a restore point is older than twice the interval of publishing, a site lags"
          + " behind, or something is unreachable; 7 when a point is older than ten times the"
          + " interval, a site was never moored or was changed since it was proved, or evidence"
          + " can't be believed.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  private final MooringCommand mooring;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CLUSTER",
      description = "Which cluster; may be left out where there is one cluster file.")
  private String cluster = "";

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
    ClusterFiles files = mooring.clusterFiles();
    Cluster read = files.read(files.choose(cluster));
    StatusFacts facts = new ClusterLook(mooring, read).status(historyLength);
    StatusReport report = StatusJudge.judge(facts);
    int receipts = includeHistory ? historyLength : 0;
    if (format == Format.JSON) {
      mooring.console().say(StatusJson.of(facts, report, receipts));
    } else {
      mooring.console().say(StatusLines.of(report));
      if (includeHistory) {
        facts
            .evidence()
            .seen()
            .ifPresent(e -> mooring.console().say(StatusLines.history(e, receipts)));
      }
    }
    return report.exitCode().status();
  }
}
