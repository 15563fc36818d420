package dev.mooring.runbook;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import java.util.List;
import java.util.Optional;

/**
 * Whether the authority files show a run that revoked the right to write and granted it to no
 * instance: a run between its fence and its promotion, or one that ended there.
 */
public final class TakenRight {
  private TakenRight() {}

  /** The roles with the highest authority epoch; empty if there never was one. */
  public static List<InstanceRole> newest(List<InstanceRole> roles) {
    long newest = roles.stream().mapToLong(role -> role.authority().epoch()).max().orElse(0);
    return newest == 0
        ? List.of()
        : roles.stream().filter(role -> role.authority().epoch() == newest).toList();
  }

  /** The same without the instances that a run made standbys, whose files name none since. */
  public static List<InstanceRole> newestWithoutStandbys(List<InstanceRole> roles) {
    return newest(roles.stream().filter(one -> !wasMadeToFollow(one)).toList());
  }

  /** The authority that such a run left, as far as hosts were read. */
  public static Optional<Authority> of(List<InstanceRole> roles) {
    List<InstanceRole> last = newestWithoutStandbys(roles);
    List<Authority> said = last.stream().map(InstanceRole::authority).distinct().toList();
    return said.size() == 1 && said.get(0).writer().equals(Authority.NOBODY)
        ? Optional.of(said.get(0))
        : Optional.empty();
  }

  /** No instance may write there, because that same run made it a standby. */
  private static boolean wasMadeToFollow(InstanceRole role) {
    return role.authority().writer().equals(Authority.NOBODY)
        && role.followed().instances().stream()
            .anyMatch(one -> one.epoch() >= role.authority().epoch());
  }
}
