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
 * What was seen of a cluster's Patroni, in the questions that runbooks ask of it.
 *
 * @param policy how it was asked
 * @param seen its answers
 */
public record ObservedPatroni(PatroniPolicy policy, PatroniObserved seen) {

  /** What a member's own Patroni says of it, if it answered. */
  public Optional<MemberSeen> member(InstanceId instance) {
    return seen.members().stream().filter(m -> m.instance().equals(instance)).findFirst();
  }

  /** Whether a member's server runs, in Patroni's own words. */
  public boolean runs(InstanceId instance) {
    return member(instance).filter(ObservedPatroni::runs).isPresent();
  }

  /** Whether that one's server runs. */
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

  /** Why nothing is known of the store that Patroni votes in; nothing where it answered. */
  public Optional<PatroniFailure> storeSilent() {
    return seen.cluster().isEmpty()
        ? seen.failures().stream().filter(failure -> failure.member().isEmpty()).findFirst()
        : Optional.empty();
  }

  /** Who leads without the store, by failsafe_mode. */
  public List<MemberSeen> withoutStore() {
    return seen.members().stream()
        .filter(member -> member.role() == Role.LEADER && member.has(Fact.FAILSAFE))
        .toList();
  }

  /** What the store holds; nothing where it is silent. */
  public Optional<ClusterSeen> cluster() {
    return seen.cluster().stream().findFirst();
  }

  /** The dynamic configuration; nothing where the store is silent. */
  public Optional<PatroniSettings> settings() {
    return cluster().map(ClusterSeen::settings);
  }

  /** Whether commits wait for a standby, by synchronous_mode; not known without the store. */
  public Synchronous synchronous() {
    return settings().map(PatroniSettings::synchronous).orElse(Synchronous.OFF);
  }

  /** Whether every commit waited for that one, by the store. */
  public boolean waitedFor(InstanceId instance) {
    return listed(instance).filter(one -> one.role() == Role.SYNC_STANDBY).isPresent();
  }

  /** A member as the store has it. */
  public Optional<ListedMember> listed(InstanceId instance) {
    return cluster().stream()
        .flatMap(known -> known.members().stream())
        .filter(member -> member.instance().contains(instance))
        .findFirst();
  }

  /** Whose servers are primaries by their own word. */
  public List<InstanceId> leaders() {
    return seen.leaders();
  }

  /** Who has the leader lock by the store, as far as the cluster file has it. */
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

  /** The timeline of the one that leads alone, where that one is this. */
  public Optional<TimelineId> leads(InstanceId instance) {
    return leaders().equals(List.of(instance)) && runs(instance)
        ? member(instance).flatMap(member -> member.timeline().stream().findFirst())
        : Optional.empty();
  }
}
