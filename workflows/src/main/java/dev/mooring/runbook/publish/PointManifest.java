package dev.mooring.runbook.publish;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.DatabaseActivities.EarlierPoint;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The manifest of one point in its states: created, not proved in time, READY. */
final class PointManifest {
  private PointManifest() {}

  /** Before the archive was read. */
  static Manifest made(
      Cluster cluster, PointMade point, List<ContentEvidence> contents, List<Primary> primaries) {
    List<String> reasons =
        contents.stream()
            .map(c -> "content " + c.target().content() + ": not yet checked")
            .toList();
    return new Manifest(
        new Manifest.Header(
            cluster.name(), point.name(), RunbookRun.now(), cluster.digest(), point.cut()),
        contents.stream().map(content -> withStandbyNames(content, primaries)).toList(),
        List.of(),
        PublishProof.archiveEvidence(cluster, primaries, Duration.ZERO),
        reasons);
  }

  private static ContentEvidence withStandbyNames(
      ContentEvidence content, List<Primary> primaries) {
    return primaries.stream()
        .filter(primary -> primary.instance().id().equals(content.owner().instance()))
        .findFirst()
        .map(primary -> content.withStandbyNames(primary.server().synchronous().standbyNames()))
        .orElse(content);
  }

  /** Not READY so far, for these reasons. */
  static Manifest notReady(Manifest pending, List<String> reasons) {
    return new Manifest(
        pending.header(), pending.contents(), List.of(), waitedUntilNow(pending), reasons);
  }

  /** The manifest of an earlier point of the same publish, derived from the newest one. */
  static Manifest earlier(Manifest newest, EarlierPoint point) {
    Manifest.Header header = newest.header();
    return new Manifest(
        new Manifest.Header(
            header.cluster(),
            point.name(),
            header.createdAt(),
            header.clusterFileDigest(),
            point.cut()),
        point.contents().stream().map(content -> likeNewest(content, newest)).toList(),
        List.of(),
        newest.archive(),
        newest.reasons());
  }

  /** One switch ended the WAL files after all points, and one observation read the settings. */
  private static ContentEvidence likeNewest(ContentEvidence content, Manifest newest) {
    ContentEvidence last = newest.evidenceOf(content.target().content()).orElseThrow();
    ContentEvidence reported = content.withStandbyNames(last.owner().standbyNames());
    return last.switchLsn().isAfter(last.target().lsn())
        ? reported.withSwitch(last.switchLsn())
        : reported;
  }

  /** The same point with what may be claimed of its cut. */
  static Manifest claiming(Manifest pending, Cut cut) {
    Manifest.Header header = pending.header();
    return new Manifest(
        new Manifest.Header(
            header.cluster(),
            header.restorePoint(),
            header.createdAt(),
            header.clusterFileDigest(),
            cut),
        pending.contents(),
        pending.proofs(),
        pending.archive(),
        pending.reasons(),
        pending.presences(),
        pending.overridden());
  }

  /** Archived and decoded, but not usable for these reasons. */
  static Manifest torn(Manifest pending, List<Manifested> shown, List<String> reasons) {
    Manifest proved = ready(pending, shown, List.of());
    return new Manifest(
        proved.header(),
        proved.contents(),
        proved.proofs(),
        proved.archive(),
        reasons,
        proved.presences(),
        List.of());
  }

  /**
   * Proved now.
   *
   * @param overridden the files before it that can't be decoded
   */
  static Manifest ready(Manifest pending, List<Manifested> shown, List<ContentWal> overridden) {
    List<ContentProof> proofs = new ArrayList<>();
    List<ContentPresence> presences = new ArrayList<>();
    for (Manifested content : shown) {
      if (content instanceof Manifested.Read read) {
        proofs.add(read.proof());
      } else if (content instanceof Manifested.Present present) {
        presences.add(present.presence());
      }
    }
    return new Manifest(
        pending.header(),
        pending.contents(),
        proofs,
        waitedUntilNow(pending),
        List.of(),
        presences,
        overridden);
  }

  private static ArchiveEvidence waitedUntilNow(Manifest pending) {
    Duration waited = Duration.between(pending.header().createdAt(), RunbookRun.now());
    ArchiveEvidence.Waiting before = pending.archive().waiting();
    return new ArchiveEvidence(
        pending.archive().contents(),
        new ArchiveEvidence.Waiting(before.atMost(), before.poll(), waited, RunbookRun.now()));
  }
}
