package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import io.temporal.failure.TemporalFailure;
import java.util.List;

/** Leads the endpoints to the new primary, and keeps what could not be looked at meanwhile. */
final class Routing {
  private final Move move;
  private final List<EndpointSeen> before;
  private final EndpointCalls ports;
  private final Steps<SwitchoverStep> run;
  private List<EndpointFailure> unseen = List.of();
  private List<String> led = List.of();
  private boolean begun;

  /**
   * @param before where they led
   */
  Routing(Move move, List<EndpointSeen> before, Steps<SwitchoverStep> run) {
    this.move = move;
    this.before = List.copyOf(before);
    this.ports = new EndpointCalls(move.cluster());
    this.run = run;
  }

  EndpointsSet route() {
    begun = true;
    EndpointsSet set = ports.route(run.call(SwitchoverStep.ROUTE), move.to());
    led = set.set();
    unseen = set.unseen();
    return set;
  }

  /** Hosts that were silent may answer by now; whatever becomes of it, the run goes on. */
  void lookAgain(SwitchoverStep step) {
    if (unseen.isEmpty()) {
      return;
    }
    try {
      unseen = ports.routeOnce(run.call(step), move.to()).unseen();
    } catch (TemporalFailure | RunbookStop still) {
      run.note(step, "what was silent when endpoints were led is silent still");
    }
  }

  /** What is not known of them. */
  List<String> degraded() {
    return unseen.stream().map(one -> one.name() + ": " + one.message()).toList();
  }

  /** Where each led and leads, and what leads it back by hand; nothing before that was begun. */
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
                            : words.begun(endpoint, before)))
            .toList();
    return facts.isEmpty() || !begun ? List.of() : List.of(new ProofRecord("endpoints", facts));
  }
}
