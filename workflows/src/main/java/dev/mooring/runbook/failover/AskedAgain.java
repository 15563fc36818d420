package dev.mooring.runbook.failover;

import dev.mooring.runbook.members.ObservedMembers;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Repeats an observation that returned nothing: its worker may have been lost, which does not prove
 * that a member is silent.
 */
final class AskedAgain {
  /** Attempts for an observation that returns nothing at all, because its worker was lost. */
  private static final int TRIES = 4;

  private AskedAgain() {}

  /** Repeats the observation, a few times, until the predicate does not match. */
  static <T> T untilNot(Predicate<T> ofNobody, T first, Supplier<T> look) {
    T seen = first;
    for (int tries = 1; ofNobody.test(seen) && tries < TRIES; tries++) {
      seen = look.get();
    }
    return seen;
  }

  static boolean isOfNobody(ObservedMembers all) {
    return all.members().isEmpty() && all.hosts().roles().isEmpty();
  }
}
