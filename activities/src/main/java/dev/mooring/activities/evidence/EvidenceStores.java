package dev.mooring.activities.evidence;

import dev.mooring.topology.EvidenceStore;

/** Opens evidence stores of every kind the cluster file may name. */
@FunctionalInterface
public interface EvidenceStores {

  /** The files of that store; nothing is looked at yet. */
  EvidenceFiles open(EvidenceStore store);
}
