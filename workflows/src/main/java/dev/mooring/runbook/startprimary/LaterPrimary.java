package dev.mooring.runbook.startprimary;

import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Followed;
import dev.mooring.port.RoleActivities.InstanceRole;
import java.util.Optional;

/**
 * Whether the authority of a member's host shows that there was a primary after the primary to
 * start. A later run that let no instance write there proves no later primary only if it made the
 * member follow that very primary: the hosts of a new primary's siblings also have the record that
 * no instance may write there.
 */
final class LaterPrimary {
  private final ObservedStart observed;
  private final InstanceRole other;
  private final Authority authority;

  private LaterPrimary(ObservedStart observed, InstanceRole other) {
    this.observed = observed;
    this.other = other;
    this.authority = other.authority();
  }

  /** The fact that shows it, in words; empty if there is none. */
  static Optional<String> shownBy(ObservedStart observed, InstanceRole other) {
    LaterPrimary asked = new LaterPrimary(observed, other);
    Optional<String> another = asked.madeToFollowAnother();
    return another.isPresent() ? another : asked.reportedLater();
  }

  private long named() {
    return observed.role().authority().epoch();
  }

  private Optional<String> madeToFollowAnother() {
    return other.followed().instances().stream()
        .filter(one -> one.epoch() > named() && !leadsToIt(one))
        .map(one -> "made to follow " + one.upstream() + " in epoch " + one.epoch())
        .findFirst();
  }

  private Optional<String> reportedLater() {
    boolean tookNothing =
        authority.writer().equals(Authority.NOBODY)
            && observed.isStandby(other)
            && other.followed().instances().stream()
                .anyMatch(one -> one.epoch() >= authority.epoch() && leadsToIt(one));
    return authority.epoch() > named() && !tookNothing
        ? Optional.of("said by run " + authority.run())
        : Optional.empty();
  }

  /** True for the primary itself, or a standby, which is judged by its own host's record. */
  private boolean leadsToIt(Followed followed) {
    return followed.upstream().equals(observed.primary().id())
        || observed.others().stream()
            .filter(member -> member.id().equals(followed.upstream()))
            .anyMatch(
                member -> observed.all().role(member).filter(observed::isStandby).isPresent());
  }
}
