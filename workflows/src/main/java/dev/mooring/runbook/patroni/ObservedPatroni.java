package dev.mooring.runbook.patroni;

import dev.mooring.port.PatroniActivities.ClusterSeen;
import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.LeaderChange;
import dev.mooring.port.PatroniActivities.ListedMember;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What Patroni of a cluster answered.
 *
 * @param policy how Patroni is reached
 * @param seen its answers
 */
public record ObservedPatroni(PatroniPolicy policy, PatroniObserved seen) {

  /** What the Patroni of a member reports, if it answered. */
  public Optional<MemberSeen> member(InstanceId instance) {
    return seen.members().stream().filter(m -> m.instance().equals(instance)).findFirst();
  }

  /** Whether a member's server runs, by Patroni's state. */
  public boolean runs(InstanceId instance) {
    return member(instance).filter(ObservedPatroni::runs).isPresent();
  }

  /** Whether the member's server runs, by Patroni's state. */
  public static boolean runs(MemberSeen member) {
    return member.state().equals("running") || member.state().equals("streaming");
  }

  /** Why a member's Patroni did not answer. */
  public String whySilent(InstanceId instance) {
    return seen.failures().stream()
        .filter(failure -> failure.member().contains(instance))
        .map(PatroniFailure::message)
        .findFirst()
        .orElse("it was not observed");
  }

  /** Why Patroni's store is unknown; empty if the store answered. */
  public Optional<PatroniFailure> storeSilent() {
    return seen.cluster().isEmpty()
        ? seen.failures().stream().filter(failure -> failure.member().isEmpty()).findFirst()
        : Optional.empty();
  }

  /** The leaders that keep their role without the store, by failsafe_mode. */
  public List<MemberSeen> withoutStore() {
    return seen.members().stream()
        .filter(member -> member.role() == Role.LEADER && member.has(Fact.FAILSAFE))
        .toList();
  }

  /** The content of the store; empty if the store is silent. */
  public Optional<ClusterSeen> cluster() {
    return seen.cluster().stream().findFirst();
  }

  /** The dynamic configuration; empty if the store is silent. */
  public Optional<PatroniSettings> settings() {
    return cluster().map(ClusterSeen::settings);
  }

  /** Whether commits wait for a standby, by synchronous_mode; off if the store is silent. */
  public Synchronous synchronous() {
    return settings().map(PatroniSettings::synchronous).orElse(Synchronous.OFF);
  }

  /** Whether every commit waited for that member, by the store. */
  public boolean waitedFor(InstanceId instance) {
    return listed(instance).filter(one -> one.role() == Role.SYNC_STANDBY).isPresent();
  }

  /** The member as the store lists it. */
  public Optional<ListedMember> listed(InstanceId instance) {
    return cluster().stream()
        .flatMap(known -> known.members().stream())
        .filter(member -> member.instance().contains(instance))
        .findFirst();
  }

  /** The members whose servers report that they are primaries. */
  public List<InstanceId> leaders() {
    return seen.leaders();
  }

  /** Those of them that accept writes: Patroni asked their servers, which run. */
  public List<InstanceId> writers() {
    return leaders().stream().filter(this::runs).toList();
  }

  /** The holder of the leader lock by the store, if the cluster file names that member. */
  public Optional<InstanceId> lock() {
    return cluster().stream()
        .flatMap(known -> known.members().stream())
        .filter(member -> member.role() == Role.LEADER)
        .flatMap(member -> member.instance().stream())
        .findFirst();
  }

  /** The last leader: the member that has the lock, or else the last one that the history names. */
  public Optional<InstanceId> ledLast() {
    return lock()
        .or(
            () ->
                cluster().stream()
                    .flatMap(known -> known.history().stream())
                    .reduce((earlier, later) -> later)
                    .map(LeaderChange::leader)
                    .flatMap(policy::named));
  }

  /** The timeline of this member, if it runs and is the only leader. */
  public Optional<TimelineId> leads(InstanceId instance) {
    return leaders().equals(List.of(instance)) && runs(instance)
        ? member(instance).flatMap(member -> member.timeline().stream().findFirst())
        : Optional.empty();
  }
}
