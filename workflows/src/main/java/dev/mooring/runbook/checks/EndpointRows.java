package dev.mooring.runbook.checks;

import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.StreamingPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of endpoints that plans of several runbooks, checks and status have in common. */
public final class EndpointRows {
  static final String ENDPOINT = "endpoint";

  private static final String ANSWERS = "answers";

  private EndpointRows() {}

  /**
   * Whether each endpoint answers; of a PgBouncer also whether a run can change its file, and what
   * a move leaves behind. What is wrong stops a switchover; others take the rows {@linkplain
   * CheckRow#unblocking() unblocking}.
   */
  public static List<CheckRow> of(StreamingPolicy policy, EndpointsObserved observed) {
    List<CheckRow> rows = new ArrayList<>();
    observed.failures().forEach(away -> rows.add(silent(away)));
    for (EndpointSeen seen : observed.seen()) {
      rows.add(CheckRow.good(ENDPOINT, seen.name(), ANSWERS, ANSWERS));
      fact(seen, EndpointSeen.LEVEL).map(level -> level(seen, level)).ifPresent(rows::add);
    }
    for (Pooler pooler : poolers(policy, observed.seen())) {
      rows.add(file(pooler));
      rows.add(databases(pooler, pooler.left(policy)));
    }
    return rows;
  }

  private static CheckRow silent(EndpointFailure away) {
    return CheckRow.wrong(
        ENDPOINT,
        away.name(),
        "UNKNOWN: " + away.message(),
        ANSWERS,
        away.code().hint()
            + "; until it answers no move can point it, and a failover holds in ROUTE");
  }

  /** It would refuse to point at the new primary, after the promotion. */
  private static CheckRow level(EndpointSeen seen, String level) {
    return CheckRow.wrong(
        "socket-level",
        seen.name(),
        level,
        "admin",
        "write `stats socket PATH level admin` in HAProxy's section global, and reload it: until"
            + " then no move can point it");
  }

  private static Optional<String> fact(EndpointSeen seen, String name) {
    return seen.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .map(EndpointFact::value)
        .findFirst();
  }

  /** A file that no process reads, or that can't be replaced, is no way to move its clients. */
  private static CheckRow file(Pooler pooler) {
    String file = pooler.fact("file");
    String leads = pooler.fact("leads_to");
    return CheckRow.must(
        file.equals(leads),
        "databases-file",
        pooler.seen().name(),
        file,
        leads + ", at which PgBouncer points, in a file that Mooring's account can replace",
        "correct databasesFile in the cluster file, RELOAD PgBouncer, or make Mooring's account the"
            + " file's owner and let it write its directory: until then no move can point it, and"
            + " after a failover its clients stay cut off");
  }

  private static CheckRow databases(Pooler pooler, List<String> left) {
    return CheckRow.must(
        left.isEmpty(),
        PreflightRule.DATABASES_LEFT_BEHIND.text(),
        pooler.seen().name(),
        left.isEmpty() ? "none" : String.join(", ", left),
        "no other database points at the primary, unless it is an endpoint: a move neither pauses"
            + " nor moves it",
        "make each an endpoint of its own, and give those that `*` serves lines of their own; or"
            + " point them at the new primary by hand afterwards; let Mooring's account read files"
            + " that are included, by absolute paths");
  }

  /** Sentences for the end of a move about the databases that it left behind. */
  public static List<String> leftBehind(Move move, List<EndpointSeen> before) {
    return poolers(move.policy(), before).stream()
        .filter(pooler -> !pooler.left(move.policy()).isEmpty())
        .map(
            pooler ->
                String.format(
                    "databases %s of %s were not moved: on %s set host=%s port=%d for those that"
                        + " point at %s in PgBouncer's configuration, and RELOAD it",
                    String.join(", ", pooler.left(move.policy())),
                    pooler.seen().name(),
                    pooler.declared().host(),
                    move.cluster().host(move.to().host()).access().address(),
                    move.to().port(),
                    move.from().id()))
        .toList();
  }

  /** Each PgBouncer that was observed. */
  static List<Pooler> poolers(StreamingPolicy policy, List<EndpointSeen> observed) {
    return policy.poolers().stream()
        .flatMap(
            declared ->
                observed.stream()
                    .filter(seen -> seen.name().equals(declared.name()))
                    .map(seen -> new Pooler(declared, seen)))
        .toList();
  }

  /** A PgBouncer and what it says. */
  record Pooler(Endpoint.PgBouncer declared, EndpointSeen seen) {
    String fact(String name) {
      return EndpointRows.fact(seen, name).orElse("not known");
    }

    /** The other databases that point at its server, except those that are endpoints themselves. */
    private List<String> left(StreamingPolicy policy) {
      List<String> moved =
          policy.poolers().stream()
              .filter(
                  other ->
                      other.host().equals(declared.host())
                          && other.port() == declared.port()
                          && other.socketDirectory().equals(declared.socketDirectory()))
              .map(Endpoint.PgBouncer::database)
              .toList();
      return fact(EndpointSeen.OTHERS)
          .lines()
          .filter(database -> !moved.contains(database.replaceFirst(" \\(.*", "")))
          .toList();
    }
  }
}
