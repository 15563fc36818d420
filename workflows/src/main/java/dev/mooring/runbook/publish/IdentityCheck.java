package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * Whether the primaries are the ones the last READY manifest speaks of: the same contents, the same
 * database system each, no timeline gone back. Identity first, then timeline; positions of
 * different systems are never compared.
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
      ContentTarget before = last.evidenceOf(primary.instance().content()).orElseThrow().target();
      ServerObserved server = primary.server();
      if (!before.systemIdentifier().equals(server.identity().systemIdentifier())) {
        return Verdict.never(
            FailureCode.IDENTITY_DIFFERS,
            String.format(
                "%s has system identifier %s, content %s of manifest %s has %s",
                primary.instance().id(),
                server.identity().systemIdentifier(),
                before.content(),
                last.name(),
                before.systemIdentifier()));
      }
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
    }
    return Verdict.proceed(last);
  }
}
