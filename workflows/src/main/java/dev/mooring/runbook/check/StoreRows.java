package dev.mooring.runbook.check;

import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OneStore;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.EvidenceRow;
import java.util.List;
import java.util.Optional;

/**
 * Whether a site's worker can use the evidence stores, one row for each. If there are several, a
 * store that is away is wrong only if too few are left for a write to count.
 */
final class StoreRows {
  private static final String WRITE = "evidence-write";
  private static final String PROBED = "a probe written and read back, the signing key trusted";

  private final AtSite site;
  private final CheckRows rows;

  StoreRows(AtSite site, CheckRows rows) {
    this.site = site;
    this.rows = rows;
  }

  /**
   * @param writes the number of stores in which a write must arrive
   */
  void judge(int writes) {
    rows.add(EvidenceRow.of(site.site(), site.evidence()));
    List<OneStore> stores = site.stores();
    if (stores.size() == 1) {
      written(site.site(), stores.get(0), false);
      return;
    }
    long well = stores.stream().filter(store -> store.proved().seen().isPresent()).count();
    for (OneStore store : stores) {
      written(site.site() + " " + store.place(), store, well >= writes);
    }
    rows.must(
        well >= writes,
        "evidence-quorum",
        site.site(),
        well + " of " + stores.size(),
        "at least " + writes + " of " + stores.size(),
        "bring back so many of them that " + writes + " can be written");
  }

  private void written(Object of, OneStore store, boolean enoughOthers) {
    Optional<StoreProved> proved = store.proved().seen();
    if (proved.isPresent()) {
      proved(of, store.place(), proved.get());
    } else if (store.proved() instanceof Observed.Unseen<?> unseen && enoughOthers) {
      rows.warning(WRITE, of, "UNKNOWN: " + unseen.why(), PROBED, unseen.remedy());
    } else if (store.proved() instanceof Observed.Unseen<?> unseen) {
      rows.unseen(WRITE, of, unseen, PROBED);
    }
  }

  /** A proof over several stores names those that it did not reach. */
  private void proved(Object of, String place, StoreProved proved) {
    rows.good(WRITE, of, place + " written, signing key " + proved.keyId(), PROBED);
    proved.lacking().forEach(out -> rows.warning(WRITE, of, out, PROBED, "bring that store back"));
  }
}
