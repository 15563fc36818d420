package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.EndpointActivities.Cut;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointsCut;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.EndpointWords;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Endpoint;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Disconnects clients of PgBouncer and HAProxy from the old primary before another instance is
 * promoted. Meanwhile the run or Patroni fences the old primary: a client with an open session
 * would wait for an answer that never comes, and gets an error instead. The promotion does not
 * depend on it, so an endpoint that does not answer does not block the run. Clients reconnect once
 * the endpoints point at the new primary.
 */
public final class DisconnectClients {
  /** From the promotion until endpoints are repointed; the siblings follow before that. */
  private static final Duration LED_WITHIN = Duration.ofMinutes(1);

  /** Clients disconnected longer ago are disconnected again: the pause is limited. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);

  private final Move move;
  private final Steps run;
  private final Step step;
  private final Duration promotedWithin;
  private final List<EndpointFailure> away;
  private final Endpoints ports;
  private EndpointsCut done = new EndpointsCut(List.of(), List.of());
  private Optional<Begun> begun = Optional.empty();

  private record Begun(Promise<EndpointsCut> cut, long at) {
    boolean isOver() {
      return Workflow.currentTimeMillis() - at > AGAIN_AFTER.toMillis();
    }
  }

  /**
   * For the endpoints of the cluster file, called from the candidate's site.
   *
   * @param promotedWithin how long the promotion may take; clients are paused one minute longer
   * @param away endpoints that did not answer in the observation before: the run does not wait for
   *     them again
   */
  public DisconnectClients(
      Move move, Steps run, Step step, Duration promotedWithin, List<EndpointFailure> away) {
    this.move = move;
    this.run = run;
    this.step = step;
    this.promotedWithin = promotedWithin;
    this.away = away.stream().filter(one -> isConcerned(move, one)).toList();
    this.ports =
        new Endpoints(
            move.cluster(),
            move.to().site(),
            move.policy().endpoints().stream().filter(one -> !isIn(away, one)).toList());
  }

  private static boolean isConcerned(Move move, EndpointFailure failure) {
    return move.policy().endpoints().stream()
        .anyMatch(one -> one.name().equals(failure.name()) && concerns(one));
  }

  private static boolean isIn(List<EndpointFailure> failures, Endpoint endpoint) {
    return failures.stream().anyMatch(one -> one.name().equals(endpoint.name()));
  }

  /** Whether clients of that endpoint are disconnected. */
  public static boolean concerns(Endpoint endpoint) {
    return endpoint instanceof Endpoint.PgBouncer || endpoint instanceof Endpoint.HaProxy;
  }

  private List<Endpoint> concerned() {
    return move.policy().endpoints().stream()
        .filter(DisconnectClients::concerns)
        .filter(one -> !isIn(away, one))
        .toList();
  }

  /**
   * Begins to disconnect clients while the old primary is being fenced. Until {@link #ensure} is
   * called, the caller must undo it by {@link #revertBegun}.
   */
  public void begin() {
    if (!concerned().isEmpty()) {
      begun = Optional.of(new Begun(Async.function(this::cut), Workflow.currentTimeMillis()));
    }
  }

  /** Undoes what {@link #begin} began, if {@link #ensure} has not taken it over. */
  public void revertBegun() {
    begun.ifPresent(
        one -> {
          one.cut().handle((cut, failure) -> true).get();
          admit();
          begun = Optional.empty();
        });
  }

  /** Disconnects the clients of the endpoints that answer. */
  public void ensure() {
    ensure(() -> {});
  }

  /**
   * Disconnects the clients of the endpoints that answer.
   *
   * @param beside runs at the same time
   */
  public void ensure(Runnable beside) {
    if (concerned().isEmpty()) {
      run.step(step, beside, Undo.nothing("no endpoint that answers keeps sessions"));
    } else {
      Optional<Promise<EndpointsCut>> cut = begun.filter(one -> !one.isOver()).map(Begun::cut);
      begun = Optional.empty();
      run.step(step, () -> cut(cut, beside), Undo.by(this::admit));
    }
  }

  /** Waits for calls that were begun before the run continues or rolls back. */
  private EndpointsCut cut(Optional<Promise<EndpointsCut>> since, Runnable beside) {
    Promise<EndpointsCut> cut = since.orElseGet(() -> Async.function(this::cut));
    try {
      beside.run();
    } finally {
      done = cut.get();
    }
    return done;
  }

  private EndpointsCut cut() {
    EndpointsCut done = ports.cutOff(run.call(step), move.from(), heldAtMost());
    run.note(
        step,
        done.cut().isEmpty()
            ? "none is known to have disconnected clients"
            : done.cut().stream().map(this::inWords).collect(Collectors.joining("; ")));
    return done;
  }

  /** After this time clients are resumed to the old primary, which is down: an error at once. */
  private Duration heldAtMost() {
    return promotedWithin.plus(LED_WITHIN);
  }

  private String inWords(Cut one) {
    return one.name() + ": " + sessions(one);
  }

  private String sessions(Cut one) {
    return String.format("%d sessions with %s, none left", one.sessions(), move.from().id());
  }

  /**
   * If PgBouncer can't be reached, it resumes automatically; the old primary is down in any case.
   */
  private void admit() {
    try {
      ports.admit(run.call(step), move.from(), heldAtMost());
    } catch (TemporalFailure e) {
      notAdmitted(Explained.of(e).sentence());
    } catch (RunbookStop e) {
      notAdmitted(String.valueOf(e.getMessage()));
    }
  }

  private void notAdmitted(String why) {
    EndpointWords words = new EndpointWords(move);
    run.stays(
        String.format(
            "clients may not be able to connect to %s again (%s); by hand: %s",
            move.from().id(),
            why,
            concerned().stream()
                .map(endpoint -> words.admit(endpoint, move.from()))
                .collect(Collectors.joining("; "))));
  }

  /** The endpoints whose clients were disconnected, and how many sessions. */
  public List<ProofRecord> proofs() {
    List<Fact> facts = done.cut().stream().map(one -> new Fact(one.name(), sessions(one))).toList();
    return facts.isEmpty() ? List.of() : List.of(new ProofRecord("cut_off", facts));
  }

  /** The endpoints whose clients may still have sessions with the old primary. */
  public List<String> degraded() {
    return Stream.concat(away.stream(), done.failures().stream())
        .map(
            one ->
                String.format(
                    "%s: clients are not proved to be disconnected from %s before the promotion:"
                        + " %s",
                    one.name(), move.from().id(), one.message()))
        .toList();
  }
}
