package dev.mooring.runbook.check;

import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniHooks.RoleReported;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.PatroniAnswers;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/** Whether Patroni asks Mooring's authority file before it promotes, and who it names. */
final class PromotionRows {
  private static final String BEFORE = "pre_promote";
  private static final List<String> CALLBACKS = List.of("on_start", "on_stop", "on_role_change");

  private static final String THERE = " puts mooring-patroni there";

  private final Cluster cluster;
  private final CheckRows rows;

  PromotionRows(Cluster cluster, CheckRows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  void judge(PatroniStanding standing) {
    cluster.members().forEach(member -> hooks(member, standing));
    kept(standing);
    PatroniAnswers.promotions(cluster, standing).ifPresent(rows::add);
  }

  private void hooks(Instance member, PatroniStanding standing) {
    Optional<PatroniHooks> hooks = standing.hooks(member.id());
    row(
        "pre-promote",
        member,
        standing,
        hooks,
        List.of(BEFORE),
        "asks the authority of its host before a promotion of its own");
    row("callbacks", member, standing, hooks, CALLBACKS, "each change of its role leaves a record");
  }

  /** Unread is never good: Patroni's REST API does not report a member's own settings. */
  private void row(
      String id,
      Instance member,
      PatroniStanding standing,
      Optional<PatroniHooks> hooks,
      List<String> wanted,
      String limit) {
    List<String> missing =
        wanted.stream()
            .filter(one -> hooks.filter(seen -> seen.calling().contains(one)).isEmpty())
            .toList();
    InstanceId of = member.id();
    boolean installed = hooks.filter(PatroniHooks::installed).isPresent();
    if (missing.isEmpty() && installed) {
      rows.good(id, of, "calls mooring-patroni" + last(hooks.get(), wanted), limit);
    } else if (hooks.isEmpty()) {
      rows.warning(id, of, "UNKNOWN: its host was not read", limit, "make its host reachable");
    } else if (missing.isEmpty()) {
      rows.wrong(
          id,
          of,
          "is configured, and the program is not there: Patroni promotes no standby then",
          limit,
          adopt(standing, THERE));
    } else {
      String file = hooks.get().configuration();
      rows.warning(
          id,
          of,
          file.isEmpty()
              ? "UNKNOWN: no readable configuration of its Patroni was found"
              : String.join(", ", missing) + " not in " + file,
          limit,
          (installed ? "" : adopt(standing, THERE) + ", then ")
              + "configure its Patroni to call mooring-patroni, as docs/operations/patroni.md"
              + " shows");
    }
  }

  private static String last(PatroniHooks hooks, List<String> wanted) {
    return hooks.last().stream()
        .filter(reported -> wanted.contains(reported.action()))
        .reduce((earlier, later) -> later)
        .map(PromotionRows::inWords)
        .orElse("");
  }

  private static String inWords(RoleReported reported) {
    return String.format(
        ", last at %s: %s %s on timeline %s",
        reported.at(), reported.action(), reported.role(), reported.timeline());
  }

  private String adopt(PatroniStanding standing, String then) {
    return standing
        .leader()
        .map(leads -> Commands.adopt(cluster.name(), leads) + then)
        .orElseGet(() -> Commands.status(cluster.name()) + " shows why no member is the leader");
  }

  private void kept(PatroniStanding standing) {
    for (InstanceRole role : standing.kept()) {
      rows.warning(
          "authority-file",
          role.instance(),
          PatroniStanding.named(role.authority()) + ": it is not promoted",
          "names it, or Patroni",
          adopt(standing, " lets Patroni promote all others again"));
    }
  }
}
