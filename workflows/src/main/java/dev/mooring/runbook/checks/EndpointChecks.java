package dev.mooring.runbook.checks;

import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.runbook.checks.EndpointRows.Pooler;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** The checks of the endpoints before they are pointed at the new primary. */
final class EndpointChecks {
  static final String TARGET = "endpoint-target";

  private static final String EACH =
      "name each process at that port as an endpoint with a socketDirectory of its own, or run one"
          + " alone: a pause reaches one process only";

  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  EndpointChecks(Move move, ObservedMembers observed, CheckRows rows) {
    this.move = move;
    this.observed = observed;
    this.rows = rows;
  }

  /** All checks of the endpoints. */
  void all() {
    lead();
    EndpointRows.poolers(move.policy(), observed.endpoints().seen()).forEach(this::pooler);
  }

  /** Whether each endpoint answers, points at the primary, and leaves nothing behind there. */
  void lead() {
    observed.endpoints().seen().forEach(this::leads);
    String overridable = PreflightRule.DATABASES_LEFT_BEHIND.text();
    EndpointRows.of(move.policy(), observed.endpoints())
        .forEach(row -> rows.by(row.id().equals(overridable) ? overridable : "", row));
  }

  private void leads(EndpointSeen endpoint) {
    boolean address =
        move.policy().endpoints().stream()
            .filter(Endpoint.VirtualIp.class::isInstance)
            .anyMatch(declared -> declared.name().equals(endpoint.name()));
    List<InstanceId> wanted = address ? besidePrimary() : List.of(move.from().id());
    rows.must(
        endpoint.pointsAt().equals(wanted),
        TARGET,
        endpoint.name(),
        endpoint.pointsAt().toString(),
        wanted.toString(),
        "point it at the primary first");
    if (address && move.sharesHost()) {
      rows.wrong(
          "shared-hosts",
          endpoint.name(),
          move.from().id() + " and " + move.to().id() + " on " + move.to().host(),
          "a host for each: an address points at a host, on every port",
          "name a target on another host, or use an endpoint of another kind");
    }
  }

  /** An address points at every instance on its host. */
  private List<InstanceId> besidePrimary() {
    return move.cluster().members().stream().filter(move::isOnHostOfOld).map(Instance::id).toList();
  }

  private void pooler(Pooler pooler) {
    String name = pooler.seen().name();
    String mode = pooler.fact("pool_mode");
    rows.must(
        mode.equals("transaction") || mode.equals("statement"),
        "pool-mode",
        name,
        mode,
        "transaction or statement",
        "with session pooling a pause waits for clients to go: change it or stop them by hand");
    String reported = pooler.fact("query_wait_timeout");
    boolean known = reported.matches("[0-9]{1,9}");
    long wait = known ? Long.parseLong(reported) : 0;
    long budget = move.policy().switchover().outageBudget().toSeconds();
    rows.must(
        known && (wait == 0 || wait > budget),
        "query-wait-timeout",
        name,
        known ? wait == 0 ? "none" : wait + " s" : reported,
        "more than the outage budget of " + budget + " s",
        "raise it, or shorten switchover.outageBudget: clients that wait longer get an error");
    String reuse = pooler.fact("so_reuseport");
    long named = named(pooler.declared());
    rows.must(
        reuse.equals("0") || reuse.equals("no") || named > 1,
        "so-reuseport",
        name,
        reuse,
        named > 1 ? "any: each process is an endpoint" : "0: one process",
        EACH);
    processes(pooler, named);
    String paused = pooler.fact("paused");
    rows.must(
        paused.equals("no"),
        "paused",
        name,
        paused,
        "no",
        "RESUME it: it was not paused by Mooring");
  }

  /** The number of endpoints that are processes at the same port, by their socket directories. */
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

  /** A second process at that port would not be paused. */
  private void processes(Pooler pooler, long named) {
    String processes = pooler.fact("processes");
    rows.must(
        processes.equals(String.valueOf(named)),
        "processes",
        pooler.seen().name(),
        processes,
        named > 1 ? named + " at its port, as many as are endpoints" : "1 at its port",
        EACH);
  }
}
