package dev.mooring.activities.evidence;

import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps histories of runs that are over in an evidence store of any kind. Several workers may keep
 * the same history at once: it is there once, whole, even if a writer was killed meanwhile.
 */
public final class StoreHistories {
  private final EvidenceStores stores;
  private final EvidenceKeys keys;

  /**
   * @param environment where the keys named by variables are looked up
   */
  public StoreHistories(EvidenceStores stores, Function<String, Optional<String>> environment) {
    this.stores = stores;
    this.keys = new EvidenceKeys(environment);
  }

  /**
   * The runs among these whose histories a cluster's store has, by a sealed record each whose
   * packed history is there, on as many stores as must have a write. A run with a broken record is
   * left out, and {@link #keep} reports why.
   *
   * @param runs their own run ids
   */
  public Set<String> kept(EvidencePolicy policy, ClusterName cluster, Collection<String> runs) {
    TrustedKeys trusted = keys.trusted(policy);
    try (EvidenceFiles files = stores.open(policy)) {
      return new HistoryDocuments(files, cluster, trusted).believed(runs);
    }
  }

  /**
   * Keeps a history; a history that is kept already stays as it is.
   *
   * @param packed by {@code HistoryFormat.pack}; the record names its digest
   * @return false if another worker had kept it
   * @throws io.temporal.failure.ApplicationFailure also if a file in its place is not trusted,
   *     which it names
   */
  public boolean keep(EvidencePolicy policy, HistoryRecord record, byte[] packed) {
    TrustedKeys trusted = keys.trusted(policy);
    SigningKey signing = keys.signing(policy, trusted);
    try (EvidenceFiles files = stores.open(policy)) {
      return new HistoryDocuments(files, record.run().cluster(), trusted)
          .keep(record, packed, signing);
    }
  }
}
