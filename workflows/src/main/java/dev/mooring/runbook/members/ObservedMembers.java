package dev.mooring.runbook.members;

import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * Everything that was observed of a cluster before a move.
 *
 * @param members over SQL
 * @param silent members that could not be asked over SQL
 * @param hosts the members' roles on their hosts, and the hosts that could not be read
 * @param endpoints where they point
 * @param around the surroundings of members
 */
public record ObservedMembers(
    List<MemberObserved> members,
    List<InstanceFailure> silent,
    MemberRoles hosts,
    EndpointsObserved endpoints,
    MemberSurroundings around) {
  public ObservedMembers {
    members = List.copyOf(members);
    silent = List.copyOf(silent);
  }

  /** The same with these surroundings. */
  public ObservedMembers with(MemberSurroundings seen) {
    return new ObservedMembers(members, silent, hosts, endpoints, seen);
  }

  /** Whether a member that was observed before, over SQL or on its host, is unknown now. */
  public boolean lacksOneOf(ObservedMembers before) {
    return !answered().containsAll(before.answered()) || !read().containsAll(before.read());
  }

  /** Whether any member is unknown, over SQL or on its host. */
  public boolean lacksAnyone() {
    return !silent.isEmpty() || !hosts.unread().isEmpty();
  }

  private List<InstanceId> answered() {
    return members.stream().map(MemberObserved::instance).toList();
  }

  private List<InstanceId> read() {
    return hosts.roles().stream().map(InstanceRole::instance).toList();
  }

  /** The member's answer over SQL. */
  public Optional<MemberObserved> member(Instance instance) {
    return members.stream().filter(m -> m.instance().equals(instance.id())).findFirst();
  }

  /** The member's role on its host, if it was read. */
  public Optional<InstanceRole> role(Instance instance) {
    return hosts.roles().stream().filter(r -> r.instance().equals(instance.id())).findFirst();
  }

  /** Why the member's host could not be read. */
  public String whyUnread(Instance instance) {
    return hosts.unread().stream()
        .filter(failure -> failure.instance().equals(instance.id()))
        .map(InstanceFailure::message)
        .findFirst()
        .orElse("unknown");
  }

  /** Whether it answers over a new connection too: a halted server may answer an old one. */
  public boolean answers(Instance instance) {
    return member(instance).isPresent() && around.ready(instance).isPresent();
  }

  /** Why the member could not be asked. */
  public String whySilent(Instance instance) {
    if (member(instance).isPresent()) {
      return "not over a new connection: " + around.whySilent(instance);
    }
    return silent.stream()
        .filter(failure -> failure.instance().equals(instance.id()))
        .map(InstanceFailure::message)
        .findFirst()
        .orElse("it was not observed");
  }
}
