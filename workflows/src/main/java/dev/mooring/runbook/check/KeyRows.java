package dev.mooring.runbook.check;

import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.checks.CheckRows;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether every site believes what every other one seals. A site that does not trust another's key
 * refuses its documents at the next run; so it is wrong before the day it matters.
 */
final class KeyRows {
  private final List<AtSite> sites;
  private final CheckRows rows;

  KeyRows(List<AtSite> sites, CheckRows rows) {
    this.sites = sites;
    this.rows = rows;
  }

  /** A site that could not be asked, or whose worker is of an older release, has no row. */
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

  /** What the first of a site's stores that answered said of keys: they are the same for all. */
  private static Optional<StoreProved> keys(AtSite site) {
    return site.stores().stream().flatMap(store -> store.proved().seen().stream()).findFirst();
  }
}
