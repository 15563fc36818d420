package dev.mooring.activities.evidence;

import dev.mooring.topology.EvidencePolicy;

/** Opens evidence stores of every kind the cluster file may name. */
@FunctionalInterface
public interface EvidenceStores {

  /**
   * The files of a store; nothing is read yet.
   *
   * @param policy as one site uses it
   */
  EvidenceFiles open(EvidencePolicy policy);

  /** The same for a caller that only reads: nothing is repaired on the way. */
  default EvidenceFiles look(EvidencePolicy policy) {
    return open(policy);
  }
}
