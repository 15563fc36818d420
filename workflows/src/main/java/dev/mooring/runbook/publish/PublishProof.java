package dev.mooring.runbook.publish;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The proof of a point in the words of manifest and receipt. */
final class PublishProof {
  private PublishProof() {}

  /** For each content, what a READY manifest proves. */
  static List<Receipt.ProofRecord> of(Manifest ready) {
    List<Receipt.ProofRecord> records = new ArrayList<>();
    for (ContentEvidence content : ready.contents()) {
      List<Receipt.Fact> facts = new ArrayList<>();
      facts.add(new Receipt.Fact("instance", content.owner().instance().value()));
      facts.add(new Receipt.Fact("system", content.target().systemIdentifier().toString()));
      facts.add(new Receipt.Fact("timeline", content.target().timeline().toString()));
      facts.add(new Receipt.Fact("lsn", content.target().lsn().toString()));
      ready.proofOf(content.target().content()).ifPresent(proof -> read(proof, facts));
      ready.presenceOf(content.target().content()).ifPresent(seen -> present(seen, facts));
      records.add(new Receipt.ProofRecord("content " + content.target().content(), facts));
    }
    return records;
  }

  private static void read(ContentProof proof, List<Receipt.Fact> facts) {
    facts.add(new Receipt.Fact("record at", proof.recordAt().toString()));
    proof.files().forEach(file -> facts.add(new Receipt.Fact(file.file().text(), file.sha256())));
  }

  private static void present(ContentPresence seen, List<Receipt.Fact> facts) {
    seen.files().forEach(file -> facts.add(new Receipt.Fact(file.text(), "present, not read")));
    facts.add(new Receipt.Fact("not proved", seen.notProved()));
  }

  /** How much of a READY manifest is proved. */
  static String inWords(Manifest ready) {
    String proved = ready.proofs().size() + " contents proved";
    return ready.presences().isEmpty()
        ? proved
        : proved + ", " + ready.presences().size() + " by the presence of their files alone";
  }

  /** The state of the archives when the point was created. */
  static ArchiveEvidence archiveEvidence(
      Cluster cluster, List<Primary> primaries, Duration waited) {
    PublishPolicy policy = cluster.policies().publish();
    return new ArchiveEvidence(
        primaries.stream()
            .map(
                primary ->
                    new ArchiveEvidence.ContentArchive(
                        primary.instance().content(),
                        archive(cluster, primary).placeOf(primary.instance().content()),
                        primary.server().archiver()))
            .toList(),
        new ArchiveEvidence.Waiting(
            policy.archive().atMost(), policy.archive().poll(), waited, RunbookRun.now()));
  }

  private static Site.Archive archive(Cluster cluster, Primary primary) {
    return cluster.site(primary.instance().site()).orElseThrow().archive();
  }
}
