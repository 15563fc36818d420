package dev.mooring.runbook.checks;

import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.StreamingPolicy;
import java.util.List;
import java.util.stream.Stream;

/** Rows of endpoints that plans of several runbooks, checks and status have in common. */
public final class EndpointRows {
  private EndpointRows() {}

  /**
   * For an observer: endpoints that gave no answer, and {@link #databases}, which block nothing.
   */
  public static List<CheckRow> observed(StreamingPolicy policy, EndpointsObserved observed) {
    return Stream.concat(
            observed.failures().stream().map(EndpointRows::silent),
            databases(policy, observed).stream().map(CheckRow::unblocking))
        .toList();
  }

  private static CheckRow silent(EndpointFailure away) {
    return CheckRow.warning(
        EndpointChecks.ENDPOINT,
        away.name(),
        "UNKNOWN: " + away.message(),
        "answers",
        away.code().hint());
  }

  /**
   * Whether each PgBouncer that was observed has databases that a move leaves behind. A file that
   * it includes and that was not read is a warning: only what {@code *} serves there is not known.
   */
  public static List<CheckRow> databases(StreamingPolicy policy, EndpointsObserved observed) {
    return poolers(policy, observed.seen())
        .map(
            pooler -> {
              List<String> left = left(policy, pooler, observed.seen());
              CheckRow row =
                  CheckRow.must(
                      left.isEmpty(),
                      PreflightRule.DATABASES_LEFT_BEHIND.text(),
                      pooler.name(),
                      left.isEmpty() ? "none" : String.join(", ", left),
                      "no other database points at the primary, unless it is an endpoint: a move"
                          + " neither pauses nor moves it",
                      "make each an endpoint of its own, and give those that `*` serves lines of"
                          + " their own; or point them at the new primary by hand afterwards; let"
                          + " Mooring's account read files that are included, by absolute paths");
              return areFiles(left) ? row.unblocking() : row;
            })
        .toList();
  }

  /** Sentences for the end of a move about the databases that it left behind. */
  public static List<String> leftBehind(Move move, List<EndpointSeen> before) {
    return poolers(move.policy(), before)
        .filter(pooler -> !areFiles(left(move.policy(), pooler, before)))
        .map(
            pooler ->
                String.format(
                    "databases %s of %s still point at %s: on %s set host=%s port=%d for them in"
                        + " PgBouncer's configuration, and RELOAD it",
                    String.join(", ", left(move.policy(), pooler, before)),
                    pooler.name(),
                    move.from().id(),
                    pooler.host(),
                    move.cluster().host(move.to().host()).access().address(),
                    move.to().port()))
        .toList();
  }

  private static boolean areFiles(List<String> left) {
    return left.stream().allMatch(other -> other.startsWith("%include "));
  }

  private static Stream<Endpoint.PgBouncer> poolers(
      StreamingPolicy policy, List<EndpointSeen> observed) {
    return policy.poolers().stream()
        .filter(pooler -> observed.stream().anyMatch(seen -> seen.name().equals(pooler.name())));
  }

  /** The other databases that point at its server, except those that are endpoints themselves. */
  private static List<String> left(
      StreamingPolicy policy, Endpoint.PgBouncer pooler, List<EndpointSeen> observed) {
    List<String> moved =
        policy.poolers().stream()
            .filter(
                other ->
                    other.host().equals(pooler.host())
                        && other.port() == pooler.port()
                        && other.socketDirectory().equals(pooler.socketDirectory()))
            .map(Endpoint.PgBouncer::database)
            .toList();
    return observed.stream()
        .filter(seen -> seen.name().equals(pooler.name()))
        .flatMap(seen -> fact(seen, EndpointSeen.OTHERS).lines())
        .filter(database -> !moved.contains(database.replaceFirst(" \\(.*", "")))
        .toList();
  }

  static String fact(EndpointSeen seen, String name) {
    return seen.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .map(EndpointFact::value)
        .findFirst()
        .orElse("not known");
  }
}
