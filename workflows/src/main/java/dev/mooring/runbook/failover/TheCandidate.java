package dev.mooring.runbook.failover;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.Optional;

/** Who takes the place of a primary that is gone: whom a person names, else the best of all. */
final class TheCandidate {
  private TheCandidate() {}

  static Instance of(Cluster cluster, Optional<InstanceId> named, FailoverSight seen) {
    return named.map(to -> named(cluster, to, seen)).orElseGet(() -> theBest(cluster, seen));
  }

  private static Instance named(Cluster cluster, InstanceId to, FailoverSight seen) {
    return cluster.members().stream()
        .filter(member -> member.id().equals(to))
        .filter(member -> !member.equals(seen.old()))
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no standby of cluster %s; its standbys are %s",
                        to,
                        cluster.name(),
                        cluster.members().stream()
                            .filter(member -> !member.equals(seen.old()))
                            .map(Instance::id)
                            .toList())));
  }

  private static Instance theBest(Cluster cluster, FailoverSight seen) {
    return seen.ranked().stream()
        .filter(Candidate::mayBePromoted)
        .flatMap(one -> cluster.member(one.instance()).stream())
        .filter(seen::canFollow)
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.NOT_CAUGHT_UP,
                    "no standby can be promoted: "
                        + seen.ranked().stream()
                            .map(one -> one.instance() + ": " + why(one))
                            .toList()));
  }

  private static String why(Candidate one) {
    return one.mayBePromoted() ? "its host could not be read as a standby's" : one.against();
  }
}
