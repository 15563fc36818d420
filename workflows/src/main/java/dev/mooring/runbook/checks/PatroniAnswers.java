package dev.mooring.runbook.checks;

import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Optional;

/** Rows for Patroni's REST API, its members and its store, and for a leader that no run made. */
public final class PatroniAnswers {
  public static final String PATRONI = "Patroni";

  private PatroniAnswers() {}

  /** A row for each part that gave no answer; empty if all answered. */
  public static List<CheckRow> of(Cluster cluster, Observed<PatroniObserved> patroni) {
    return patroni.match(
        seen -> seen.failures().stream().map(failure -> of(cluster, seen, failure)).toList(),
        unseen -> List.of(CheckRow.unseen("rest-api", PATRONI, unseen, "answers")));
  }

  private static CheckRow of(Cluster cluster, PatroniObserved seen, PatroniFailure failure) {
    if (!failure.member().isEmpty()) {
      return CheckRow.wrong(
          "patroni",
          failure.member().get(0),
          "UNKNOWN: " + failure.message(),
          "answers",
          failure.code().hint());
    }
    String goesOn = goesOn(new ObservedPatroni(cluster.patroni().orElseThrow(), seen));
    return CheckRow.wrong(
        "dcs",
        PATRONI,
        "UNKNOWN: "
            + failure.message()
            + (goesOn.isEmpty()
                ? "; its leader stops"
                : "; "
                    + goesOn
                    + " stays the leader by failsafe_mode while it reaches every member"),
        "shows settings and members",
        failure.code().hint());
  }

  /** The leader that keeps its role without the store; empty if there is none. */
  public static String goesOn(ObservedPatroni patroni) {
    return patroni.withoutStore().stream()
        .map(MemberSeen::instance)
        .map(String::valueOf)
        .findFirst()
        .orElse("");
  }

  /**
   * Whether the authority file on the leader's host names the leader; a warning if Patroni promoted
   * it without a run of Mooring.
   */
  public static Optional<CheckRow> promotions(Cluster cluster, PatroniStanding standing) {
    String id = "promotions";
    String limit = "the leader is the instance that the authority file of its host names";
    if (standing.unknown().isPresent()) {
      return standing
          .unknown()
          .map(
              leads ->
                  CheckRow.warning(
                      id,
                      PATRONI,
                      standing.inWords(leads),
                      limit,
                      Commands.adopt(cluster.name(), leads) + ", if it is to be the leader"));
    }
    return standing
        .leader()
        .map(
            leads ->
                standing.host(leads).isPresent()
                    ? CheckRow.good(id, PATRONI, leads + " is the leader, and is named", limit)
                    : CheckRow.warning(
                        id,
                        PATRONI,
                        "UNKNOWN: the host of " + leads + " was not read",
                        limit,
                        "make that host reachable"));
  }
}
