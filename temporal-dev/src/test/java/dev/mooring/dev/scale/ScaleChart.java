package dev.mooring.dev.scale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the phases of a runbook grow with the fleet, for docs/performance.md: the three that are
 * longest at last, and beside them the first of them as it would be if it grew as hosts / 32 does,
 * which is what visiting 32 hosts at once makes of a phase whose work is on hosts.
 */
final class ScaleChart {
  private static final int SHOWN = 3;
  private static final double HOSTS_AT_ONCE = 32;

  private final String runbook;
  private final List<FleetSize> sizes = new ArrayList<>();
  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

  ScaleChart(String runbook) {
    this.runbook = runbook;
  }

  /** The next larger fleet; a phase that it lacks took no time. */
  void add(FleetSize size, Map<String, Double> phases) {
    phases
        .keySet()
        .forEach(
            phase ->
                seconds.computeIfAbsent(
                    phase, none -> new ArrayList<>(sizes.stream().map(s -> 0.0).toList())));
    seconds.forEach((phase, all) -> all.add(phases.getOrDefault(phase, 0.0)));
    sizes.add(size);
  }

  /** How many times as long it takes to visit the last fleet's hosts as those of the first. */
  private double allowed(FleetSize size) {
    return waves(size) / waves(sizes.get(0));
  }

  private static double waves(FleetSize size) {
    return Math.max(1, size.hosts() / HOSTS_AT_ONCE);
  }

  private List<Map.Entry<String, List<Double>>> longest() {
    return seconds.entrySet().stream()
        .sorted(
            Comparator.comparing(
                (Map.Entry<String, List<Double>> phase) -> -phase.getValue().get(sizes.size() - 1)))
        .limit(SHOWN)
        .toList();
  }

  /** A sentence for each phase that is drawn. */
  List<String> sentences() {
    FleetSize last = sizes.get(sizes.size() - 1);
    return longest().stream()
        .map(
            phase ->
                String.format(
                    Locale.ROOT,
                    "%s %s grew %.1f times, max(1, hosts / 32) %.1f times",
                    runbook,
                    phase.getKey(),
                    phase.getValue().get(sizes.size() - 1) / phase.getValue().get(0),
                    allowed(last)))
        .toList();
  }

  /** The picture, in Mermaid's words. */
  String mermaid() {
    List<Map.Entry<String, List<Double>>> drawn = longest();
    double first = drawn.get(0).getValue().get(0);
    StringBuilder chart = new StringBuilder("```mermaid\nxychart-beta\n");
    chart.append("    title \"").append(runbook).append(": ");
    chart.append(drawn.stream().map(Map.Entry::getKey).collect(Collectors.joining(", ")));
    chart.append("; last line: hosts / 32\"\n    x-axis \"instances per site\" ");
    chart.append(sizes.stream().map(FleetSize::contents).toList());
    chart.append("\n    y-axis \"seconds\"\n");
    drawn.forEach(phase -> line(chart, phase.getValue()));
    line(chart, sizes.stream().map(size -> first * allowed(size)).toList());
    return chart.append("```\n").toString();
  }

  private static void line(StringBuilder chart, List<Double> values) {
    chart
        .append("    line ")
        .append(values.stream().map(v -> String.format(Locale.ROOT, "%.2f", v)).toList())
        .append('\n');
  }
}
