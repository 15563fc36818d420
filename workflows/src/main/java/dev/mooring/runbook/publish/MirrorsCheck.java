package dev.mooring.runbook.publish;

import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.InstanceArchiving;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Instance;
import java.util.Optional;

/**
 * Whether the mirrors of a Greenplum, and its standby coordinator, would archive after a promotion.
 * They accept no connections: their settings are read on their hosts. A mirror that would not
 * archive, or can't be read, is reported and does not block a publish.
 */
public final class MirrorsCheck {
  private MirrorsCheck() {}

  /** Why the mirror would not archive, or why that is unknown; empty if it would archive. */
  public static Optional<String> judge(Instance mirror, Observed<ArchivingObserved> observed) {
    return observed.match(
        seen ->
            seen.observed().stream()
                .filter(one -> one.instance().equals(mirror.id()))
                .findFirst()
                .map(one -> judge(mirror, one))
                .orElseGet(() -> Optional.of(unknown(mirror, failure(mirror, seen)))),
        unseen -> Optional.of(unknown(mirror, unseen.why())));
  }

  private static Optional<String> judge(Instance mirror, InstanceArchiving seen) {
    Archiving archiving =
        new Archiving(
            seen.mode(), seen.command(), seen.library(), seen.walLevel(), StandbyLimits.NONE);
    return ArchivingCheck.judge(mirror.id(), archiving)
        .match(
            proceed -> Optional.empty(),
            notYet -> Optional.of(unknown(mirror, notYet.awaiting())),
            never ->
                Optional.of(
                    String.format(
                        "%s; once promoted it would not archive content %s",
                        never.reason(), mirror.content())));
  }

  private static String failure(Instance mirror, ArchivingObserved seen) {
    return seen.failures().stream()
        .filter(failure -> failure.instance().equals(mirror.id()))
        .findFirst()
        .map(failure -> failure.message())
        .orElse("it is missing in the answer");
  }

  private static String unknown(Instance mirror, String why) {
    return "whether mirror " + mirror.id() + " would archive once promoted is not known: " + why;
  }
}
