package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * Whether the primaries are those of the last READY manifest: the same contents, and for each the
 * same system identifier, the same major version and no lower timeline. Identity is compared first,
 * then the timeline; positions of different systems are never compared. {@code pg_upgrade} makes
 * another database system, so the message also names both versions.
 */
final class IdentityCheck {
  private IdentityCheck() {}

  static Verdict<Manifest> judge(Manifest last, List<PrimariesCheck.Primary> primaries) {
    List<ContentId> now = primaries.stream().map(p -> p.instance().content()).toList();
    if (!last.contentIds().equals(now)) {
      return Verdict.never(
          FailureCode.CONTENTS_DIFFER,
          String.format(
              "the cluster file has contents %s, manifest %s has %s",
              now, last.name(), last.contentIds()));
    }
    for (PrimariesCheck.Primary primary : primaries) {
      Verdict<Manifest> verdict = judgeOne(last, primary);
      if (verdict instanceof Verdict.Never) {
        return verdict;
      }
    }
    return Verdict.proceed(last);
  }

  private static Verdict<Manifest> judgeOne(Manifest last, PrimariesCheck.Primary primary) {
    ContentEvidence evidence = last.evidenceOf(primary.instance().content()).orElseThrow();
    ContentTarget before = evidence.target();
    ServerObserved server = primary.server();
    ServerVersion version = server.identity().version();
    boolean upgraded = version.major() != evidence.owner().version().major();
    if (!before.systemIdentifier().equals(server.identity().systemIdentifier())) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s has system identifier %s, content %s of manifest %s has %s%s",
              primary.instance().id(),
              server.identity().systemIdentifier(),
              before.content(),
              last.name(),
              before.systemIdentifier(),
              upgraded ? " and version " + evidence.owner().version() + ", now " + version : ""));
    }
    if (upgraded) {
      return Verdict.never(
          FailureCode.VERSION_DIFFERS,
          String.format(
              "%s runs version %s, content %s of manifest %s was made by version %s",
              primary.instance().id(),
              version,
              before.content(),
              last.name(),
              evidence.owner().version()));
    }
    return judgeTimeline(last, before, primary);
  }

  private static Verdict<Manifest> judgeTimeline(
      Manifest last, ContentTarget before, PrimariesCheck.Primary primary) {
    ServerObserved server = primary.server();
    if (server.position().timeline().compareTo(before.timeline()) < 0) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s is on timeline %s, manifest %s was made on timeline %s",
              primary.instance().id(),
              server.position().timeline(),
              last.name(),
              before.timeline()));
    }
    return Verdict.proceed(last);
  }
}
