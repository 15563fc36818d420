package dev.mooring.runbook.failover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.runbook.switchover.SwitchoverSight;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** When a look is taken once more: its worker may have been lost, which is nobody's silence. */
final class AskedAgain {
  /** A look that shows nothing of anybody was lost with its worker: the next one has it again. */
  private static final int TRIES = 4;

  private AskedAgain() {}

  /** Looks again while a look shows nothing of anybody, a few times. */
  static <T> T untilNot(Predicate<T> ofNobody, T first, Supplier<T> look) {
    T seen = first;
    for (int tries = 1; ofNobody.test(seen) && tries < TRIES; tries++) {
      seen = look.get();
    }
    return seen;
  }

  static boolean isOfNobody(SwitchoverSight all) {
    return all.members().isEmpty() && all.roles().isEmpty();
  }

  /** Whether somebody is not seen, over SQL or on a host, who was before. */
  static boolean isLess(SwitchoverSight now, SwitchoverSight before) {
    return before.members().stream().anyMatch(one -> now.members().stream().noneMatch(isOf(one)))
        || before.roles().stream().anyMatch(one -> now.roles().stream().noneMatch(isOf(one)));
  }

  private static Predicate<MemberObserved> isOf(MemberObserved one) {
    return other -> other.instance().equals(one.instance());
  }

  private static Predicate<InstanceRole> isOf(InstanceRole one) {
    return other -> other.instance().equals(one.instance());
  }
}
