package dev.mooring.runbook.failover;

import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.UnattendedFailover;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run that watches the primary recorded while the primary still answered. Any other run has
 * no such record.
 *
 * @param rehearsal the last fence rehearsal, as the primary's host recorded it
 * @param found when the primary was found to be gone; the age of the rehearsal is measured at that
 *     time
 * @param lastWrites the last write position that was read from the primary; one, or none
 */
record BeforeSilence(Optional<LastRehearsal> rehearsal, Instant found, List<LastWrite> lastWrites) {
  BeforeSilence {
    lastWrites = List.copyOf(lastWrites);
  }

  /** The time from the last fence rehearsal until the primary was found to be gone. */
  Optional<Duration> rehearsedAgo() {
    return rehearsal.map(last -> Duration.between(last.at(), found));
  }

  /** Whether a rehearsal passed, is not older than the limit, and proved all of these. */
  boolean isShown(UnattendedFailover limits, List<Proof> needed) {
    return rehearsal.filter(last -> last.passed() && last.lacking(needed).isEmpty()).isPresent()
        && rehearsedAgo().filter(ago -> ago.compareTo(limits.rehearsedWithin()) <= 0).isPresent();
  }

  /** Whether policy and rehearsal show that its server does not start as a primary at boot. */
  boolean staysDown(FailoverPolicy policy) {
    return !policy.startsAfterReboot()
        && policy
            .unattended()
            .filter(limits -> isShown(limits, List.of(Proof.AFTER_REBOOT)))
            .isPresent();
  }
}
