package dev.mooring.runbook.status;

import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.PatroniAnswers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Patroni reports if it manages the members, and whether the authority files agree. */
final class PatroniJudge {
  private final Cluster cluster;
  private final Optional<PatroniStanding> standing;

  PatroniJudge(StatusFacts facts) {
    this.cluster = facts.cluster();
    this.standing = facts.streaming().patroni();
  }

  /** The silence of the store; empty if the store answers. */
  List<String> verdict() {
    return observed().filter(patroni -> patroni.storeSilent().isPresent()).stream()
        .map(PatroniAnswers::goesOn)
        .map(
            goesOn ->
                "PATRONI'S STORE IS SILENT, so Patroni promotes no member"
                    + (goesOn.isEmpty() ? "" : "; " + goesOn + " stays the leader without it"))
        .toList();
  }

  /** That two accept writes. */
  List<CheckRow> split() {
    return observed().map(ObservedPatroni::writers).filter(all -> all.size() > 1).stream()
        .map(
            all ->
                CheckRow.wrong(
                    "leader", PatroniAnswers.PATRONI, all + " accept writes", "one", OneWriter.END))
        .toList();
  }

  private Optional<ObservedPatroni> observed() {
    return standing
        .flatMap(there -> there.patroni().seen())
        .map(seen -> new ObservedPatroni(cluster.patroni().orElseThrow(), seen));
  }

  /** A silent store is wrong; a member that does not answer may still work. */
  List<CheckRow> findings() {
    List<CheckRow> findings = new ArrayList<>();
    for (PatroniStanding there : standing.stream().toList()) {
      PatroniAnswers.of(cluster, there.patroni()).stream()
          .map(row -> row.is("dcs", PatroniAnswers.PATRONI) ? row : row.asWarning())
          .forEach(findings::add);
      if (there.unknown().isPresent()) {
        PatroniAnswers.promotions(cluster, there).ifPresent(findings::add);
      }
    }
    return findings;
  }
}
