package dev.mooring.runbook.consume;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.DecodedPoint;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.ArchiveActivities.WantedScan;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.Answer.Foreign;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A restore point of a manifest without a seal, built from the WAL at this site: the copy's own
 * system identifier, which every page header must have, the timeline of the WAL file that the
 * manifest names, and the only record with that name between the copy's start and the position.
 * What only production knows is left open, and reported.
 */
final class ForeignPoint {
  /** No clock of production was read; the WAL proves that the name occurs once. */
  private static final ClockWindow ANY_TIME =
      new ClockWindow(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"));

  private static final Archiver NOT_ASKED = new Archiver(0, "", "", 0, "", "");

  private ForeignPoint() {}

  /** The WAL to read, or why none is read: contents or WAL files that don't match. */
  static Verdict<List<WantedScan>> scans(ForeignManifest manifest, List<Seen> seen, Site site) {
    List<ContentId> here = seen.stream().map(one -> one.instance().content()).sorted().toList();
    if (!manifest.contentIds().equals(here)) {
      return Verdict.never(
          FailureCode.CONTENTS_DIFFER,
          String.format(
              "manifest %s has contents %s, the cluster file has %s here",
              manifest.restorePoint(), manifest.contentIds(), here));
    }
    List<String> against = new ArrayList<>();
    List<WantedScan> scans = new ArrayList<>();
    for (Seen one : seen) {
      ForeignManifest.Segment segment = manifest.segmentOf(one.instance().content()).orElseThrow();
      ContentTarget target = target(segment, one.observed().control());
      if (!segment.walFile().isEmpty() && !segment.walFile().equals(target.walFile().text())) {
        against.add(
            String.format(
                "content %s: it says %s in WAL file %s, that position lies in %s",
                segment.content(), segment.lsn(), segment.walFile(), target.walFile()));
      }
      scans.add(
          new WantedScan(
              manifest.restorePoint(),
              new WantedChain(
                  one.instance().id(),
                  RecoveryFloors.replayStart(one),
                  target,
                  site.archive(),
                  List.of())));
    }
    return against.isEmpty()
        ? Verdict.proceed(List.copyOf(scans))
        : Verdict.never(FailureCode.POINT_NOT_PROVED, of(manifest, against));
  }

  private static ContentTarget target(ForeignManifest.Segment segment, ControlData control) {
    WalSegmentSize size = control.identity().layout().walSegmentSize();
    TimelineId timeline =
        segment.walFile().isEmpty()
            ? control.checkpoint().timeline()
            : new WalFileName(segment.walFile()).timeline();
    return new ContentTarget(
        segment.content(),
        control.systemIdentifier(),
        timeline,
        segment.lsn(),
        WalFileName.containingByteBefore(timeline, segment.lsn(), size),
        size);
  }

  /** Whether the WAL of every instance has the point exactly once, at the manifest's position. */
  static Verdict<List<PointArchived>> judge(
      ForeignManifest manifest, List<WantedScan> scans, List<PointArchived> points) {
    List<String> missing = new ArrayList<>();
    List<String> against = new ArrayList<>();
    for (WantedScan scan : scans) {
      Optional<PointArchived> point = of(scan, points);
      if (point.isEmpty()) {
        against.add(scan.way().instance() + ": its WAL was not read");
        continue;
      }
      point
          .get()
          .missing()
          .forEach(
              gap ->
                  missing.add(scan.way().instance() + ": " + gap.file() + " is " + gap.reason()));
      if (point.get().missing().isEmpty()) {
        judgeRecords(scan, point.get()).ifPresent(against::add);
      }
    }
    if (!missing.isEmpty()) {
      return Verdict.never(FailureCode.WAL_MISSING, String.join("; ", missing));
    }
    return against.isEmpty()
        ? Verdict.proceed(points)
        : Verdict.never(FailureCode.POINT_NOT_PROVED, of(manifest, against));
  }

  private static Optional<String> judgeRecords(WantedScan scan, PointArchived point) {
    ContentTarget target = scan.way().target();
    String where =
        String.format(
            "%s: the WAL from %s to %s on timeline %s",
            scan.way().instance(), scan.way().from().lsn(), target.lsn(), target.timeline());
    List<DecodedPoint> records = point.records();
    if (records.isEmpty()) {
      return Optional.of(where + " has no restore point " + scan.point());
    }
    if (records.size() > 1) {
      return Optional.of(
          String.format(
              "%s has %d restore points %s, ending at %s: recovery stops at the first it meets, so"
                  + " it is not known which one is meant",
              where,
              records.size(),
              scan.point(),
              records.stream().map(DecodedPoint::end).toList()));
    }
    if (!records.get(0).end().equals(target.lsn())) {
      return Optional.of(
          String.format(
              "%s has restore point %s, ending at %s", where, scan.point(), records.get(0).end()));
    }
    return point.files().isEmpty()
        ? Optional.of(where + " has it in files that were not read whole")
        : Optional.empty();
  }

  private static Optional<PointArchived> of(WantedScan scan, List<PointArchived> points) {
    return points.stream().filter(p -> p.owner().equals(scan.way().instance())).findFirst();
  }

  private static String of(ForeignManifest manifest, List<String> against) {
    return "manifest " + manifest.restorePoint() + ": " + String.join("; ", against);
  }

  /** The manifest for the rest of the run; it is never written to a store. */
  static Manifest manifest(
      RestorePointName name,
      Cluster cluster,
      List<Seen> seen,
      List<WantedScan> scans,
      List<PointArchived> points) {
    List<ContentEvidence> contents = new ArrayList<>();
    List<ContentProof> proofs = new ArrayList<>();
    List<ArchiveEvidence.ContentArchive> archives = new ArrayList<>();
    for (Seen one : seen) {
      WantedScan scan =
          scans.stream()
              .filter(s -> s.way().instance().equals(one.instance().id()))
              .findFirst()
              .orElseThrow();
      PointArchived point = of(scan, points).orElseThrow();
      ContentTarget target = scan.way().target();
      contents.add(
          new ContentEvidence(
              target, owner(one), ANY_TIME, target.lsn(), StandbyLimits.NONE, HostNeeds.NONE));
      proofs.add(new ContentProof(target.content(), point.records().get(0).start(), point.files()));
      archives.add(
          new ArchiveEvidence.ContentArchive(
              target.content(), scan.way().archive().directoryOf(target.content()), NOT_ASKED));
    }
    return new Manifest(
        new Manifest.Header(cluster.name(), name, Instant.EPOCH, "", new Cut(Cut.Kind.NAMED, 0)),
        contents,
        proofs,
        new ArchiveEvidence(
            archives,
            new ArchiveEvidence.Waiting(
                Duration.ZERO, Duration.ZERO, Duration.ZERO, Instant.EPOCH)),
        List.of());
  }

  /** The copy stands in for the unknown primary: its own versions must agree. */
  private static ContentEvidence.Owner owner(Seen seen) {
    Instance instance = seen.instance();
    return new ContentEvidence.Owner(
        instance.id(),
        instance.host(),
        instance.port(),
        seen.observed().software().server(),
        Instant.EPOCH);
  }

  /** For a receipt: the origin of the point, and what was not proved. */
  static String read(Foreign foreign, int instances) {
    return String.format(
        "%s; the WAL of %d instances was scanned for the name", inWords(foreign), instances);
  }

  /** The same if the site is already at the point, which was proved then. */
  static String notReadAgain(Foreign foreign, String run) {
    return String.format(
        "%s; the WAL was scanned for the name when run %s parked the instances there",
        inWords(foreign), run);
  }

  private static String inWords(Foreign foreign) {
    return String.format(
        "manifest %s is whpg_dr_sync's, unsigned, read from %s with SHA-256 %s: production's"
            + " versions, settings, needs and clock are not compared",
        foreign.manifest().restorePoint(), foreign.path(), foreign.sha256());
  }
}
