package dev.mooring.contract;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.RestorePointName;
import java.util.List;

/** What people and faults do to an evidence store behind the ports; of several, to each. */
public interface EvidenceHands {

  /** LATEST is altered, and still a manifest by its shape. */
  void alterLatest();

  /** LATEST is deleted. */
  void loseLatest();

  /** The READY manifest of a point is altered, and still one by its shape. */
  void alterPublished(RestorePointName name);

  /** LATEST is one that the reference tool wrote. */
  void foreignLatest();

  /** The state of west is altered, and still one by its shape. */
  void alterState();

  /** The file that holds the state of west is deleted. */
  void loseState();

  /** The last receipt is altered, and still one by its shape. */
  void alterLastReceipt();

  /** The receipts as they stand, the first one first. */
  List<ChainedReceipt> receipts();
}
