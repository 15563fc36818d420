package dev.mooring.runbook.members;

import dev.mooring.authority.Epoch;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.RunbookStop;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * The roles of members, as their hosts report them.
 *
 * @param highest the highest epoch on any of them
 * @param unread each member whose host could not be read, and why
 */
public record MemberRoles(List<InstanceRole> roles, Epoch highest, List<InstanceFailure> unread) {
  /** If no host was asked. */
  public static final MemberRoles NONE = new MemberRoles(List.of(), Epoch.NONE, List.of());

  public MemberRoles {
    roles = List.copyOf(roles);
    unread = List.copyOf(unread);
  }

  /** Waits for the hosts that were asked. */
  public static MemberRoles of(List<Promise<RolesObserved>> hosts) {
    List<InstanceRole> roles = new ArrayList<>();
    List<InstanceFailure> unread = new ArrayList<>();
    Epoch highest = Epoch.NONE;
    for (Promise<RolesObserved> host : hosts) {
      RolesObserved seen = host.get();
      roles.addAll(seen.roles());
      unread.addAll(seen.failures());
      highest = Epoch.higher(highest, seen.highestEpoch());
    }
    return new MemberRoles(roles, highest, unread);
  }

  /** Refuses if links make one data directory that of two members: a copy would replace both. */
  public static void refuseShared(List<InstanceFailure> unread) {
    for (InstanceFailure one : unread) {
      if (one.code() == FailureCode.TOPOLOGY_DIFFERS) {
        throw RunbookStop.refused(one.code(), one.instance() + ": " + one.message());
      }
    }
  }
}
