package dev.mooring.runbook.check;

import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.checks.CheckRows;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether every site trusts the keys of all others. A site that does not trust another's key
 * refuses its documents in the next run, so the check reports it before.
 */
final class KeyRows {
  private final List<AtSite> sites;
  private final CheckRows rows;

  KeyRows(List<AtSite> sites, CheckRows rows) {
    this.sites = sites;
    this.rows = rows;
  }

  /** A site that did not answer, or whose worker is of an older release, has no row. */
  void judge() {
    List<AtSite> signing = sites.stream().filter(site -> keys(site).isPresent()).toList();
    String all =
        signing.stream()
            .map(site -> site.site() + " seals with " + keys(site).orElseThrow().keyId())
            .collect(Collectors.joining(", "));
    for (AtSite site : signing) {
      List<String> trusted = keys(site).orElseThrow().trusted();
      if (!trusted.isEmpty()) {
        rows.must(
            signing.stream().allMatch(o -> trusted.contains(keys(o).orElseThrow().keyId())),
            "trusted-keys",
            site.site(),
            "trusts " + String.join(", ", trusted) + "; " + all,
            "the key of every site",
            "bring the public half of that key there, to a path that evidence.trustedKeys names");
      }
    }
  }

  /** The keys that the first answering store of a site reported: they are the same for all. */
  private static Optional<StoreProved> keys(AtSite site) {
    return site.stores().stream().flatMap(store -> store.proved().seen().stream()).findFirst();
  }
}
