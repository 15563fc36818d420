package dev.mooring.worker.hooks;

import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runbooks that a hook may start: those that change no instance's role, and those that make a
 * plan and then wait until a person approves it.
 */
enum HookedRunbook {
  FAILOVER(Runbook.FAILOVER, "the primary accepts writes again", "to"),
  START_PRIMARY(
      Runbook.START_PRIMARY,
      "the primary accepts writes again, and no other member does",
      "instance"),
  RESILVER(Runbook.RESILVER, "the standbys stream", "instances"),
  PUBLISH(Runbook.PUBLISH_CYCLE, "", "switchWal"),
  CONSUME(Runbook.DR_CONSUME, "", "site", "target", "patience"),
  CHECK(null, "");

  /** Their names in rules. */
  static final List<String> NAMES = Arrays.stream(values()).map(HookedRunbook::text).toList();

  private final @Nullable Runbook runbook;
  private final String endsOnce;
  private final String arguments;

  /**
   * @param endsOnce what ends its run while that waits for an approval; empty if it waits for none
   */
  HookedRunbook(@Nullable Runbook runbook, String endsOnce, String... arguments) {
    this.runbook = runbook;
    this.endsOnce = endsOnce;
    this.arguments = String.join(" ", arguments);
  }

  /** The fields of its request that a rule may fill. */
  List<String> arguments() {
    return arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));
  }

  static Optional<HookedRunbook> named(String text) {
    return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The workflow type. */
  String type() {
    return runbook == null ? "ClusterCheck" : runbook.type();
  }

  /** What becomes of its run when the alert is resolved. */
  String whenResolved() {
    return endsOnce.isEmpty()
        ? text() + " waits for no approval, and runs to its end"
        : String.format(
            "a %s that waits for an approval observes that itself, and ends once %s",
            text(), endsOnce);
  }

  /** Whether its request has a mode, and names the requester and the reason. */
  boolean acts() {
    return runbook != null;
  }

  /** The id of a person's run of it; the id of an incident's run extends it. */
  String id(ClusterName cluster, Map<String, String> arguments) {
    if (this == CONSUME) {
      return RunIds.consume(cluster, new SiteName(arguments.getOrDefault("site", "")));
    }
    return runbook == null ? RunIds.check(cluster) : runbook.id(cluster);
  }
}
