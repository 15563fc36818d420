package dev.mooring.starter;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.ExitCode;
import dev.mooring.starter.console.Table;
import dev.mooring.starter.whois.WhoisLook;
import dev.mooring.topology.ClusterName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The status of several clusters: one line for each, the worst first. */
final class StatusOverview {
  /** Longer than a status takes that is answered at all. */
  private static final Duration WITHIN = Duration.ofSeconds(30);

  private final List<Line> worstFirst;

  private StatusOverview(List<Line> lines) {
    worstFirst =
        lines.stream()
            .sorted(Comparator.comparing(Line::order).reversed().thenComparing(Line::cluster))
            .toList();
  }

  /**
   * The line of one cluster.
   *
   * @param result its status, if it was read
   * @param why why it was not read
   */
  private record Line(ClusterName cluster, Optional<StatusResult> result, String why) {
    static Line seen(ClusterName cluster, StatusResult result) {
      return new Line(cluster, Optional.of(result), "");
    }

    static Line unseen(ClusterName cluster, String why) {
      return new Line(cluster, Optional.empty(), why);
    }

    private Judged order() {
      return result.map(StatusResult::worst).orElse(Judged.WRONG);
    }

    private boolean isGood() {
      return result.filter(seen -> seen.worst() == Judged.GOOD).isPresent();
    }

    private String state() {
      return isGood() ? "good" : result.map(seen -> seen.worst().level()).orElse("unknown");
    }

    private String count(Judged verdict) {
      long found =
          result.stream()
              .flatMap(seen -> seen.findings().stream())
              .filter(finding -> finding.verdict() == verdict)
              .count();
      return found == 0 ? "" : Long.toString(found);
    }

    private ExitCode exitCode() {
      return result.map(seen -> ExitCode.of(seen.worst())).orElse(ExitCode.FAILED);
    }
  }

  /** Reads all clusters at once; a cluster that can't be read hides no other. */
  static StatusOverview of(List<ClusterName> clusters, Function<ClusterName, StatusResult> look) {
    List<Supplier<Line>> begun = new ArrayList<>();
    try (WhoisLook looking = new WhoisLook(WITHIN)) {
      for (ClusterName cluster : clusters) {
        Supplier<Observed<Line>> line =
            looking.at(cluster.value(), FailureCode.OUTCOME_UNKNOWN, () -> line(cluster, look));
        begun.add(() -> line.get().match(seen -> seen, away -> Line.unseen(cluster, away.why())));
      }
      return new StatusOverview(begun.stream().map(Supplier::get).toList());
    }
  }

  private static Line line(ClusterName cluster, Function<ClusterName, StatusResult> look) {
    try {
      return Line.seen(cluster, look.apply(cluster));
    } catch (CommandFailure away) {
      return Line.unseen(cluster, String.valueOf(away.getMessage()));
    }
  }

  /** The verdict, then the table, then the command to type for the worst cluster. */
  List<String> lines(int width) {
    long good = worstFirst.stream().filter(Line::isGood).count();
    List<String> lines = new ArrayList<>();
    lines.add(
        good == worstFirst.size()
            ? "all " + good + " clusters are good"
            : good + " of " + worstFirst.size() + " clusters are good");
    lines.add("");
    Table table = new Table("cluster", "state", "verdict", "critical", "warnings");
    for (Line line : worstFirst) {
      table.row(
          line.cluster().value(),
          line.state(),
          line.result().map(StatusResult::headline).orElse(line.why()),
          line.count(Judged.WRONG),
          line.count(Judged.WARNING));
    }
    lines.addAll(table.lines(width));
    worstFirst.stream()
        .filter(line -> !line.isGood())
        .findFirst()
        .ifPresent(
            worst -> {
              lines.add("");
              lines.add("next: " + Commands.status(worst.cluster()) + " names each finding");
            });
    return lines;
  }

  /** The exit code of the worst cluster. */
  ExitCode exitCode() {
    return worstFirst.get(0).exitCode();
  }
}
