package dev.mooring.runbook.resilver;

import dev.mooring.authority.Epoch;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RoleActivities.InstanceRole;
import java.util.List;

/**
 * Who may write, as all hosts of members say that could be asked.
 *
 * @param highest epoch on any of them
 * @param unread one sentence for each member whose host could not be asked
 */
record RolesSeen(List<InstanceRole> roles, Epoch highest, List<InstanceFailure> unread) {
  RolesSeen {
    roles = List.copyOf(roles);
    unread = List.copyOf(unread);
  }
}
