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

/**
 * The runbooks that a hook may start: those that change no instance's role, and those that make a
 * plan and then wait until a person approves it.
 */
enum HookedRunbook {
  FAILOVER("Failover", true, "to"),
  START_PRIMARY("StartPrimary", true, "instance"),
  RESILVER("Resilver", true, "instances"),
  PUBLISH("PublishCycle", true, "switchWal"),
  CONSUME("DrConsume", true, "site", "target", "patience"),
  CHECK("ClusterCheck", false);

  /** Their names in rules. */
  static final List<String> NAMES = Arrays.stream(values()).map(HookedRunbook::text).toList();

  private final String type;
  private final boolean acts;
  private final String arguments;

  HookedRunbook(String type, boolean acts, String... arguments) {
    this.type = type;
    this.acts = acts;
    this.arguments = String.join(" ", arguments);
  }

  /** The fields of its request that a rule may fill. */
  List<String> arguments() {
    return List.of(arguments.split(" "));
  }

  static Optional<HookedRunbook> named(String text) {
    return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The workflow type. */
  String type() {
    return type;
  }

  /** Whether its request has a mode, and names the requester and the reason. */
  boolean acts() {
    return acts;
  }

  /** The id of a person's run of it; the id of an incident's run extends it. */
  String id(ClusterName cluster, Map<String, String> arguments) {
    return switch (this) {
      case FAILOVER -> Runbook.FAILOVER.id(cluster);
      case START_PRIMARY -> Runbook.START_PRIMARY.id(cluster);
      case RESILVER -> Runbook.RESILVER.id(cluster);
      case PUBLISH -> Runbook.PUBLISH_CYCLE.id(cluster);
      case CONSUME -> RunIds.consume(cluster, new SiteName(arguments.getOrDefault("site", "")));
      case CHECK -> RunIds.check(cluster);
    };
  }
}
