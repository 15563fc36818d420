package dev.mooring.runbook.failover;

import dev.mooring.port.KnockActivities.LastWrite;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.UnattendedFailover;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run that watches knows of the primary from the time in which it answered; any other run
 * knows nothing of that.
 *
 * @param rehearsal of its fence, as its host recorded the last one
 * @param found when the primary was found to be gone: until then its fence is as it was rehearsed
 * @param lastWrites where it was seen to write last; one, or none
 */
record BeforeSilence(Optional<LastRehearsal> rehearsal, Instant found, List<LastWrite> lastWrites) {
  BeforeSilence {
    lastWrites = List.copyOf(lastWrites);
  }

  /** How long before that its fence was rehearsed. */
  Optional<Duration> rehearsedAgo() {
    return rehearsal.map(last -> Duration.between(last.at(), found));
  }

  /** Whether a rehearsal that passed, and is not too old, showed all of these. */
  boolean isShown(UnattendedFailover limits, List<Proof> needed) {
    return rehearsal.filter(last -> last.passed() && last.lacking(needed).isEmpty()).isPresent()
        && rehearsedAgo().filter(ago -> ago.compareTo(limits.rehearsedWithin()) <= 0).isPresent();
  }

  /** Whether it is shown that its server does not start as a primary with its host. */
  boolean staysDown(FailoverPolicy policy) {
    return !policy.startsAfterReboot()
        && policy
            .unattended()
            .filter(limits -> isShown(limits, List.of(Proof.AFTER_REBOOT)))
            .isPresent();
  }
}
