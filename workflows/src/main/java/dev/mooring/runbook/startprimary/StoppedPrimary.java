package dev.mooring.runbook.startprimary;

import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * Finds the primary to start. It is the member whose host holds a virtual address of the cluster;
 * else the member that its host shows as no standby and that is not fenced; else the member that
 * the authority files of the highest epoch name. If one of these shows two members, nothing is
 * started: a person has to decide which of them is the right one, and names it.
 */
final class StoppedPrimary {
  private final Cluster cluster;
  private final ObservedMembers observed;

  private StoppedPrimary(Cluster cluster, ObservedMembers observed) {
    this.cluster = cluster;
    this.observed = observed;
  }

  /**
   * A primary that was found.
   *
   * @param by what showed it
   */
  record Found(Instance instance, String by) {}

  /**
   * The verdict.
   *
   * @param named by a person, who may be wrong: what blocks it is checked afterwards
   */
  static Verdict<Found> of(Cluster cluster, ObservedMembers observed, Optional<InstanceId> named) {
    return new StoppedPrimary(cluster, observed).verdict(named);
  }

  private Verdict<Found> verdict(Optional<InstanceId> named) {
    if (named.isPresent()) {
      return found(List.of(named.get()), "named by a person");
    }
    List<InstanceId> shown = byAddress();
    if (!shown.isEmpty()) {
      return found(shown, "its host holds the virtual address");
    }
    shown = byConfiguration();
    if (!shown.isEmpty()) {
      return found(shown, "its host shows it as no standby");
    }
    shown = byAuthority();
    return shown.isEmpty() ? none() : found(shown, "the authority file of its host names it");
  }

  private Verdict<Found> found(List<InstanceId> shown, String by) {
    if (shown.size() > 1) {
      return Verdict.never(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s are primaries, both: %s. Find out which one is the right one (%s), and name it:"
                  + " `--instance ID`",
              String.join(" and ", shown.stream().map(InstanceId::value).toList()),
              by,
              String.join("; ", shown.stream().map(this::stands).toList())));
    }
    InstanceId id = shown.get(0);
    return cluster
        .member(id)
        .<Verdict<Found>>map(one -> Verdict.proceed(new Found(one, by)))
        .orElseGet(
            () ->
                Verdict.never(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no member of cluster %s; its members are %s",
                        id, cluster.name(), ids())));
  }

  private String stands(InstanceId id) {
    return observed.hosts().roles().stream()
        .filter(role -> role.instance().equals(id))
        .map(
            role ->
                String.format(
                    "%s: %s, timeline %s",
                    id, role.control().state(), role.control().timelineReached()))
        .findFirst()
        .orElse(id + ": its host was not read");
  }

  private List<InstanceId> ids() {
    return cluster.members().stream().map(Instance::id).toList();
  }

  /** An address points at all that its host has, its standbys among them. */
  private List<InstanceId> byAddress() {
    List<String> addresses =
        cluster.streaming().orElseThrow().endpoints().stream()
            .filter(Endpoint.VirtualIp.class::isInstance)
            .map(Endpoint::name)
            .toList();
    List<InstanceId> holders =
        observed.endpoints().seen().stream()
            .filter(endpoint -> addresses.contains(endpoint.name()))
            .map(EndpointSeen::pointsAt)
            .flatMap(List::stream)
            .distinct()
            .toList();
    return holders.size() > 1 ? holders.stream().filter(id -> !standsBy(id)).toList() : holders;
  }

  private boolean standsBy(InstanceId id) {
    return observed.hosts().roles().stream()
        .anyMatch(role -> role.instance().equals(id) && role.standsBy());
  }

  private List<InstanceId> byConfiguration() {
    return observed.hosts().roles().stream()
        .filter(role -> !role.standsBy() && role.start().fencedEpoch() == 0)
        .map(InstanceRole::instance)
        .toList();
  }

  /** A host that was away when the role moved last names an older one. */
  private List<InstanceId> byAuthority() {
    List<Authority> naming =
        observed.hosts().roles().stream()
            .map(InstanceRole::authority)
            .filter(authority -> !authority.writer().isEmpty())
            .toList();
    long highest = naming.stream().mapToLong(Authority::epoch).max().orElse(0);
    return naming.stream()
        .filter(authority -> authority.epoch() == highest)
        .map(Authority::writer)
        .filter(writer -> !writer.equals(Authority.NOBODY))
        .distinct()
        .map(InstanceId::new)
        .toList();
  }

  private Verdict<Found> none() {
    return Verdict.never(
        FailureCode.NO_PRIMARY,
        String.format(
            "no member of %s is a primary: no host holds a virtual address of it, each that was"
                + " read is a standby or fenced, and no authority file names one%s; name it:"
                + " `--instance ID`, one of %s",
            cluster.name(), unread(), ids()));
  }

  /** The primary may be among them: an unread member is not taken for a standby. */
  private String unread() {
    return observed.hosts().unread().isEmpty()
        ? ""
        : "; not read: " + FanOut.inWords(observed.hosts().unread());
  }
}
