package dev.mooring.runbook.failover;

import dev.mooring.runbook.switchover.ObservedMembers;
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

  static boolean isOfNobody(ObservedMembers all) {
    return all.members().isEmpty() && all.roles().isEmpty();
  }
}
