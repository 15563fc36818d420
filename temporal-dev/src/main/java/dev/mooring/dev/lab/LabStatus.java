package dev.mooring.dev.lab;

import java.util.stream.Collectors;

/** A lab as a table: one line per instance. */
final class LabStatus {
  private static final String LINE = "%-10s %-5s %-7s %-4s %-21s %-8s %s";
  private final Lab lab;

  LabStatus(Lab lab) {
    this.lab = lab;
  }

  /** The instances, how their hosts are separated, and whether the load runs. */
  String text() {
    return table()
        + "\n"
        + lab.patroni().map(patroni -> patroni.reported() + "\n").orElse("")
        + lab.fronts().map(fronts -> fronts.reported() + "\n").orElse("")
        + lab.isolation().reported()
        + "\nload "
        + (lab.load().isRunning() ? "runs" : "does not run");
  }

  private String table() {
    String head =
        LINE.formatted("INSTANCE", "SITE", "CONTENT", "HOST", "ADDRESS", "SERVER", "STATE");
    return lab.instances().stream()
        .map(this::line)
        .collect(
            Collectors.joining("\n", "cluster file " + lab.clusterFile() + "\n" + head + "\n", ""));
  }

  private String line(LabInstance instance) {
    return LINE.formatted(
        instance.id(),
        instance.site(),
        instance.content(),
        instance.host().name(),
        instance.host().address() + ":" + instance.port(),
        lab.isRunning(instance) ? "running" : "stopped",
        lab.controlState(instance));
  }
}
