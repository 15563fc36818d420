package dev.mooring.activities.evidence;

import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps histories of runs that are over in an evidence store of any kind. Several may keep the same
 * one at once: it is there once, whole, whoever was killed meanwhile.
 */
public final class StoreHistories {
  private final EvidenceStores stores;
  private final EvidenceKeys keys;

  /**
   * @param environment what the worker's environment holds under a name, for keys given so
   */
  public StoreHistories(EvidenceStores stores, Function<String, Optional<String>> environment) {
    this.stores = stores;
    this.keys = new EvidenceKeys(environment);
  }

  /** The run ids whose histories a cluster's store has. */
  public Set<String> kept(EvidencePolicy policy, ClusterName cluster) {
    try (EvidenceFiles files = stores.open(policy)) {
      return new HistoryShelf(files, cluster, keys.trusted(policy))
          .kept().stream().map(HistoryShelf.Kept::run).collect(Collectors.toSet());
    }
  }

  /**
   * Keeps a history; one that is kept already stays as it is.
   *
   * @param packed by {@code HistoryFormat.pack}; the record names its digest
   * @return false where another had kept it
   */
  public boolean keep(EvidencePolicy policy, HistoryRecord record, byte[] packed) {
    TrustedKeys trusted = keys.trusted(policy);
    SigningKey signing = keys.signing(policy, trusted);
    try (EvidenceFiles files = stores.open(policy)) {
      return new HistoryShelf(files, record.run().cluster(), trusted).keep(record, packed, signing);
    }
  }
}
