package dev.mooring.starter;

import dev.mooring.metrics.ReferenceSamples;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.status.StatusJson;
import dev.mooring.starter.status.StatusLines;
import dev.mooring.starter.status.StatusSamples;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      paramLabel = "table|json|prometheus",
      description =
          "table for people (default), json for programs, prometheus for a text-file collector.")
  private Format format = Format.TABLE;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Put the answer there, whole or not at all, instead of on standard output.")
  private @Nullable Path output;

  @Option(
      names = "--metrics-name",
      paramLabel = "PREFIX",
      description =
          "With --format prometheus: tell the five metrics of whpg_dr_sync too, under this prefix.")
  private @Nullable String metricsName;

  StatusCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    requireSense();
    ClusterName name = cluster.choose(mooring.clusterFiles());
    int receipts = includeHistory ? historyLength : 0;
    StatusResult result = look(name, receipts);
    String answer =
        switch (format) {
          case JSON -> StatusJson.of(result, receipts) + "\n";
          case PROMETHEUS -> StatusSamples.of(result, Optional.ofNullable(metricsName));
          case TABLE -> table(result, receipts);
        };
    if (output == null) {
      answer.lines().forEach(mooring.console()::say);
    } else {
      WholeFile.write(output, answer);
    }
    return StatusLines.exitCode(result).status();
  }

  private void requireSense() {
    if (metricsName != null && format != Format.PROMETHEUS) {
      throw CommandFailure.usage(
          "--metrics-name " + metricsName + " names metrics, and none are asked for",
          "add --format prometheus, or leave it out");
    }
    if (metricsName != null && !ReferenceSamples.isPrefix(metricsName)) {
      throw CommandFailure.usage(
          "--metrics-name must be letters, digits and _, and not begin with a digit, got '"
              + metricsName
              + "'",
          "whpg_dr_sync is what that tool takes unless told otherwise");
    }
  }

  private String table(StatusResult result, int receipts) {
    int width = output == null ? mooring.console().width() : Table.UNLIMITED;
    List<String> lines = new ArrayList<>(StatusLines.of(result, width));
    if (includeHistory) {
      result.evidence().forEach(seen -> lines.addAll(StatusLines.history(seen, receipts, width)));
    }
    return String.join("\n", lines) + "\n";
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
