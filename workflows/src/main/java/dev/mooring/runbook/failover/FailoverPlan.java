package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** The text of a failover plan: the lines that its digest covers, and the measured facts. */
final class FailoverPlan {
  private FailoverPlan() {}

  /**
   * The role of each member before and after, and the limits: nothing that changes without an act.
   */
  static List<String> objects(
      FailoverRequest request, ObservedFailover observed, Move move, List<Instance> followers) {
    List<String> objects = new ArrayList<>();
    objects.add(
        String.format(
            "%s: the primary, system %s, timeline %s; its fence: %s",
            observed.old().id(),
            observed.lineage().system(),
            observed.lineage().timeline(),
            FenceMeans.inWords(observed, move, request)));
    objects.add(candidate(observed, move));
    objects.add(fetch(observed, move));
    for (Instance sibling : move.siblings()) {
      objects.add(
          followers.contains(sibling)
              ? String.format(
                  "%s: standby, becomes %s%s",
                  sibling.id(),
                  move.becomes(sibling),
                  observed.all().member(sibling).map(StreamingRows::lateInWords).orElse(""))
              : sibling.id() + ": does not answer as a standby, stays as it is");
    }
    objects.addAll(endpoints(move));
    RoleChangeCommand.inWords(move.cluster()).forEach(objects::add);
    objects.add(waits(move, followers));
    objects.add(limits(move.policy().failover()));
    return objects;
  }

  /** The same for members that Patroni manages, without the line of the old leader. */
  static List<String> whereDriven(ObservedFailover observed, Move move, List<Instance> followers) {
    List<String> objects = new ArrayList<>(List.of(candidate(observed, move)));
    for (Instance sibling : move.siblings()) {
      objects.add(
          sibling.id()
              + (followers.contains(sibling)
                  ? ": standby, follows when Patroni configures it"
                      + observed.all().member(sibling).map(StreamingRows::lateInWords).orElse("")
                  : ": does not answer as a standby, is not waited for"));
    }
    objects.addAll(endpoints(move));
    objects.add(limits(move.policy().failover()));
    return objects;
  }

  private static List<String> endpoints(Move move) {
    return move.policy().endpoints().stream()
        .map(
            endpoint ->
                String.format(
                    "endpoint %s %swill point at %s",
                    endpoint.name(),
                    DisconnectClients.concerns(endpoint) ? "cuts clients off, " : "",
                    move.to().id()))
        .toList();
  }

  private static String candidate(ObservedFailover observed, Move move) {
    return String.format(
        "%s: standby, system %s, timeline %s, becomes primary",
        move.to().id(), observed.lineage().system(), observed.lineage().timeline());
  }

  private static String fetch(ObservedFailover observed, Move move) {
    return String.format(
        "WAL that only the disk of %s has: %s",
        observed.old().id(),
        FetchMissingWal.isPlanned(observed, move)
            ? "brought to " + move.to().id() + " after the fence, as far as that disk gives it"
            : "not brought, for its host is silent");
  }

  private static String limits(FailoverPolicy policy) {
    return String.format(
        "limits: promotion %s%s, end of the old primary %s, loss %s",
        DurationText.of(policy.promoteWithin()),
        policy.waitBeforePromote().isZero()
            ? ""
            : " after a wait of " + DurationText.of(policy.waitBeforePromote()),
        DurationText.of(policy.endWithin()),
        policy.maxLossBytes() < 0 ? "not limited" : policy.maxLossBytes() + " bytes");
  }

  private static String waits(Move move, List<Instance> followers) {
    return "commits of "
        + move.to().id()
        + " will wait "
        + move.synchronousNamesAmong(followers)
            .map(names -> "for " + (names.isEmpty() ? "no standby" : names))
            .orElse("as synchronous_standby_names is set there");
  }

  /** What the witnesses observed, the candidates in their order, and every check. */
  static List<Fact> measured(Cluster cluster, ObservedFailover observed, List<CheckRow> rows) {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "verdict on " + observed.old().id(),
            observed.verdict().state() + ": " + observed.verdict().why()));
    observed.verdict().seen().forEach(seen -> facts.add(new Fact("witness", seen)));
    int place = 1;
    for (Candidate one : observed.standbys().ranked()) {
      facts.add(new Fact(CandidateTable.named(place++), inWords(cluster, observed, one)));
    }
    facts.addAll(CheckRows.facts(rows));
    return facts;
  }

  private static String inWords(Cluster cluster, ObservedFailover observed, Candidate one) {
    if (!one.mayBePromoted()) {
      return one.instance() + ": may not be promoted: " + one.against();
    }
    return String.format(
        "%s: %s%s, %s%s; lost with it: %s; %s",
        one.instance(),
        one.excluded() ? "excluded by the cluster file, " : "",
        one.waits().words(),
        one.lag().bytes() == 0
            ? "the furthest that was read"
            : one.lag().bytes() + " bytes behind the furthest",
        one.lag().atLeast() ? ", started anew and with more on its disk perhaps" : "",
        one.loss().words(),
        standing(cluster, observed, one));
  }

  /** Its last commit, the replay left, and WAL beyond it on the old disk and in its archive. */
  private static String standing(Cluster cluster, ObservedFailover observed, Candidate one) {
    return observed.all().members().stream()
        .filter(member -> member.instance().equals(one.instance()))
        .map(
            seen ->
                lastCommit(seen.standing())
                    + "; "
                    + ReplayPace.inWords(observed.standbys().paces(), seen)
                    + onTheOldDisk(observed, one)
                    + ArchiveBeyond.inWords(cluster, observed.all(), seen))
        .findFirst()
        .orElse("how far it is was not read");
  }

  /** What the old primary's disk may still have; nothing unless it is gone and its host answers. */
  private static String onTheOldDisk(ObservedFailover observed, Candidate one) {
    return observed
        .all()
        .role(observed.old())
        .filter(role -> observed.verdict().state().isGone())
        .map(
            role ->
                String.format(
                    "; the disk of %s, whose host answers, has %s",
                    observed.old().id(),
                    one.lag().onTheOldDisk() == 0
                        ? "perhaps more, which was not searched for"
                        : "at least "
                            + one.lag().onTheOldDisk()
                            + " bytes of WAL that this one has not"))
        .orElse("");
  }

  private static String lastCommit(Standing standing) {
    if (standing.replay().lastTransaction().isEmpty()) {
      return "when it replayed a commit last is not known";
    }
    String last =
        "the last commit that it replayed was made at " + standing.replay().lastTransaction();
    return standing
        .sinceLastCommit()
        .map(ago -> String.format("%s, %s before it was read", last, DurationText.of(ago)))
        .orElse(last);
  }
}
