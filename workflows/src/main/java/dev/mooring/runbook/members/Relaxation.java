package dev.mooring.runbook.members;

import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.Relaxed;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The records on members' hosts that commits of a primary may have waited for no standby. */
public final class Relaxation {
  private Relaxation() {}

  /**
   * The newest record about a primary. One of an older timeline is over: that primary was promoted
   * anew since, and its synchronous standbys were set for that.
   *
   * @param wrote a timeline that the primary wrote: the last, or an earlier one if that is not
   *     known
   */
  public static Optional<Relaxed> of(
      InstanceId primary, TimelineId wrote, List<InstanceRole> roles) {
    return roles.stream()
        .flatMap(role -> role.authority().relaxed().stream())
        .filter(record -> record.primary().equals(primary))
        .filter(record -> record.timeline().value() >= wrote.value())
        .max(Comparator.comparingLong(Relaxed::epoch));
  }
}
