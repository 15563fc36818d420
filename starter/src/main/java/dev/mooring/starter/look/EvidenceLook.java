package dev.mooring.starter.look;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.SiteState;
import dev.mooring.starter.look.EvidenceFacts.ReceiptSeen;
import dev.mooring.starter.look.EvidenceFacts.SiteEvidence;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads what status needs of the evidence store. */
public final class EvidenceLook {
  private EvidenceLook() {}

  /** Reads LATEST, the states of those sites, and so many receipts. */
  public static EvidenceFacts at(EvidenceReader reader, List<SiteName> sites, int receipts) {
    return new EvidenceFacts(
        reader.latest().map(EvidenceReader.Entry::document),
        reader.manifestsNewestFirst(),
        sites.stream().map(site -> site(reader, site)).toList(),
        reader.receiptsNewestFirst(receipts).stream()
            .map(entry -> new ReceiptSeen(entry.path(), entry.text(), entry.document()))
            .toList());
  }

  private static SiteEvidence site(EvidenceReader reader, SiteName site) {
    Optional<Document<SiteState>> state = reader.state(site).map(EvidenceReader.Entry::document);
    return new SiteEvidence(site, state, state.flatMap(found -> madeAt(reader, found)));
  }

  private static Optional<Instant> madeAt(EvidenceReader reader, Document<SiteState> state) {
    return content(state)
        .flatMap(s -> reader.manifest(new Shelved(s.restorePoint(), Stage.PUBLISHED)))
        .flatMap(entry -> content(entry.document()))
        .map(Manifest::header)
        .map(Manifest.Header::createdAt);
  }

  private static <T> Optional<T> content(Document<T> document) {
    return document.match(intact -> Optional.of(intact.content()), refused -> Optional.empty());
  }
}
