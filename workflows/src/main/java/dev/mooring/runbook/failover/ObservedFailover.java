package dev.mooring.runbook.failover;

import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.runbook.failover.Witnesses.Heard;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that was seen of a cluster whose primary may be gone.
 *
 * @param all members, hosts and endpoints
 * @param old the primary
 * @param verdict what became of it
 * @param heard what its witnesses saw
 * @param lineage of the primary
 * @param standbys what was seen of them
 * @param before what is known of the primary from the time in which it answered
 */
record ObservedFailover(
    ObservedMembers all,
    Instance old,
    PrimaryVerdict verdict,
    Heard heard,
    Lineage lineage,
    Standbys standbys,
    BeforeSilence before) {
  /**
   * The WAL that the primary wrote.
   *
   * @param system whose data the standbys have
   * @param timeline the highest that was seen: what the primary wrote on last
   */
  record Lineage(SystemIdentifier system, TimelineId timeline) {}

  /**
   * The standbys.
   *
   * @param ranked those that were read, the best first
   * @param paces of those that had WAL to replay
   * @param held where the WAL ends on the disks of those that answer no SQL, as far as a plan was
   *     told that
   */
  record Standbys(List<Candidate> ranked, List<ReplayPace> paces, List<WalHeld> held) {
    Standbys {
      ranked = List.copyOf(ranked);
      paces = List.copyOf(paces);
      held = List.copyOf(held);
    }
  }

  /** The same with those standbys as they are now. */
  ObservedFailover with(List<Candidate> now) {
    return new ObservedFailover(
        all,
        old,
        verdict,
        heard,
        lineage,
        new Standbys(now, standbys.paces(), standbys.held()),
        before);
  }

  /** The same beside that. */
  ObservedFailover with(BeforeSilence then) {
    return new ObservedFailover(all, old, verdict, heard, lineage, standbys, then);
  }

  /** Sites whose worker the old primary's host answers. */
  List<SiteName> hostAnswersTo() {
    return heard.hostAnswersTo();
  }

  /**
   * Whether anything at all came back from its host or database to any witness, or a standby still
   * receives from it.
   */
  boolean answered() {
    return heard.isAnswered() || verdict.state() == State.CUT_OFF;
  }

  /** What the control file of a primary that is gone shows of its WAL, where that was read. */
  Optional<ControlData> disk() {
    return Ranking.disk(all, old, verdict);
  }

  Optional<Candidate> candidate(Instance instance) {
    return standbys.ranked().stream()
        .filter(one -> one.instance().equals(instance.id()))
        .findFirst();
  }

  /** Whether the standbys show what is lost with that one, and for everybody's commits. */
  boolean isLossKnown(Instance candidate) {
    return candidate(candidate).filter(one -> one.loss().bytes() >= 0).isPresent()
        && Candidates.unwaited(ofItsLine()).isEmpty();
  }

  private List<MemberObserved> ofItsLine() {
    return all.members().stream()
        .filter(seen -> !seen.instance().equals(old.id()) && seen.system().equals(lineage.system()))
        .filter(seen -> seen.standing().timeline().equals(lineage.timeline()))
        .toList();
  }

  /** Whether nothing is known of a member, neither from its server nor from its host. */
  boolean isSilent(Instance member) {
    return all.member(member).isEmpty() && all.role(member).isEmpty();
  }

  /** On which timelines the standbys of the primary's system are, the lowest first. */
  List<TimelineId> timelines() {
    return all.members().stream()
        .filter(seen -> !seen.instance().equals(old.id()) && seen.system().equals(lineage.system()))
        .map(seen -> seen.standing().timeline())
        .distinct()
        .sorted(Comparator.comparingLong(TimelineId::value))
        .toList();
  }

  /** Whether it is known which one the primary wrote: by its host, or by all that followed it. */
  boolean isTimelineKnown() {
    return all.role(old).isPresent() || timelines().size() <= 1;
  }

  /** Whether a standby answers over SQL and on its host, and is a standby there. */
  boolean canFollow(Instance standby) {
    return all.member(standby).filter(seen -> seen.standing().inRecovery()).isPresent()
        && all.role(standby).filter(InstanceRole::standsBy).isPresent();
  }
}
