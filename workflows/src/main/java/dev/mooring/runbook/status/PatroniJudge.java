package dev.mooring.runbook.status;

import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.PatroniPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Patroni says of itself where it runs the members, and whether the authority knows of it. */
final class PatroniJudge {
  private final Cluster cluster;
  private final Optional<PatroniStanding> standing;

  PatroniJudge(StatusFacts facts) {
    this.cluster = facts.cluster();
    this.standing = facts.patroni();
  }

  /** Of a store that is silent; nothing where it answers. */
  List<String> verdict() {
    return silent()
        .map(
            failure ->
                "PATRONI'S STORE IS SILENT, so that Patroni promotes nobody"
                    + (goesOn().isEmpty() ? "" : "; " + goesOn() + " goes on without it"))
        .stream()
        .toList();
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    standing.ifPresent(
        there ->
            there
                .patroni()
                .match(
                    seen -> findings.addAll(seen(seen)),
                    unseen ->
                        findings.add(
                            Finding.warning(
                                "Patroni was not seen: " + unseen.why(), unseen.remedy()))));
    standing
        .flatMap(PatroniStanding::unknown)
        .ifPresent(
            leads ->
                findings.add(
                    Finding.warning(
                        standing.orElseThrow().inWords(leads),
                        Commands.adopt(cluster.name(), leads) + ", if it is to lead")));
    return findings;
  }

  private List<Finding> seen(PatroniObserved seen) {
    List<Finding> findings = new ArrayList<>();
    silent()
        .ifPresent(
            failure ->
                findings.add(
                    Finding.critical(
                        goesOn().isEmpty()
                            ? "Patroni's store is silent, and its leader stops: "
                                + failure.message()
                            : String.format(
                                "Patroni's store is silent, and %s goes on by failsafe_mode while"
                                    + " it reaches every member: %s",
                                goesOn(), failure.message()),
                        failure.code().hint())));
    seen.failures().stream()
        .filter(failure -> !failure.member().isEmpty())
        .forEach(
            failure ->
                findings.add(
                    Finding.warning(
                        "Patroni of " + failure.member().get(0) + ": " + failure.message(),
                        failure.code().hint())));
    return findings;
  }

  private Optional<PatroniFailure> silent() {
    return sight().flatMap(ObservedPatroni::storeSilent);
  }

  private Optional<ObservedPatroni> sight() {
    Optional<PatroniPolicy> policy = cluster.patroni();
    return standing
        .flatMap(there -> there.patroni().seen())
        .flatMap(seen -> policy.map(by -> new ObservedPatroni(by, seen)));
  }

  /** The leader that goes on without the store, or nobody. */
  private String goesOn() {
    return sight().stream()
        .flatMap(sight -> sight.withoutStore().stream())
        .map(MemberSeen::instance)
        .map(String::valueOf)
        .findFirst()
        .orElse("");
  }
}
