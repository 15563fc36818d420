package dev.mooring.starter;

import static java.util.stream.Collectors.joining;

import dev.mooring.metrics.ReferenceSamples;
import dev.mooring.quoting.Printable;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.status.StatusJson;
import dev.mooring.starter.status.StatusLines;
import dev.mooring.starter.status.StatusSamples;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mooring status}. */
@Command(
    name = "status",
    header = "Show the state of a cluster: the verdict first, then every instance.",
    description = {
      "The workers observe their own sites, in the run ClusterStatus: this machine needs Temporal"
          + " and nothing else. A server that does not answer within seconds is reported. Without"
          + " Temporal use `mooring whois`, which asks the hosts from this machine.",
      "",
      "Without a name it shows the only cluster that has a file, or one line for each, the worst"
          + " first.",
      "",
      "Exits 6 when a restore point is older than twice the interval of publishing, a site lags"
          + " behind publishing or its own schedule, the last run of a runbook failed, or something"
          + " is unreachable; 7 when a point is older than ten times the interval, a site was never"
          + " moored or was changed since it was proved, two instances accept writes for one"
          + " content, or evidence can't be believed. A site that no schedule moors is never late.",
      ""
    })
final class StatusCommand implements Callable<Integer> {
  private static final int LONGEST_WATCH_SECONDS = 3_600;

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
      description =
          "Write the answer to this file, complete or not at all, instead of to standard output.")
  private @Nullable Path output;

  @Option(
      names = "--metrics-name",
      paramLabel = "PREFIX",
      description =
          "With --format prometheus: print the five metrics of whpg_dr_sync too, under this"
              + " prefix.")
  private @Nullable String metricsName;

  @Option(
      names = "--watch",
      paramLabel = "SECONDS",
      description =
          "Observe again after so many seconds, 1 to 3600, until Ctrl-C. A failed observation"
              + " is shown, and the next one made.")
  private @Nullable Integer watch;

  StatusCommand(MooringCommand mooring) {
    this.mooring = mooring;
  }

  @Override
  public Integer call() {
    requireSense();
    List<ClusterName> clusters = clusters();
    ClusterName name = clusters.get(0);
    int receipts = includeHistory ? historyLength : 0;
    if (watch != null) {
      return watch(() -> page(clusters, receipts), Duration.ofSeconds(watch));
    }
    if (clusters.size() > 1) {
      StatusOverview overview = overview(clusters);
      overview.lines(mooring.console().width()).forEach(mooring.console()::say);
      return overview.exitCode().status();
    }
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
    return ExitCode.of(result.worst()).status();
  }

  /** Programs, files and histories need one cluster: the named or the only one. */
  private List<ClusterName> clusters() {
    ClusterFiles files = mooring.clusterFiles();
    return format == Format.TABLE && output == null && !includeHistory
        ? cluster.chooseAll(files)
        : List.of(cluster.choose(files));
  }

  private StatusOverview overview(List<ClusterName> clusters) {
    return StatusOverview.of(clusters, name -> look(name, 0));
  }

  private List<String> page(List<ClusterName> clusters, int receipts) {
    return clusters.size() > 1
        ? overview(clusters).lines(mooring.console().width())
        : table(look(clusters.get(0), receipts), receipts).lines().toList();
  }

  /** Until Ctrl-C ends the process, or its output has no reader any more. */
  private int watch(Supplier<List<String>> look, Duration pause) {
    boolean isRead = true;
    while (isRead) {
      List<String> page = new ArrayList<>();
      try {
        page.addAll(look.get());
      } catch (RuntimeException failure) {
        CommandTree.complaint(mooring, CommandTree.failureOf(failure)).stream()
            .flatMap(String::lines)
            .forEach(page::add);
      }
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      // once more if the page is longer than the terminal
      String verdict = page.get(0);
      page.add("");
      page.add(
          String.format(
              "read at %s, again in %d s, Ctrl-C ends it: %s", now, pause.toSeconds(), verdict));
      isRead = mooring.console().page(page) && hasSlept(pause);
    }
    return ExitCode.FAILED.status();
  }

  private static boolean hasSlept(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void requireSense() {
    if (watch != null && (watch < 1 || watch > LONGEST_WATCH_SECONDS)) {
      throw CommandFailure.usage(
          "--watch " + watch + " must be 1 to " + LONGEST_WATCH_SECONDS + " seconds",
          "`mooring status --watch 5` repeats it 5 s after each answer");
    }
    if (watch != null && (format != Format.TABLE || output != null)) {
      throw CommandFailure.usage(
          "--watch shows a person the table, and goes with neither --format nor --output",
          "leave --watch out, and let a timer run the command");
    }
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
          "whpg_dr_sync is the default of that tool");
    }
  }

  private String table(StatusResult result, int receipts) {
    int width = output == null ? mooring.console().width() : Table.UNLIMITED;
    List<String> lines = new ArrayList<>(StatusLines.of(result, width));
    if (includeHistory) {
      result.evidence().forEach(seen -> lines.addAll(StatusLines.history(seen, receipts, width)));
    }
    return lines.stream().map(line -> Printable.line(line) + "\n").collect(joining());
  }

  private StatusResult look(ClusterName name, int receipts) {
    int documents = format == Format.JSON ? receipts : 0;
    RunOrder order = RunOrder.status(name, receipts, documents, mooring.user());
    try {
      return StatusAnswer.to(mooring, order);
    } catch (CommandFailure away) {
      throw away.orElse("`mooring whois " + name + "` observes from here, without Temporal");
    }
  }
}
