package dev.mooring.dev.scale;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of all sizes, each beside its bar. */
final class ScaleReport {
  private static final Duration ABOVE_AT_MOST = Duration.ofSeconds(10);
  private static final int EVENTS_BELOW = 10_000;
  private static final int PAYLOAD_AT_MOST = 500_000;
  private static final long WORKER_BELOW_MEGABYTES = 512;
  private static final int HOSTS_AT_ONCE = 32;

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
    bar(size + ": worker " + megabytes + " MB", megabytes < WORKER_BELOW_MEGABYTES);
  }

  private void judge(FleetSize size, String runbook, ScaleRun.Cost cost) {
    rows.add(new Row(size, runbook, cost));
    String what = size + " " + runbook + ": ";
    bar(
        what + ScaleMain.seconds(cost.above()) + " above the fleet's own latencies",
        cost.above().compareTo(ABOVE_AT_MOST) <= 0);
    bar(what + cost.events() + " events", cost.events() < EVENTS_BELOW);
    bar(what + "largest payload " + cost.largest(), cost.largest().bytes() <= PAYLOAD_AT_MOST);
    bar(what + cost.scripts() + " scripts at once", cost.scripts() <= HOSTS_AT_ONCE);
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
        "| instances per site | hosts | runbook | took | fleet's own | above | events | largest"
            + " payload |");
    out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Row row : rows) {
      ScaleRun.Cost cost = row.cost();
      out.printf(
          Locale.ROOT,
          "| %d | %d | %s | %s | %s | %s | %d | %d kB |%n",
          row.size().contents(),
          row.size().hosts(),
          row.runbook(),
          ScaleMain.seconds(cost.took()),
          ScaleMain.seconds(cost.path()),
          ScaleMain.seconds(cost.above()),
          cost.events(),
          cost.largest().bytes() / 1000);
      cost.steps()
          .forEach((step, took) -> out.println("  " + step + " " + ScaleMain.seconds(took)));
    }
  }
}
