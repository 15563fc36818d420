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
 * Cuts clients of PgBouncer and HAProxy off from an old primary before another is promoted. That
 * one is fenced meanwhile, or Patroni's to fence: a client that still has a session with it would
 * wait for an answer that never comes, and gets an error instead. Nothing of it is needed for a
 * promotion, so that an endpoint that does not answer does not block the run; where endpoints are
 * led clients come back.
 */
public final class DisconnectClients {
  /** From the promotion to the route: others follow before, and start for that. */
  private static final Duration LED_WITHIN = Duration.ofMinutes(1);

  /** Clients that were cut off longer ago are cut off again: they are held for so long only. */
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
   * Of the endpoints of the cluster file, asked from the candidate's site.
   *
   * @param promotedWithin how long the promotion may take, for which clients are held
   * @param away endpoints that gave no answer in the look before: they are not waited for again
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

  /** Whether clients of that one are cut off. */
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
   * Begins it while the old primary is being fenced. Until {@link #ensure} takes over it is the
   * caller's to take back.
   */
  public void begin() {
    if (!concerned().isEmpty()) {
      begun = Optional.of(new Begun(Async.function(this::cut), Workflow.currentTimeMillis()));
    }
  }

  /** Takes back what was begun and is no step yet, once. */
  public void revertBegun() {
    begun.ifPresent(
        one -> {
          one.cut().handle((cut, failure) -> true).get();
          admit();
          begun = Optional.empty();
        });
  }

  /** Does it, as far as they answer. */
  public void ensure() {
    ensure(() -> {});
  }

  /**
   * Does it, as far as they answer.
   *
   * @param beside what is done at the same time
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

  /** What is begun is known before the run continues or rolls back. */
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

  /** After that, clients are resumed to an old primary that is down: they get an error at once. */
  private Duration heldAtMost() {
    return promotedWithin.plus(LED_WITHIN);
  }

  private String inWords(Cut one) {
    return one.name() + ": " + sessions(one);
  }

  private String sessions(Cut one) {
    return String.format("%d sessions with %s, none left", one.sessions(), move.from().id());
  }

  /** Where one can't be asked PgBouncer does it by itself; the old primary is down all the same. */
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
    run.leaves(
        String.format(
            "clients may not be able to connect to %s again (%s); by hand: %s",
            move.from().id(),
            why,
            concerned().stream()
                .map(endpoint -> words.admit(endpoint, move.from()))
                .collect(Collectors.joining("; "))));
  }

  /** What was cut. */
  public List<ProofRecord> proofs() {
    List<Fact> facts = done.cut().stream().map(one -> new Fact(one.name(), sessions(one))).toList();
    return facts.isEmpty() ? List.of() : List.of(new ProofRecord("cut_off", facts));
  }

  /** Where clients may have sessions with the old primary still. */
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
