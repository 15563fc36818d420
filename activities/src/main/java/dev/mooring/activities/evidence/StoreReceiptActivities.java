package dev.mooring.activities.evidence;

import dev.mooring.activities.host.HostShell;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and states in an evidence store of any kind. Writers at several sites take the next
 * number of a chain by making its file, which only one of them can.
 */
public final class StoreReceiptActivities implements ReceiptActivities {
  /** How far the clocks of two writers may differ for a repeated receipt to be found again. */
  private static final Duration CLOCKS_DIFFER_AT_MOST = Duration.ofMinutes(5);

  private static final int WRITERS_AT_ONCE = 32;

  private static final Logger log = LoggerFactory.getLogger(StoreReceiptActivities.class);

  private final EvidenceStores stores;
  private final HostShell hosts;
  private final EvidenceKeys keys;
  private final Clock clock;

  /**
   * @param hosts reaches the hosts that record the newest receipt
   * @param environment where the keys named by variables are looked up
   */
  public StoreReceiptActivities(
      EvidenceStores stores,
      HostShell hosts,
      Function<String, Optional<String>> environment,
      Clock clock) {
    this.stores = stores;
    this.hosts = hosts;
    this.keys = new EvidenceKeys(environment);
    this.clock = clock;
  }

  @Override
  public Written ensureReceipt(EnsureReceipt request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    SigningKey signing = keys.signing(request.evidence(), trusted);
    Receipt receipt = request.receipt();
    try (EvidenceFiles files = stores.open(request.evidence())) {
      ReceiptDocuments documents = new ReceiptDocuments(files, receipt.run().cluster(), trusted);
      EvidencePaths paths = new EvidencePaths(receipt.run().cluster());
      for (int i = 0; i < WRITERS_AT_ONCE; i++) {
        long last = documents.last();
        Optional<Document.Intact<ChainedReceipt>> found = written(documents, last, receipt);
        if (found.isPresent()) {
          return recorded(
              request, documents, found.get().content(), found.get().sha256(), List.of());
        }
        ChainedReceipt next = next(documents, last, receipt);
        byte[] bytes = ReceiptFormat.render(next, signing);
        if (files.createExclusive(paths.receipt(last + 1), bytes)) {
          documents.hint(last + 1);
          return recorded(request, documents, next, Sha256.of(bytes), files.lacking());
        }
      }
      throw EvidenceFailures.passing(
          FailureCode.EVIDENCE_CONFLICT,
          "other writers took each of the "
              + WRITERS_AT_ONCE
              + " next numbers in "
              + paths.receipts());
    }
  }

  /**
   * Hosts record a written receipt. They can neither fail the run nor delay it by more than twice
   * the time for all of them; a plan changes nothing on them.
   */
  private Written recorded(
      EnsureReceipt request,
      ReceiptDocuments documents,
      ChainedReceipt written,
      String sha256,
      List<String> lacking) {
    List<String> sentences = new ArrayList<>(lacking);
    Receipt receipt = written.receipt();
    if (!receipt.asked().planOnly()) {
      try {
        sentences.addAll(
            new ReceiptHeads(hosts, receipt.run().cluster(), ReceiptHeads.BESIDE)
                .record(request.heads(), written, sha256, documents::digest));
      } catch (RuntimeException unread) {
        log.warn("a receipt of {} was not recorded on its hosts", receipt.run().cluster(), unread);
      }
    }
    return new Written(documents.where(written.sequence()), sha256, sentences);
  }

  private ChainedReceipt next(ReceiptDocuments documents, long last, Receipt receipt) {
    return ChainedReceipt.after(
        last == 0 ? Optional.empty() : Optional.of(documents.intact(last)),
        clock.instant(),
        receipt);
  }

  /**
   * The same receipt, if an earlier attempt wrote it. No receipt from before the run ended can be
   * it, so the search ends there; of the others only those that name this run are proved, since
   * hundreds exist if runs follow each other closely.
   */
  private static Optional<Document.Intact<ChainedReceipt>> written(
      ReceiptDocuments documents, long last, Receipt receipt) {
    Instant earliest = receipt.ending().at().minus(CLOCKS_DIFFER_AT_MOST);
    for (long sequence = last; sequence > 0; sequence--) {
      Optional<ReceiptFormat.Claim> claim = documents.bytes(sequence).flatMap(ReceiptFormat::claim);
      if (claim.isEmpty() || claim.get().run().equals(receipt.run().originalRun())) {
        Document.Intact<ChainedReceipt> there = documents.intact(sequence);
        if (there.content().receipt().equals(receipt)) {
          return Optional.of(there);
        }
      }
      if (claim.map(ReceiptFormat.Claim::writtenAt).filter(earliest::isAfter).isPresent()) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public SiteStateRead readSiteState(ReadSiteState request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      StateDocuments documents =
          new StateDocuments(files, request.cluster(), request.site(), trusted);
      return new SiteStateRead(
          documents.state().<Answer>map(Answer.Known::new).orElseGet(Answer.Never::new));
    }
  }

  @Override
  public Written ensureSiteState(EnsureSiteState request) {
    SiteState state = request.state();
    TrustedKeys trusted = keys.trusted(request.evidence());
    byte[] bytes = SiteStateFormat.render(state, keys.signing(request.evidence(), trusted));
    EvidencePaths paths = new EvidencePaths(state.cluster());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      StateDocuments documents = new StateDocuments(files, state.cluster(), state.site(), trusted);
      documents.written().ifPresent(there -> requireNoLater(there, state));
      String path = paths.state(state.site());
      // an earlier attempt may have written it, but to fewer stores than must have it
      files.writeAtomically(path, bytes);
      files.writeAtomically(
          paths.currentRestorePoint(state.site()),
          (state.restorePoint() + "\n").getBytes(StandardCharsets.UTF_8));
      return new Written(files.where(path), Sha256.of(bytes), files.lacking());
    }
  }

  /** A delayed run must not put a site back to a state it proved long ago. */
  private static void requireNoLater(SiteState there, SiteState state) {
    if (there.provedAt().isAfter(state.provedAt())) {
      throw EvidenceFailures.of(
          FailureCode.EPOCH_REFUSED,
          "site "
              + state.site()
              + " was proved at "
              + there.restorePoint()
              + " on "
              + there.provedAt()
              + " by run "
              + there.run()
              + ", this run proved "
              + state.restorePoint()
              + " on "
              + state.provedAt());
    }
  }
}
