package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.checks.EndpointRows;
import dev.mooring.runbook.members.EndpointWords;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Endpoint;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Points the endpoints at the new primary, and records those that gave no answer. */
final class PointEndpoints {
  private final Move move;
  private final List<EndpointSeen> before;
  private final Endpoints ports;
  private final Steps run;
  private List<EndpointFailure> unseen = List.of();
  private List<EndpointFailure> failed = List.of();
  private final SortedSet<String> led = new TreeSet<>();
  private boolean begun;

  /**
   * @param before where they pointed before
   */
  PointEndpoints(Move move, List<EndpointSeen> before, Steps run, Endpoints endpoints) {
    this.move = move;
    this.before = List.copyOf(before);
    this.ports = endpoints;
    this.run = run;
  }

  /** Whether the endpoints were switched, or an attempt was made. */
  boolean isBegun() {
    return begun;
  }

  EndpointsSet route() {
    begun = true;
    return ports.route(run.call(SwitchoverStep.ROUTE), move.to(), this::answered);
  }

  /** The same if no outage could be prepared for. */
  EndpointsSet lead() {
    begun = true;
    return ports.lead(run.call(SwitchoverStep.ROUTE), move.to(), this::answered);
  }

  /** Records each answer: some endpoints may fail, others already point at the new primary. */
  private void answered(EndpointsSet answer) {
    answer.failures().forEach(failure -> led.remove(failure.name()));
    led.addAll(answer.set());
    failed = answer.failures();
    unseen =
        Stream.concat(
                answer.unseen().stream(),
                unseen.stream().filter(before -> !answer.set().contains(before.name())))
            .toList();
  }

  /** Hosts that were silent may answer by now; the run continues in any case. */
  void lookAgain(SwitchoverStep step) {
    if (unseen.isEmpty()) {
      return;
    }
    try {
      ports.routeOnce(run.call(step), move.to(), this::answered);
    } catch (TemporalFailure | RunbookStop still) {
      run.note(
          step, "an endpoint that was silent when the endpoints were switched is still silent");
    }
  }

  /** Endpoints without an answer, and databases and addresses that are not moved. */
  List<String> degraded() {
    List<String> all = new ArrayList<>();
    unseen.forEach(one -> all.add(one.name() + ": " + one.message()));
    all.addAll(begun ? EndpointRows.leftBehind(move, before) : List.of());
    for (Endpoint address : begun ? move.addressesThatStay() : List.<Endpoint>of()) {
      all.add(
          String.format(
              "%s points at host %s, as before, and at no other port: connect clients to port"
                  + " %d of %s",
              address.name(), move.to().host(), move.to().port(), move.to().id()));
    }
    return all;
  }

  /**
   * Which endpoints point at the new primary; for the others, what was observed and the command.
   */
  String stands() {
    if (!begun) {
      return "No endpoint was switched";
    }
    EndpointWords words = new EndpointWords(move);
    return move.policy().endpoints().stream()
        .map(
            endpoint ->
                led.contains(endpoint.name())
                    ? endpoint.name() + " points at " + move.to().id()
                    : String.format(
                        "%s is not known to point at %s: %s; by hand: %s",
                        endpoint.name(), move.to().id(), whyNot(endpoint), words.there(endpoint)))
        .collect(Collectors.joining(". "));
  }

  private String whyNot(Endpoint endpoint) {
    return failed.stream()
        .filter(one -> one.name().equals(endpoint.name()))
        .map(EndpointFailure::message)
        .findFirst()
        .orElse("no answer came, and it may");
  }

  /**
   * Where each endpoint pointed and points, and the commands to point it back, or there; empty
   * before the first attempt.
   */
  List<ProofRecord> proofs() {
    EndpointWords words = new EndpointWords(move);
    List<Fact> facts =
        move.policy().endpoints().stream()
            .map(
                endpoint ->
                    new Fact(
                        endpoint.name(),
                        led.contains(endpoint.name())
                            ? words.moved(endpoint, before)
                            : words.notMoved(endpoint, before, whyNot(endpoint))))
            .toList();
    return facts.isEmpty() || !begun ? List.of() : List.of(new ProofRecord("endpoints", facts));
  }
}
