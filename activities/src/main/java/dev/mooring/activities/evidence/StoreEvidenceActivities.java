package dev.mooring.activities.evidence;

import dev.mooring.activities.host.HostShell;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.ForeignSelection;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.SiteName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reads evidence in a store of any kind. A document that is gone while its shadow is there counts
 * as refused, never as not there yet.
 */
public final class StoreEvidenceActivities implements EvidenceActivities {
  /** Documents beyond that many characters stay in the store: histories bear a few megabytes. */
  private static final int TEXT_AT_MOST = 256_000;

  private static final String PROBE = "written by a check, which removes it again\n";

  private final EvidenceStores stores;
  private final HostShell hosts;
  private final EvidenceKeys keys;

  /**
   * @param hosts reaches the hosts that recorded the newest receipt
   * @param environment where the keys named by variables are looked up
   */
  public StoreEvidenceActivities(
      EvidenceStores stores, HostShell hosts, Function<String, Optional<String>> environment) {
    this.stores = stores;
    this.hosts = hosts;
    this.keys = new EvidenceKeys(environment);
  }

  @Override
  public StoreProved ensureWritable(EnsureWritable request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    SigningKey key = keys.signing(request.evidence(), trusted);
    String path = new EvidencePaths(request.cluster()).probe(UUID.randomUUID());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      byte[] probe = PROBE.getBytes(StandardCharsets.UTF_8);
      files.writeAtomically(path, probe);
      requireReadable(files, path, probe);
      requireExclusive(files, path, probe);
      files.remove(path);
      return new StoreProved(files.where(path), key.id(), files.lacking(), trusted.ids());
    }
  }

  /** The rights to read and to list are separate from the right to write. */
  private static void requireReadable(EvidenceFiles files, String path, byte[] probe) {
    byte[] seen = files.readNamed(path).orElse(new byte[0]);
    if (!Arrays.equals(seen, probe)) {
      throw EvidenceFailures.notAsWritten(files.where(path));
    }
    files.list(path.substring(0, path.lastIndexOf('/')));
  }

  /** Writers of receipts rely on it that a file is created once. */
  private static void requireExclusive(EvidenceFiles files, String path, byte[] probe) {
    if (files.createExclusive(path, probe)) {
      files.remove(path);
      throw EvidenceFailures.of(
          FailureCode.EVIDENCE_UNREADABLE,
          files.where(path) + " was there and was made once more: the store takes no conditions");
    }
  }

  @Override
  public EvidenceObserved observeEvidence(ObserveEvidence request) {
    Supplier<List<ReceiptHead>> heads =
        new ReceiptHeads(hosts, request.cluster(), ReceiptHeads.BESIDE).begin(request.heads());
    try (EvidenceReader reader =
        EvidenceReader.open(stores, request.evidence(), request.cluster())) {
      List<Shelved> manifests = reader.manifestsNewestFirst();
      LatestSeen latest = latest(reader, manifests);
      List<SiteSeen> sites = new ArrayList<>();
      for (SiteName site : request.sites()) {
        sites.add(new SiteSeen(site, state(reader, site, latest, manifests)));
      }
      ReceiptSearch search = reader.search(request.receipts(), request.lastOf());
      return new EvidenceObserved(
          latest,
          manifests.stream().limit(1).toList(),
          manifests.stream().limit(1).flatMap(one -> reasons(reader, one)).toList(),
          sites,
          receipts(search.last(), request.documents()),
          new LastRuns(receipts(search.found(), 0), search.unfound(), search.searched()),
          ReceiptHeads.faults("", heads.get(), reader::receiptDigest));
    }
  }

  private static Stream<String> reasons(EvidenceReader reader, Shelved newest) {
    return newest.stage() != Stage.PENDING || reader.foreign().isPresent()
        ? Stream.empty()
        : reader.manifest(newest).stream()
            .map(EvidenceReader.Entry::document)
            .flatMap(
                document ->
                    document.match(
                        intact -> intact.content().reasons().stream(),
                        refused -> Stream.of(refused.reason())));
  }

  private static LatestSeen latest(ForeignDocuments foreign) {
    ForeignSelection.Copy latest = foreign.latest();
    return latest
        .manifest()
        .<LatestSeen>map(m -> new LatestSeen.Unsealed(m.restorePoint(), m.ready()))
        .orElseGet(() -> new LatestSeen.Refused(latest.refused()));
  }

  private static LatestSeen latest(EvidenceReader reader, List<Shelved> manifests) {
    if (reader.foreign().isPresent()) {
      return latest(reader.foreign().get());
    }
    Optional<Document<Manifest>> latest = reader.latest().map(EvidenceReader.Entry::document);
    if (latest.isPresent()) {
      return latest
          .get()
          .match(
              intact -> ready(intact.content()),
              refused -> new LatestSeen.Refused(refused.reason()));
    }
    return reader
        .publishedWithoutLatest(manifests)
        .<LatestSeen>map(LatestSeen.Refused::new)
        .orElseGet(LatestSeen.None::new);
  }

  private static LatestSeen ready(Manifest manifest) {
    return manifest.isReady()
        ? LatestSeen.Ready.of(manifest)
        : new LatestSeen.Refused(manifest.name() + " is not READY");
  }

  private static StateSeen state(
      EvidenceReader reader, SiteName site, LatestSeen latest, List<Shelved> manifests) {
    Optional<Document<SiteState>> state = reader.state(site).map(EvidenceReader.Entry::document);
    if (state.isEmpty()) {
      return reader
          .namedWithoutState(site)
          .<StateSeen>map(StateSeen.Refused::new)
          .orElseGet(StateSeen.Never::new);
    }
    return state
        .get()
        .match(
            intact -> known(reader, intact.content(), latest, manifests),
            refused -> new StateSeen.Refused(refused.reason()));
  }

  private static StateSeen known(
      EvidenceReader reader, SiteState state, LatestSeen latest, List<Shelved> manifests) {
    long behind = latest.behind(state.restorePoint(), manifests, reader::isTorn);
    return new StateSeen.Known(state, point(reader, state.restorePoint()), behind);
  }

  private static PointSeen point(EvidenceReader reader, RestorePointName name) {
    if (reader.foreign().isPresent()) {
      return new PointSeen.Unsealed();
    }
    Shelved published = new Shelved(name, Stage.PUBLISHED);
    return reader
        .manifest(published)
        .map(EvidenceReader.Entry::document)
        .map(StoreEvidenceActivities::point)
        .orElseGet(() -> new PointSeen.Refused(reader.where(published) + " is gone"));
  }

  private static PointSeen point(Document<Manifest> manifest) {
    return manifest.match(
        intact -> new PointSeen.Made(intact.content().header().createdAt()),
        refused -> new PointSeen.Refused(refused.reason()));
  }

  private static List<ReceiptSeen> receipts(
      List<EvidenceReader.Entry<ChainedReceipt>> entries, int documents) {
    List<ReceiptSeen> seen = new ArrayList<>();
    int room = TEXT_AT_MOST;
    for (EvidenceReader.Entry<ChainedReceipt> entry : entries) {
      boolean whole = seen.size() < documents && entry.text().length() <= room;
      room -= whole ? entry.text().length() : 0;
      seen.add(new ReceiptSeen(entry.path(), read(entry), whole ? entry.text() : ""));
    }
    return seen;
  }

  private static ReceiptRead read(EvidenceReader.Entry<ChainedReceipt> entry) {
    return entry
        .document()
        .match(
            intact -> new ReceiptRead.Intact(inShort(intact.content().receipt())),
            refused -> new ReceiptRead.Refused(refused.reason()));
  }

  private static Receipt inShort(Receipt whole) {
    ConsumeRecord consume =
        whole.seen().consume() instanceof ConsumeRecord.Attempt attempt
            ? new ConsumeRecord.Attempt(
                attempt.current(), attempt.target(), attempt.status(), attempt.waited(), List.of())
            : whole.seen().consume();
    return new Receipt(
        whole.run(),
        whole.asked(),
        whole.ending(),
        List.of(),
        new Receipt.Seen(List.of(), List.of(), consume));
  }
}
