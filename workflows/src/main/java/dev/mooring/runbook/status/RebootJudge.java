package dev.mooring.runbook.status;

import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.TakenRight;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What starts the primary after a reboot of its host: the watch, a person, or its launcher. A note,
 * because nothing is wrong before a reboot. Not judged if Patroni manages the members, or none
 * streams.
 */
final class RebootJudge {
  static final String ID = "start-after-reboot";

  private static final String GUARDED =
      "put `mooring-guard --this-boot=120` before it (docs/operations/fencing.md)";

  /** That a launcher asks the guard at all. */
  private static final List<Proof> ASKED =
      List.of(Proof.GUARDED_LAUNCHER, Proof.UNIT, Proof.AFTER_REBOOT);

  private final StatusFacts facts;
  private final Cluster cluster;

  private RebootJudge(StatusFacts facts) {
    this.facts = facts;
    this.cluster = facts.cluster();
  }

  static List<CheckRow> findings(StatusFacts facts) {
    if (facts.cluster().streaming().isEmpty() || DrivenFromOutside.is(facts.cluster())) {
      return List.of();
    }
    return facts.streaming().monitoring().stream()
        .map(monitoring -> new RebootJudge(facts).row(monitoring))
        .toList();
  }

  private CheckRow row(Observed<Monitoring> monitoring) {
    StreamingPolicy policy = cluster.streaming().orElseThrow();
    Optional<Instance> primary = primary();
    if (policy.failover().startsAfterReboot()) {
      return row(primary, "its launcher: guard.afterReboot is start", "");
    }
    if (primary.isEmpty()) {
      return row(primary, "not known: no host that was read names it", "");
    }
    return unguarded(primary.get())
        .orElseGet(
            () ->
                policy.watchStartsAfterReboot()
                    ? byWatch(primary.get(), monitoring)
                    : row(
                        primary,
                        "a person: guard.startAfterReboot is ask",
                        "`mooring start-primary %s --reason WHY` after a reboot"
                            .formatted(cluster.name())));
  }

  private CheckRow byWatch(Instance primary, Observed<Monitoring> monitoring) {
    return monitoring.match(
        seen -> byWatch(primary, seen),
        unseen ->
            row(
                Optional.of(primary),
                "a person: whether automation is paused can't be read",
                Commands.monitor(cluster.name())));
  }

  private CheckRow byWatch(Instance primary, Monitoring seen) {
    Optional<String> why =
        seen.watched()
            ? seen.pauses().stream().findFirst().map(one -> "automation is " + one.inWords())
            : Optional.of("no watch runs");
    return row(
        Optional.of(primary),
        why.map(asks -> "a person: " + asks)
            .orElse("the watch, while its launcher waits for the guard on " + primary.host()),
        why.map(asks -> Commands.monitorOn(cluster.name())).orElse(""));
  }

  /** A launcher that does not ask the guard starts the server with the host. */
  private Optional<CheckRow> unguarded(Instance primary) {
    boolean guarded =
        facts.streaming().roles().stream()
            .filter(role -> role.instance().equals(primary.id()))
            .anyMatch(role -> role.start().guarded());
    if (!guarded) {
      return Optional.of(
          row(
              Optional.of(primary),
              "its launcher: mooring-guard is not on " + primary.host(),
              Commands.setUp(cluster.name()) + " installs it; then " + GUARDED));
    }
    return facts.streaming().rehearsals().stream()
        .flatMap(host -> host.of(primary.id()).stream())
        .filter(RebootJudge::isUnasked)
        .findFirst()
        .map(
            last ->
                row(
                    Optional.of(primary),
                    "its launcher: the last rehearsal showed none that asks the guard",
                    GUARDED + ", then " + Commands.rehearse(cluster.name())));
  }

  /** A record without any proof, as from before that field, shows nothing of its launchers. */
  private static boolean isUnasked(LastRehearsal last) {
    return !last.shown().isEmpty()
        && (last.notRehearsed().contains(Proof.AFTER_REBOOT)
            || ASKED.stream().noneMatch(last.shown()::contains));
  }

  /** The one that the newest authority files name, if its own host was read. */
  private Optional<Instance> primary() {
    return TakenRight.newestWithoutStandbys(facts.streaming().roles()).stream()
        .filter(role -> role.authority().writer().equals(role.instance().value()))
        .map(InstanceRole::instance)
        .findFirst()
        .flatMap(cluster::member);
  }

  private static CheckRow row(Optional<Instance> primary, String who, String remedy) {
    return CheckRow.note(
        ID, primary.map(one -> one.id().value()).orElse(""), who, "known before a reboot", remedy);
  }
}
