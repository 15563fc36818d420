package dev.mooring.runbook.replication;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.OneWriter;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * The members of a cluster that streams, as they were seen at one time: one of them accepts writes.
 *
 * @param primary the one that is not in recovery; of several that accept writes, the one that a
 *     person keeps
 * @param standbys all the others of the cluster file, also those that did not answer
 * @param seen those that answered
 * @param failures why the others did not
 */
record Members(
    Instance primary,
    List<Instance> standbys,
    List<MemberObserved> seen,
    List<InstanceFailure> failures) {
  Members {
    standbys = List.copyOf(standbys);
    seen = List.copyOf(seen);
    failures = List.copyOf(failures);
  }

  /** Never without exactly one that accepts writes, and never with one of another system. */
  static Verdict<Members> judge(
      Cluster cluster, List<MemberObserved> seen, List<InstanceFailure> failures) {
    return OneWriter.of(cluster, seen, failures)
        .then(writer -> ofOneSystem(cluster, writer, seen, failures));
  }

  /**
   * The same if a person named the one that is kept: if that one accepts writes it is the primary,
   * whichever others accept writes too.
   */
  static Verdict<Members> keeping(
      Cluster cluster, InstanceId kept, List<MemberObserved> seen, List<InstanceFailure> failures) {
    return seen.stream()
        .filter(member -> member.instance().equals(kept) && !member.standing().inRecovery())
        .findFirst()
        .map(writer -> ofOneSystem(cluster, writer, seen, failures))
        .orElseGet(() -> judge(cluster, seen, failures));
  }

  private static Verdict<Members> ofOneSystem(
      Cluster cluster,
      MemberObserved primary,
      List<MemberObserved> seen,
      List<InstanceFailure> failures) {
    for (MemberObserved member : seen) {
      if (!member.system().equals(primary.system())) {
        return Verdict.never(
            FailureCode.IDENTITY_DIFFERS,
            String.format(
                "%s is system %s, and %s is system %s",
                primary.instance(), primary.system(), member.instance(), member.system()));
      }
    }
    List<Instance> members = cluster.members();
    return Verdict.proceed(
        new Members(
            cluster.member(primary.instance()).orElseThrow(),
            members.stream().filter(i -> !i.id().equals(primary.instance())).toList(),
            seen,
            failures));
  }

  /** What a member answered, if it did. */
  Optional<MemberObserved> member(InstanceId id) {
    return seen.stream().filter(member -> member.instance().equals(id)).findFirst();
  }

  /** What the primary answered. */
  MemberObserved primarySeen() {
    return member(primary.id()).orElseThrow();
  }

  /** Why a member did not answer, if it did not. */
  Optional<InstanceFailure> failure(InstanceId id) {
    return failures.stream().filter(failure -> failure.instance().equals(id)).findFirst();
  }

  /** The same in words, or empty. */
  String silence(InstanceId id) {
    return failure(id).map(InstanceFailure::message).orElse("");
  }
}
