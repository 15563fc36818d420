package dev.mooring.runbook.failover;

import dev.mooring.runbook.members.ObservedMembers;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * When a look is taken once more: its worker may have been lost, which shows no silence of a
 * member.
 */
final class AskedAgain {
  /** A look without any answer was lost with its worker: the next one repeats it. */
  private static final int TRIES = 4;

  private AskedAgain() {}

  /** Looks again while a look has no answer at all, a few times. */
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
