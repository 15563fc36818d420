package dev.mooring.runbook.consume;

import dev.mooring.evidence.Manifest;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceLimits;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether instances that are parked readable have the five settings no lower than production had at
 * the point: with lower ones a hot standby refuses to start, or stops replay at the record that
 * raises one of them (PostgreSQL documentation, "Administrator's Overview" of hot standby).
 */
final class LimitsCheck {
  private LimitsCheck() {}

  /** The verdict; its reason names every setting of every instance that is too low. */
  static Verdict<Manifest> judge(
      Manifest manifest, List<Seen> instances, List<InstanceLimits> limits) {
    List<String> lower =
        instances.stream().flatMap(one -> lower(manifest, one, limits).stream()).toList();
    return lower.isEmpty()
        ? Verdict.proceed(manifest)
        : Verdict.never(
            FailureCode.SETTINGS_TOO_LOW,
            "what is to be read needs what production had: " + String.join("; ", lower));
  }

  /** The settings in its control file count too: a manifest may have none. */
  private static List<String> lower(Manifest manifest, Seen one, List<InstanceLimits> limits) {
    InstanceId id = one.instance().id();
    Optional<StandbyLimits> own =
        limits.stream()
            .filter(l -> l.instance().equals(id))
            .map(InstanceLimits::limits)
            .findFirst();
    if (own.isEmpty()) {
      return List.of(id + ": its settings were not read");
    }
    StandbyLimits published = manifest.evidenceOf(one.instance().content()).orElseThrow().limits();
    StandbyLimits replayed = one.observed().control().settings().limits();
    return Stream.concat(
            own.get().shortOf(published).stream(), own.get().shortOf(replayed).stream())
        .distinct()
        .map(setting -> id + ": " + setting)
        .toList();
  }
}
