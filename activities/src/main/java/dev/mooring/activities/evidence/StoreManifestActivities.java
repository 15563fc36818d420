package dev.mooring.activities.evidence;

import dev.mooring.activities.host.HostShell;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.ForeignSelection;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Selected;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.PendingManifests;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.ManifestFormat;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Manifests in an evidence store of any kind. */
public final class StoreManifestActivities implements ManifestActivities {
  private static final int RECEIPTS_AT_MOST = 1_000;
  private static final Duration RECEIPTS_WITHIN = Duration.ofSeconds(10);

  private final EvidenceStores stores;
  private final HostShell hosts;
  private final EvidenceKeys keys;

  /**
   * @param hosts reaches the hosts that recorded the newest receipt
   * @param environment where the keys named by variables are looked up
   */
  public StoreManifestActivities(
      EvidenceStores stores, HostShell hosts, Function<String, Optional<String>> environment) {
    this.stores = stores;
    this.hosts = hosts;
    this.keys = new EvidenceKeys(environment);
  }

  @Override
  public ManifestRead readManifest(ReadManifest request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      if (request.evidence().readsForeign()) {
        return readForeign(request, files);
      }
      ManifestDocuments documents = new ManifestDocuments(files, request.cluster(), trusted);
      Selected selected = ManifestSelection.of(request.choice(), request.floors(), documents);
      return read(selected, files.where(askedFor(request)));
    }
  }

  @Override
  public FoundBad readFoundBad(ReadFoundBad request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      List<String> passedOver = new ArrayList<>();
      ReceiptDocuments receipts = new ReceiptDocuments(files, request.cluster(), trusted);
      List<ContentWal> damaged = ContentWal.damaged(newestFirst(receipts, passedOver));
      return new FoundBad(damaged, passedOver);
    }
  }

  private static ManifestRead readForeign(ReadManifest request, EvidenceFiles files) {
    String path = files.where(askedFor(request));
    ForeignSelection.Selected selected =
        ForeignSelection.of(
            request.choice(), request.floors(), new ForeignDocuments(files, request.cluster()));
    if (selected instanceof ForeignSelection.Selected.Chosen chosen) {
      return new ManifestRead(
          new Answer.Foreign(chosen.manifest(), path, chosen.sha256(), chosen.why()),
          chosen.passedOver());
    }
    if (selected instanceof ForeignSelection.Selected.Nothing nothing) {
      return new ManifestRead(
          new Answer.None(code(nothing.cause()), nothing.sentence()), nothing.passedOver());
    }
    throw EvidenceFailures.of(
        FailureCode.EVIDENCE_UNREADABLE,
        ((ForeignSelection.Selected.Unreadable) selected).sentence() + " (" + path + ")");
  }

  @Override
  public LastRead readLast(ReadLast request) {
    TrustedKeys trusted = keys.trusted(request.evidence());
    Supplier<List<ReceiptHead>> heads =
        new ReceiptHeads(hosts, request.cluster(), ReceiptHeads.BESIDE).begin(request.heads());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      ManifestDocuments documents = new ManifestDocuments(files, request.cluster(), trusted);
      Selected selected = ManifestSelection.last(documents);
      String latest = files.where(new EvidencePaths(request.cluster()).latest());
      Answer last = read(selected, latest).answer();
      Optional<Manifest> manifest =
          last instanceof Answer.Found found ? Optional.of(found.manifest()) : Optional.empty();
      PendingManifests pending =
          PendingManifests.since(manifest, documents, request.pendingAtMost());
      List<String> passedOver = new ArrayList<>(pending.passedOver());
      List<CopyNeeds> needs = new ArrayList<>();
      for (SiteName site : request.consumers()) {
        try {
          new StateDocuments(files, request.cluster(), site, trusted)
              .state()
              .ifPresent(state -> needs.addAll(CopyNeeds.of(state)));
        } catch (ApplicationFailure unread) {
          passedOver.add(
              "the WAL that " + site + " needs is not known: " + unread.getOriginalMessage());
        }
      }
      ReceiptDocuments receipts = new ReceiptDocuments(files, request.cluster(), trusted);
      List<ContentWal> suspects = ContentWal.found(newestFirst(receipts, passedOver));
      passedOver.addAll(ReceiptHeads.faults(ReceiptHeads.CUT, heads.get(), receipts::digest));
      return new LastRead(
          last,
          pending.manifests(),
          passedOver,
          needs,
          PendingManifests.tornSince(manifest, documents).stream().toList(),
          suspects);
    }
  }

  private static Iterator<ChainedReceipt> newestFirst(
      ReceiptDocuments receipts, List<String> passedOver) {
    long newest = receipts.last();
    long until = System.nanoTime() + RECEIPTS_WITHIN.toNanos();
    AtomicBoolean carried = new AtomicBoolean();
    return LongStream.iterate(newest, n -> n > 0, n -> n - 1)
        .takeWhile(n -> isReadIn(until, newest - n, n, carried.get(), passedOver))
        .boxed()
        .flatMap(n -> intact(receipts, n, passedOver))
        .peek(one -> carried.compareAndSet(false, !one.foundBad().isEmpty()))
        .iterator();
  }

  /**
   * After many failed runs, or from a slow store, a run does not read on.
   *
   * @param carried whether a receipt that was read has what those before it name
   */
  private static boolean isReadIn(
      long until, long read, long next, boolean carried, List<String> passedOver) {
    if (read < RECEIPTS_AT_MOST && System.nanoTime() < until) {
      return true;
    }
    if (!carried) {
      passedOver.add(
          "receipt "
              + next
              + " and those before it: not read, what consumes found bad before is not known");
    }
    return false;
  }

  private static Stream<ChainedReceipt> intact(
      ReceiptDocuments receipts, long sequence, List<String> passedOver) {
    return receipts.bytes(sequence).map(receipts::parsed).stream()
        .flatMap(
            document ->
                document.match(
                    intact -> Stream.of(intact.content()),
                    refused -> {
                      passedOver.add(
                          "receipt " + receipts.where(sequence) + ": " + refused.reason());
                      return Stream.empty();
                    }));
  }

  /** The document a choice begins with. */
  private static String askedFor(ReadManifest request) {
    EvidencePaths paths = new EvidencePaths(request.cluster());
    ManifestChoice choice = request.choice();
    return choice.equals(ManifestChoice.LATEST) || choice.equals(ManifestChoice.SAFE_FORWARD)
        ? paths.latest()
        : paths.published(new RestorePointName(choice.text()));
  }

  private static ManifestRead read(Selected selected, String file) {
    return selected.match(
        chosen ->
            new ManifestRead(
                new Answer.Found(
                    chosen.manifest().content(), chosen.manifest().sha256(), chosen.why()),
                chosen.passedOver()),
        nothing ->
            new ManifestRead(
                new Answer.None(code(nothing.cause()), nothing.sentence()), nothing.passedOver()),
        unbelievable -> {
          throw EvidenceFailures.refused(
              unbelievable.fault(), unbelievable.sentence() + " (" + file + ")");
        });
  }

  private static FailureCode code(ManifestSelection.Cause cause) {
    return switch (cause) {
      case NOT_THERE, NOT_READY, FOREIGN -> FailureCode.NO_MANIFEST;
      case BELOW_FLOOR -> FailureCode.BEYOND_TARGET;
    };
  }

  @Override
  public ManifestWritten ensurePending(EnsureManifest request) {
    Manifest manifest = request.manifest();
    requireOwnName(manifest.name());
    byte[] bytes = sealed(request.evidence(), manifest);
    EvidencePaths paths = new EvidencePaths(manifest.header().cluster());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      String published = paths.published(manifest.name());
      if (files.read(published).isPresent()) {
        throw EvidenceFailures.of(
            FailureCode.EVIDENCE_CONFLICT,
            "a pending manifest is to be written and " + files.where(published) + " is there");
      }
      String path = paths.pending(manifest.name());
      files.writeAtomically(path, bytes);
      return new ManifestWritten(files.where(path), Sha256.of(bytes));
    }
  }

  @Override
  public ManifestPublished ensureReady(EnsureManifest request) {
    Manifest manifest = request.manifest();
    requireOwnName(manifest.name());
    if (!manifest.isReady()) {
      throw new IllegalArgumentException(
          "manifest " + manifest.name() + " is not READY: " + manifest.reasons());
    }
    byte[] bytes = sealed(request.evidence(), manifest);
    ClusterName cluster = manifest.header().cluster();
    EvidencePaths paths = new EvidencePaths(cluster);
    try (EvidenceFiles files = stores.open(request.evidence())) {
      ManifestDocuments documents =
          new ManifestDocuments(files, cluster, keys.trusted(request.evidence()));
      Optional<Manifest> latest =
          latestBefore(manifest.name(), documents, files.where(paths.latest()));
      String path = paths.published(manifest.name());
      createOrFind(files, path, bytes);
      Manifest last = latest.filter(there -> !isOlder(there, manifest)).orElse(manifest);
      // LATEST may name it already, but on fewer stores than must have it
      Optional<byte[]> document =
          last.equals(manifest)
              ? Optional.of(bytes)
              : files
                  .read(paths.published(last.name()))
                  .filter(there -> intact(documents, last.name(), there).equals(Optional.of(last)));
      document.ifPresent(there -> files.writeAtomically(paths.latest(), there));
      Manifest named = overtaken(files, documents, paths, last);
      files.remove(paths.pending(manifest.name()));
      request.inPlaceOf().forEach(other -> files.remove(paths.pending(other)));
      return new ManifestPublished(
          files.where(path), Sha256.of(bytes), named.name(), files.lacking());
    }
  }

  @Override
  public ManifestWritten ensureTorn(EnsureManifest request) {
    Manifest manifest = request.manifest();
    requireOwnName(manifest.name());
    if (!manifest.isTorn() || manifest.isReady()) {
      throw new IllegalArgumentException(
          "manifest " + manifest.name() + " is " + manifest.header().cut().inWords());
    }
    byte[] bytes = sealed(request.evidence(), manifest);
    EvidencePaths paths = new EvidencePaths(manifest.header().cluster());
    try (EvidenceFiles files = stores.open(request.evidence())) {
      String path = paths.published(manifest.name());
      createOrFind(files, path, bytes);
      files.remove(paths.pending(manifest.name()));
      return new ManifestWritten(files.where(path), Sha256.of(bytes));
    }
  }

  private static Optional<Manifest> latestBefore(
      RestorePointName own, ManifestDocuments documents, String file) {
    return read(ManifestSelection.lastBefore(own, documents), file).answer()
            instanceof Answer.Found found
        ? Optional.of(found.manifest())
        : Optional.empty();
  }

  /** LATEST never goes back: a delayed publish leaves the newer point where it is. */
  private static boolean isOlder(Manifest one, Manifest other) {
    return one.header().createdAt().isBefore(other.header().createdAt());
  }

  /**
   * Between reading LATEST and replacing it a worker may have been suspended, and a newer run have
   * overtaken it: then a newer manifest is there, written before its LATEST was, and LATEST names
   * it again.
   */
  private static Manifest overtaken(
      EvidenceFiles files, ManifestDocuments documents, EvidencePaths paths, Manifest manifest) {
    for (Shelved newer : documents.newestFirst()) {
      if (newer.name().compareTo(manifest.name()) <= 0) {
        break;
      }
      String path = paths.published(newer.name());
      Optional<byte[]> bytes =
          newer.stage() == Stage.PUBLISHED ? files.read(path) : Optional.empty();
      Optional<Manifest> later =
          bytes
              .flatMap(there -> intact(documents, newer.name(), there))
              .filter(m -> m.isReady() && isOlder(manifest, m));
      if (later.isPresent()) {
        files.writeAtomically(paths.latest(), bytes.get());
        return later.get();
      }
    }
    return manifest;
  }

  private static Optional<Manifest> intact(
      ManifestDocuments documents, RestorePointName name, byte[] bytes) {
    return documents
        .named(name, bytes)
        .match(manifest -> Optional.of(manifest.content()), refused -> Optional.empty());
  }

  private static void createOrFind(EvidenceFiles files, String path, byte[] bytes) {
    if (files.createExclusive(path, bytes)) {
      return;
    }
    byte[] there = files.read(path).orElse(new byte[0]);
    if (!Arrays.equals(there, bytes)) {
      throw EvidenceFailures.of(
          FailureCode.EVIDENCE_CONFLICT,
          files.where(path)
              + " has digest "
              + Sha256.of(there)
              + ", the manifest to be published under that name has "
              + Sha256.of(bytes));
    }
  }

  private byte[] sealed(EvidencePolicy policy, Manifest manifest) {
    return ManifestFormat.render(manifest, keys.signing(policy, keys.trusted(policy)));
  }

  private static void requireOwnName(RestorePointName name) {
    String file = name + EvidencePaths.JSON;
    if (file.equals(EvidencePaths.LATEST) || file.endsWith(EvidencePaths.PENDING)) {
      throw new IllegalArgumentException("a restore point named " + name + " can't be published");
    }
  }
}
