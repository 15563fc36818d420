package dev.mooring.runbook.resilver;

import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.List;

/**
 * An administrator's own command that is run around the resilver of each instance.
 *
 * @param setting of the cluster file that holds it
 * @param template its text, with names in braces
 * @param within how long it may take
 */
record OwnCommand(String setting, String template, Duration within) {

  /** The one before anything is touched: one, or none. */
  static List<OwnCommand> before(Cluster cluster) {
    return cluster.streaming().orElseThrow().resilver().commands().stream()
        .map(one -> new OwnCommand("resilver.before", one.before(), one.within()))
        .filter(one -> !one.template().isEmpty())
        .toList();
  }

  /** The one once it streams: one, or none. */
  static List<OwnCommand> after(Cluster cluster) {
    return cluster.streaming().orElseThrow().resilver().commands().stream()
        .map(one -> new OwnCommand("resilver.after", one.after(), one.within()))
        .filter(one -> !one.template().isEmpty())
        .toList();
  }

  /** As a plan names it. */
  String inWords() {
    return setting + " is run: " + template;
  }
}
