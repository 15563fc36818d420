package dev.mooring.runbook.check;

import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniHooks.RoleTold;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * Whether Patroni asks Mooring's authority before it promotes, and whether that knows who leads.
 */
final class PromotionRows {
  private static final String PATRONI = "Patroni: ";
  private static final String BEFORE = "pre_promote";
  private static final List<String> CALLBACKS = List.of("on_start", "on_stop", "on_role_change");

  private static final String THERE = " puts mooring-patroni there";

  private final Cluster cluster;
  private final Rows rows;

  PromotionRows(Cluster cluster, Rows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  void judge(PatroniStanding standing) {
    cluster.members().forEach(member -> hooks(member, standing));
    kept(standing);
    leads(standing);
  }

  private void hooks(Instance member, PatroniStanding standing) {
    Optional<PatroniHooks> hooks = standing.hooks(member.id());
    row(
        PATRONI + member.id() + "'s pre_promote",
        standing,
        hooks,
        List.of(BEFORE),
        "asks the authority of its host before a promotion of its own");
    row(
        PATRONI + member.id() + "'s callbacks",
        standing,
        hooks,
        CALLBACKS,
        "each change of its role leaves a record");
  }

  /**
   * What is not seen is never good: Patroni's REST API tells nothing of a member's own settings.
   */
  private void row(
      String looked,
      PatroniStanding standing,
      Optional<PatroniHooks> hooks,
      List<String> wanted,
      String limit) {
    List<String> missing =
        wanted.stream()
            .filter(one -> hooks.filter(seen -> seen.calling().contains(one)).isEmpty())
            .toList();
    boolean installed = hooks.filter(PatroniHooks::installed).isPresent();
    if (missing.isEmpty() && installed) {
      rows.good(looked, "calls mooring-patroni" + last(hooks.get(), wanted), limit);
    } else if (hooks.isEmpty()) {
      rows.warning(looked, "NOT SEEN: its host was not seen", limit, "let its host answer");
    } else if (missing.isEmpty()) {
      rows.wrong(
          looked,
          "is configured, and the program is not there: Patroni promotes nobody then",
          limit,
          adopt(standing, THERE));
    } else {
      String file = hooks.get().configuration();
      rows.warning(
          looked,
          file.isEmpty()
              ? "NOT SEEN: no configuration of its Patroni was found that can be read"
              : String.join(", ", missing) + " not in " + file,
          limit,
          (installed ? "" : adopt(standing, THERE) + ", then ")
              + "let its Patroni call mooring-patroni there, as docs/operations/patroni.md has it");
    }
  }

  private static String last(PatroniHooks hooks, List<String> wanted) {
    return hooks.last().stream()
        .filter(told -> wanted.contains(told.action()))
        .reduce((earlier, later) -> later)
        .map(PromotionRows::inWords)
        .orElse("");
  }

  private static String inWords(RoleTold told) {
    return String.format(
        ", last at %s: %s %s on timeline %s",
        told.at(), told.action(), told.role(), told.timeline());
  }

  private String adopt(PatroniStanding standing, String then) {
    return standing
        .leader()
        .map(leads -> Commands.adopt(cluster.name(), leads) + then)
        .orElseGet(() -> Commands.status(cluster.name()) + " shows why nobody leads");
  }

  private void kept(PatroniStanding standing) {
    for (InstanceRole role : standing.kept()) {
      rows.warning(
          PATRONI + role.instance() + "'s authority",
          PatroniStanding.named(role.authority()) + ": it is not promoted",
          "names it, or Patroni",
          adopt(standing, " lets Patroni promote all others again"));
    }
  }

  private void leads(PatroniStanding standing) {
    String looked = PATRONI + "promotions";
    String limit = "the one that leads is the one that the authority of its host names";
    standing
        .unknown()
        .ifPresentOrElse(
            leads ->
                rows.warning(
                    looked,
                    standing.inWords(leads),
                    limit,
                    Commands.adopt(cluster.name(), leads) + ", if it is to lead"),
            () ->
                standing
                    .leader()
                    .ifPresent(
                        leads -> {
                          if (standing.host(leads).isPresent()) {
                            rows.good(looked, leads + " leads, and is named", limit);
                          } else {
                            rows.warning(
                                looked,
                                "NOT SEEN: the host of " + leads + " was not seen",
                                limit,
                                "let that host answer");
                          }
                        }));
  }
}
