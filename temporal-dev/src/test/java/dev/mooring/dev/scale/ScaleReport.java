package dev.mooring.dev.scale;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures of all sizes, each beside its bar. */
final class ScaleReport {
  private static final Duration ABOVE_AT_MOST = Duration.ofSeconds(10);
  private static final int EVENTS_BELOW = 10_000;
  private static final int PAYLOAD_AT_MOST = 500_000;
  private static final long WORKER_BELOW_MEGABYTES = 512;
  private static final int HOSTS_AT_ONCE = 32;
  private static final long SHORT_MILLIS = 250;

  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  ScaleReport(PrintStream out) {
    this.out = out;
  }

  private record Row(FleetSize size, String runbook, ScaleRun.Cost cost) {}

  void add(FleetSize size, ScaleRun.Cost publish, ScaleRun.Cost consume, long megabytes) {
    judge(size, "publish", publish);
    judge(size, "consume", consume);
    bar(
        size + ": the worker at its largest " + megabytes + " MB",
        megabytes < WORKER_BELOW_MEGABYTES);
  }

  private void judge(FleetSize size, String runbook, ScaleRun.Cost cost) {
    rows.add(new Row(size, runbook, cost));
    String what = size + " " + runbook + ": ";
    bar(
        what + ScaleMain.seconds(cost.above()) + " above the fleet's own latencies",
        cost.above().compareTo(ABOVE_AT_MOST) <= 0);
    bar(what + cost.events() + " events", cost.events() < EVENTS_BELOW);
    bar(
        what + "largest payload " + cost.largest().bytes() + " B, " + cost.largest().where(),
        cost.largest().bytes() <= PAYLOAD_AT_MOST);
    bar(what + cost.scripts() + " scripts at once", cost.scripts() <= HOSTS_AT_ONCE);
  }

  /**
   * No phase may grow faster than the hosts do, from each size to the next; where both are short,
   * what a step costs at any size hides it.
   */
  private void judgeGrowth(Row before, Row row) {
    double hosts = (double) row.size().hosts() / before.size().hosts();
    row.cost()
        .steps()
        .forEach(
            (step, took) -> {
              Duration then = before.cost().steps().getOrDefault(step, took);
              double most = hosts * Math.max(then.toMillis(), SHORT_MILLIS);
              bar(
                  String.format(
                      Locale.ROOT,
                      "%d hosts %s %s: %s, %s on %d hosts",
                      row.size().hosts(),
                      row.runbook(),
                      step,
                      ScaleMain.seconds(took),
                      ScaleMain.seconds(then),
                      before.size().hosts()),
                  took.toMillis() <= most);
            });
  }

  /** Judges what only all sizes together show. */
  void compareSizes() {
    for (int i = 2; i < rows.size(); i++) {
      judgeGrowth(rows.get(i - 2), rows.get(i));
    }
  }

  private void bar(String sentence, boolean met) {
    if (!met) {
      missed.add(sentence);
    }
    out.println((met ? "met      " : "NOT met  ") + sentence);
  }

  boolean met() {
    return missed.isEmpty();
  }

  void print() {
    out.println(
        "| instances per site | hosts | runbook | took | above | events | payload | phases |");
    out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Row row : rows) {
      ScaleRun.Cost cost = row.cost();
      out.printf(
          Locale.ROOT,
          "| %d | %d | %s | %s | %s | %d | %d kB | %s |%n",
          row.size().contents(),
          row.size().hosts(),
          row.runbook(),
          ScaleMain.seconds(cost.took()),
          ScaleMain.seconds(cost.above()),
          cost.events(),
          cost.largest().bytes() / 1000,
          phases(cost));
    }
    List.of("publish", "consume").forEach(this::draw);
    missed.forEach(sentence -> out.println("NOT met: " + sentence));
  }

  /** Told beside the bars, not judged: not all work of a phase is on hosts. */
  private void draw(String runbook) {
    ScaleChart chart = new ScaleChart(runbook);
    for (Row row : rows) {
      if (row.runbook().equals(runbook)) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        row.cost().steps().forEach((step, took) -> seconds.put(step, took.toMillis() / 1000.0));
        chart.add(row.size(), seconds);
      }
    }
    chart.sentences().forEach(out::println);
    out.print(chart.mermaid());
  }

  private static String phases(ScaleRun.Cost cost) {
    return cost.steps().entrySet().stream()
        .map(step -> step.getKey() + " " + ScaleMain.seconds(step.getValue()))
        .collect(Collectors.joining(", "));
  }
}
