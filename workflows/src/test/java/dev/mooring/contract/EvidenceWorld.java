package dev.mooring.contract;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.port.Call;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.EvidencePolicy;

/** The evidence of a fleet behind the ports, in memory or in stores of some kind. */
public interface EvidenceWorld {

  ManifestActivities manifests();

  ReceiptActivities receipts();

  /** The same evidence for those who only look. */
  EvidenceActivities evidenceSeen();

  /** Where the evidence is, and what signs it. */
  EvidencePolicy evidence();

  /** From here on the evidence store is one with nothing in it. */
  void emptyStore();

  /** What people and faults do behind the ports. */
  EvidenceHands hands();

  /** A call of one who looks. */
  default Call looking() {
    return new Call(SampleManifests.HARBOUR, "look", "LOOK", 0, Epoch.NONE);
  }
}
