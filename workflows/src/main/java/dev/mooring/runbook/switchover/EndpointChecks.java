package dev.mooring.runbook.switchover;

import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.topology.Endpoint;
import java.util.List;

/** What must hold of the endpoints before their clients are led elsewhere. */
final class EndpointChecks {
  private static final String EACH =
      "name each process at that port as an endpoint with a socketDirectory of its own, or run one"
          + " alone: a pause reaches one process only";

  private final Move move;
  private final SwitchoverSight sight;
  private final PreflightRows rows;

  EndpointChecks(Move move, SwitchoverSight sight, PreflightRows rows) {
    this.move = move;
    this.sight = sight;
    this.rows = rows;
  }

  /** All that can stand against leading clients elsewhere. */
  void all() {
    away();
    for (EndpointSeen endpoint : sight.endpoints()) {
      leads(endpoint);
      move.policy().poolers().stream()
          .filter(declared -> declared.name().equals(endpoint.name()))
          .forEach(declared -> pooler(declared, endpoint));
    }
  }

  /** That each answers, and leads to the primary. */
  void lead() {
    away();
    sight.endpoints().forEach(this::leads);
  }

  private void away() {
    for (EndpointFailure away : sight.away()) {
      rows.row(
          false,
          "endpoint " + away.name(),
          away.message(),
          "answers",
          "mend it: clients could not be led to the new primary");
    }
  }

  private void leads(EndpointSeen endpoint) {
    rows.row(
        endpoint.leadsTo().equals(List.of(move.from().id())),
        "endpoint " + endpoint.name() + " leads to",
        endpoint.leadsTo().toString(),
        "[" + move.from().id() + "]",
        "lead it to the primary first");
  }

  private void pooler(Endpoint.PgBouncer declared, EndpointSeen seen) {
    String mode = fact(seen, "pool_mode");
    rows.row(
        mode.equals("transaction") || mode.equals("statement"),
        seen.name() + "'s pool_mode",
        mode,
        "transaction or statement",
        "with session pooling a pause waits for clients to go: change it or stop them by hand");
    String told = fact(seen, "query_wait_timeout");
    boolean known = told.matches("[0-9]{1,9}");
    long wait = known ? Long.parseLong(told) : 0;
    long budget = move.policy().switchover().outageBudget().toSeconds();
    rows.row(
        known && (wait == 0 || wait > budget),
        seen.name() + "'s query_wait_timeout",
        known ? wait == 0 ? "none" : wait + " s" : told,
        "more than the outage budget of " + budget + " s",
        "raise it, or shorten switchover.outageBudget: clients that wait longer get an error");
    String reuse = fact(seen, "so_reuseport");
    long named = named(declared);
    rows.row(
        reuse.equals("0") || reuse.equals("no") || named > 1,
        seen.name() + "'s so_reuseport",
        reuse,
        named > 1 ? "whatever it is: each process is an endpoint" : "0: one process",
        EACH);
    processes(seen, named);
    String paused = fact(seen, "paused");
    rows.row(
        paused.equals("no"),
        seen.name() + " is paused",
        paused,
        "no",
        "RESUME it: somebody else holds its clients");
  }

  /** How many endpoints are processes at the same port; a console is told by its directory. */
  private long named(Endpoint.PgBouncer one) {
    long directories =
        move.policy().poolers().stream()
            .filter(other -> other.host().equals(one.host()) && other.port() == one.port())
            .map(Endpoint.PgBouncer::socketDirectory)
            .filter(directory -> !directory.isEmpty())
            .distinct()
            .count();
    return one.socketDirectory().isEmpty() ? 1 : directories;
  }

  /** One more that listens there holds nobody; a file that nobody reads leads nobody elsewhere. */
  private void processes(EndpointSeen seen, long named) {
    String processes = fact(seen, "processes");
    rows.row(
        processes.equals(String.valueOf(named)),
        seen.name() + "'s processes at its port",
        processes,
        named > 1 ? named + ", as many as are endpoints" : "1",
        EACH);
    String file = fact(seen, "file");
    String leads = fact(seen, "leads_to");
    rows.row(
        file.equals(leads),
        seen.name() + "'s databases file",
        file,
        "to lead where PgBouncer leads: " + leads,
        "correct databasesFile in the cluster file, or RELOAD it: its next reload leads elsewhere");
  }

  private static String fact(EndpointSeen seen, String name) {
    return seen.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .map(EndpointFact::value)
        .findFirst()
        .orElse("not told");
  }
}
