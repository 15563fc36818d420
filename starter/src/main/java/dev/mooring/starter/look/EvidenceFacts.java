package dev.mooring.starter.look;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.SiteState;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What stands in the evidence store of a cluster.
 *
 * @param latest LATEST, if a point was ever READY
 * @param manifests the names of all manifests, newest first
 * @param sites the state of every site that consumes
 * @param receipts the last receipts, newest first
 */
public record EvidenceFacts(
    Optional<Document<Manifest>> latest,
    List<Shelved> manifests,
    List<SiteEvidence> sites,
    List<ReceiptSeen> receipts) {
  public EvidenceFacts {
    manifests = List.copyOf(manifests);
    sites = List.copyOf(sites);
    receipts = List.copyOf(receipts);
  }

  /**
   * Where a site was last proved to be moored.
   *
   * @param state its state, if it was ever moored
   * @param pointMadeAt when the point it names was made, if its manifest is intact
   */
  public record SiteEvidence(
      SiteName site, Optional<Document<SiteState>> state, Optional<Instant> pointMadeAt) {}

  /**
   * A receipt.
   *
   * @param path where it stands
   * @param text its very text
   */
  public record ReceiptSeen(String path, String text, Document<ChainedReceipt> document) {}

  /** The evidence of one site. */
  public Optional<SiteEvidence> of(SiteName site) {
    return sites.stream().filter(s -> s.site().equals(site)).findFirst();
  }
}
