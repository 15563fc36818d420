package dev.mooring.runbook.status;

import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.EndpointRows;
import dev.mooring.runbook.members.EndpointWords;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Endpoints that point elsewhere than at the primary, or are paused, while no run moves it: a
 * terminated move leaves them so.
 */
final class EndpointsJudge {
  /** Steps in which such a run waits, perhaps for days, and has done nothing yet. */
  private static final List<String> BEFORE_ANY_ACT = List.of("WATCH", "APPROVE");

  private final StatusFacts facts;
  private final List<Instance> writing;

  private EndpointsJudge(StatusFacts facts) {
    this.facts = facts;
    this.writing =
        facts.streaming().members().stream()
            .filter(one -> one.seen().seen().filter(m -> !m.standing().inRecovery()).isPresent())
            .map(ObservedMember::instance)
            .toList();
  }

  static List<CheckRow> findings(StatusFacts facts) {
    return facts.streaming().endpoints().filter(seen -> !isMoved(facts)).stream()
        .flatMap(new EndpointsJudge(facts)::findings)
        .toList();
  }

  private static boolean isMoved(StatusFacts facts) {
    return facts.service().seen().map(ServiceObserved::open).orElse(List.of()).stream()
        .filter(run -> Runbook.ofType(run.runbook()).filter(Runbook::changesRoles).isPresent())
        .map(OpenRun::step)
        .anyMatch(step -> !BEFORE_ANY_ACT.contains(step));
  }

  private Stream<CheckRow> findings(EndpointsObserved all) {
    List<CheckRow> findings = new ArrayList<>();
    StreamingPolicy policy = facts.cluster().streaming().orElseThrow();
    for (EndpointSeen seen : all.seen()) {
      policy.endpoints().stream()
          .filter(endpoint -> endpoint.name().equals(seen.name()))
          .forEach(
              endpoint -> {
                elsewhere(endpoint, seen).ifPresent(findings::add);
                held(endpoint, seen).ifPresent(findings::add);
              });
    }
    EndpointRows.of(policy, all).stream()
        .map(CheckRow::unblocking)
        .filter(row -> row.verdict() != Judged.GOOD)
        .forEach(findings::add);
    return findings.stream();
  }

  /** Two members that accept writes, or none, are reported elsewhere. */
  private Optional<CheckRow> elsewhere(Endpoint endpoint, EndpointSeen seen) {
    return writing.stream()
        .filter(primary -> writing.size() == 1 && !seen.pointsAt().contains(primary.id()))
        .findFirst()
        .map(
            primary ->
                CheckRow.wrong(
                    "endpoint-target",
                    seen.name(),
                    String.format(
                        "points writes at %s, and %s accepts them",
                        seen.pointsAt().isEmpty()
                            ? "no member"
                            : seen.pointsAt().stream()
                                .map(InstanceId::value)
                                .collect(Collectors.joining(", ")),
                        primary.id()),
                    "points at the primary",
                    EndpointWords.lead(facts.cluster(), endpoint, seen, primary)));
  }

  private Optional<CheckRow> held(Endpoint endpoint, EndpointSeen seen) {
    boolean holds = seen.facts().contains(new EndpointFact("paused", "yes"));
    return holds && endpoint instanceof Endpoint.PgBouncer pooler
        ? Optional.of(
            CheckRow.warning(
                "paused",
                seen.name(),
                "paused, and no run does that now",
                "not paused",
                "its holder resumes it automatically once its time is over; at once: "
                    + EndpointWords.letGo(
                        facts.cluster(), pooler, facts.cluster().members().get(0))))
        : Optional.empty();
  }
}
