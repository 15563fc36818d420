package dev.mooring.runbook.publish;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The manifest of one point through its life: made, not proved in time, READY. */
final class PointManifest {
  private PointManifest() {}

  /** Before anything was looked for. */
  static Manifest made(
      Cluster cluster, PointMade point, List<ContentEvidence> contents, List<Primary> primaries) {
    List<String> reasons =
        contents.stream()
            .map(c -> "content " + c.target().content() + ": not yet looked for")
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
        .map(primary -> content.withStandbyNames(primary.server().standbyNames()))
        .orElse(content);
  }

  /** Looked for until now, and not READY for these reasons. */
  static Manifest notReady(Manifest pending, List<String> reasons) {
    return new Manifest(
        pending.header(), pending.contents(), List.of(), waitedUntilNow(pending), reasons);
  }

  /** Proved now. */
  static Manifest ready(Manifest pending, List<Manifested> shown) {
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
        presences);
  }

  private static ArchiveEvidence waitedUntilNow(Manifest pending) {
    Duration waited = Duration.between(pending.header().createdAt(), RunbookRun.now());
    ArchiveEvidence.Waiting before = pending.archive().waiting();
    return new ArchiveEvidence(
        pending.archive().contents(),
        new ArchiveEvidence.Waiting(before.atMost(), before.poll(), waited, RunbookRun.now()));
  }
}
