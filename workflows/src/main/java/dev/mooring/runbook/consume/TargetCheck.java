package dev.mooring.runbook.consume;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.ReplayPlace;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.ContentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether every instance can be parked at a manifest's point: the same contents, and for each the
 * same system identifier, the same major version, no timeline beyond the point's, and no floor
 * beyond its position. Identity comes first: positions of different systems are never compared.
 */
final class TargetCheck {
  private static final int WAL_FILES_OF_ROOM = 4;

  private TargetCheck() {}

  static Verdict<Manifest> judge(Manifest manifest, List<Seen> instances) {
    List<ContentId> here =
        instances.stream().map(seen -> seen.instance().content()).distinct().sorted().toList();
    if (!manifest.contentIds().equals(here)) {
      return Verdict.never(
          FailureCode.CONTENTS_DIFFER,
          String.format(
              "manifest %s has contents %s, the cluster file has %s here",
              manifest.name(), manifest.contentIds(), here));
    }
    List<String> reasons = new ArrayList<>();
    FailureCode code = null;
    for (Seen seen : instances) {
      Verdict<?> verdict = judgeOne(manifest, seen);
      if (verdict instanceof Verdict.Never<?> never) {
        code = code == null ? never.code() : code;
        reasons.add(never.reason());
      }
    }
    return code == null
        ? Verdict.proceed(manifest)
        : Verdict.never(code, String.join("; ", reasons));
  }

  /** One sentence for each instance whose programs have another minor version. */
  static List<String> otherMinors(Manifest manifest, List<Seen> instances) {
    List<String> others = new ArrayList<>();
    for (Seen seen : instances) {
      ContentEvidence.Owner owner =
          manifest.evidenceOf(seen.instance().content()).orElseThrow().owner();
      VersionsCheck.otherMinor(
              seen.instance().id(), seen.observed().software(), owner.instance(), owner.version())
          .ifPresent(others::add);
    }
    return others;
  }

  private static Verdict<?> judgeOne(Manifest manifest, Seen seen) {
    ContentEvidence evidence = manifest.evidenceOf(seen.instance().content()).orElseThrow();
    ContentTarget target = evidence.target();
    ControlData control = seen.observed().control();
    if (!control.systemIdentifier().equals(target.systemIdentifier())) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s is of system %s, content %s of manifest %s is of system %s",
              seen.instance().id(),
              control.systemIdentifier(),
              target.content(),
              manifest.name(),
              target.systemIdentifier()));
    }
    return VersionsCheck.judge(
            seen.instance().id(),
            seen.observed().software(),
            evidence.owner().instance(),
            evidence.owner().version())
        .then(same -> judgePosition(target, seen));
  }

  private static Verdict<Seen> judgePosition(ContentTarget target, Seen seen) {
    ControlData control = seen.observed().control();
    if (control.checkpoint().timeline().compareTo(target.timeline()) > 0) {
      return Verdict.never(
          FailureCode.PROMOTED,
          String.format(
              "%s is on timeline %s, the point was made on timeline %s",
              seen.instance().id(), control.checkpoint().timeline(), target.timeline()));
    }
    Optional<ContentFloor> floor = RecoveryFloors.floorOf(seen);
    if (floor.isPresent() && floor.get().floor().isAfter(target.lsn())) {
      return Verdict.never(
          FailureCode.BEYOND_TARGET,
          String.format(
              "%s can't be parked below %s (%s), the point lies at %s",
              seen.instance().id(), floor.get().floor(), floor.get().source(), target.lsn()));
    }
    if (seen.place().filter(place -> isReplaying(place, target)).isPresent()) {
      return Verdict.never(
          FailureCode.STATE_UNREADABLE,
          String.format(
              "%s runs, answers no SQL and replays %s, in which the point lies at %s: whether it is"
                  + " beyond the point is not known; once it is stopped, its control file shows it",
              seen.instance().id(), target.walFile(), target.lsn()));
    }
    long needed = WAL_FILES_OF_ROOM * target.walSegmentSize().bytes();
    if (seen.observed().pgWalFreeBytes() < needed) {
      return Verdict.never(
          FailureCode.NO_ROOM,
          String.format(
              "%s has %d bytes of room for WAL, needs %d",
              seen.instance().id(), seen.observed().pgWalFreeBytes(), needed));
    }
    return Verdict.proceed(seen);
  }

  /** Whether it replays the point's own file, before the point or after it. */
  private static boolean isReplaying(ReplayPlace place, ContentTarget target) {
    WalSegmentSize size = target.walSegmentSize();
    return !place.waiting()
        && place.walFile().segmentNumber(size) == target.walFile().segmentNumber(size);
  }
}
