package dev.mooring.runbook.startprimary;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The observation of a cluster whose primary is stopped.
 *
 * @param all members, hosts and endpoints
 * @param primary the instance to start
 * @param foundBy what showed that it is the primary
 * @param role its role on its host
 * @param others every other member
 */
record ObservedStart(
    ObservedMembers all,
    Instance primary,
    String foundBy,
    InstanceRole role,
    List<Instance> others) {
  ObservedStart {
    others = List.copyOf(others);
  }

  static ObservedStart of(
      Cluster cluster, ObservedMembers all, StoppedPrimary.Found found, InstanceRole role) {
    return new ObservedStart(
        all,
        found.instance(),
        found.by(),
        role,
        cluster.members().stream().filter(member -> !member.equals(found.instance())).toList());
  }

  SystemIdentifier system() {
    return role.control().systemIdentifier();
  }

  TimelineId timeline() {
    return role.control().timelineReached();
  }

  /** The highest timeline of a member: on its host, over SQL or of what it followed. */
  TimelineId timelineOf(InstanceRole other) {
    Stream<TimelineId> live =
        all.members().stream()
            .filter(member -> member.instance().equals(other.instance()))
            .map(member -> member.standing().timeline());
    return Stream.of(
            live,
            other.followed().timelines().stream(),
            Stream.of(other.control().timelineReached()))
        .flatMap(shown -> shown)
        .max(Comparator.comparingLong(TimelineId::value))
        .orElseThrow();
  }

  /** Whether its host shows it as a standby of the primary's system. */
  boolean isStandby(InstanceRole other) {
    return other.standsBy() && other.control().systemIdentifier().equals(system());
  }

  /** Whether it is down, and every start of it fails on its configuration fence. */
  static boolean isFenced(InstanceRole other) {
    return other.process() == ServerProcess.STOPPED && other.start().fencedEpoch() != 0;
  }

  /** The standbys that run, as their hosts show them. */
  List<Instance> running() {
    return others.stream()
        .filter(
            other ->
                all.role(other)
                    .filter(seen -> isStandby(seen) && seen.process() == ServerProcess.RUNNING)
                    .isPresent())
        .toList();
  }

  /** Why a member could not be read on its host. */
  String whyUnread(Instance instance) {
    return all.hosts().unread().stream()
        .filter(failure -> failure.instance().equals(instance.id()))
        .map(InstanceFailure::message)
        .findFirst()
        .orElse("it was not observed");
  }

  /** A member's role on its host, in words that a digest may cover. */
  String kindOf(Instance other) {
    return all.role(other)
        .map(
            seen -> {
              if (!seen.control().systemIdentifier().equals(system())) {
                return "of another system, " + seen.control().systemIdentifier();
              }
              if (seen.standsBy()) {
                return "standby";
              }
              return isFenced(seen) ? "fenced" : "no standby";
            })
        .orElse("silent");
  }

  /** The same, and its present state. */
  String stands(InstanceRole seen, Instance other) {
    return String.format(
        "%s, %s, %s, timeline %s",
        kindOf(other),
        seen.process().name().toLowerCase(Locale.ROOT),
        seen.control().state(),
        timelineOf(seen));
  }
}
