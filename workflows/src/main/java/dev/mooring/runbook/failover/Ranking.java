package dev.mooring.runbook.failover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.ControlData;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.Candidates.Standby;
import dev.mooring.runbook.failover.Candidates.Wishes;
import dev.mooring.runbook.failover.ObservedFailover.Lineage;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ranks standbys by the synchronous standbys that successive observations showed. */
final class Ranking {
  private final Cluster cluster;
  private @Nullable LastSynchronousStandbys waited;

  Ranking(Cluster cluster) {
    this.cluster = cluster;
  }

  /** An observation under the locks is compared with the one that the plan was made from. */
  void knows(LastSynchronousStandbys now, FailoverStep step) {
    LastSynchronousStandbys before = waited;
    waited = before == null || step != FailoverStep.OBSERVE_AGAIN ? now : now.after(before);
  }

  /** Time passed since, during which the primary may have gone on. */
  void knowsNoMore() {
    waited = waited().later();
  }

  /** The standbys that commits of that primary waited for, and those that Mooring recorded. */
  String waitedInWords(ObservedMembers all, Instance old) {
    return waited()
        .inWords(all.role(old).flatMap(role -> role.start().waits().stream().findFirst()));
  }

  private LastSynchronousStandbys waited() {
    return Objects.requireNonNull(waited, "nothing was observed yet");
  }

  /**
   * The candidates, the best first.
   *
   * @param disk the old primary's control file, if it counts
   */
  List<Candidate> of(
      List<MemberObserved> read, Instance old, Lineage lineage, Optional<ControlData> disk) {
    return Candidates.ranked(
        read.stream().map(this::standby).toList(),
        waited(),
        lineage.system(),
        lineage.timeline(),
        Wishes.of(cluster, old),
        disk);
  }

  /**
   * The old primary's control file if the primary is gone: the control file of a running server is
   * out of date.
   */
  static Optional<ControlData> disk(ObservedMembers all, Instance old, PrimaryVerdict verdict) {
    return all.role(old).map(InstanceRole::control).filter(role -> verdict.state().isGone());
  }

  private Standby standby(MemberObserved seen) {
    Instance member = cluster.member(seen.instance()).orElseThrow();
    return new Standby(cluster.applicationName(member), seen);
  }
}
