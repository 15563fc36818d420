package dev.mooring.activities.evidence;

import static java.util.stream.Collectors.groupingBy;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.ReceiptChain;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.SiteName;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One cluster's evidence for people who read it: the newest first, broken documents shown as
 * broken. It needs no private key and writes nothing.
 */
public final class EvidenceReader implements AutoCloseable {
  private final EvidenceFiles files;
  private final ClusterName cluster;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;
  private final ManifestDocuments manifests;
  private final ReceiptDocuments receipts;
  private final HistoryDocuments histories;
  private final Optional<ForeignDocuments> foreign;
  private Optional<Map<String, List<HistoryDocuments.Kept>>> kept = Optional.empty();

  private EvidenceReader(
      EvidenceFiles files, ClusterName cluster, TrustedKeys trusted, boolean readsForeign) {
    this.files = files;
    this.cluster = cluster;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
    this.manifests = new ManifestDocuments(files, cluster, trusted);
    this.receipts = new ReceiptDocuments(files, cluster, trusted);
    this.histories = new HistoryDocuments(files, cluster, trusted);
    this.foreign =
        readsForeign ? Optional.of(new ForeignDocuments(files, cluster)) : Optional.empty();
  }

  /** Opens a store for reading; a missing store is reported at the first observation. */
  public static EvidenceReader open(
      EvidenceStores stores, EvidencePolicy policy, ClusterName cluster) {
    TrustedKeys trusted = new EvidenceKeys(name -> Optional.empty()).trusted(policy);
    return new EvidenceReader(stores.look(policy), cluster, trusted, policy.readsForeign());
  }

  /**
   * A document in the store.
   *
   * @param path its path
   * @param text its very text
   * @param document its content, or why it isn't trusted
   */
  public record Entry<T>(String path, String text, Document<T> document) {}

  /** The manifests of another tool, if the site reads them: they have no seal. */
  Optional<ForeignDocuments> foreign() {
    return foreign;
  }

  /** {@code LATEST.json}, if a point was ever READY. */
  public Optional<Entry<Manifest>> latest() {
    return entry(paths.latest(), manifests::parsed);
  }

  /** The fault if {@code LATEST.json} is gone and published manifests are there. */
  public Optional<String> publishedWithoutLatest(List<Shelved> manifests) {
    if (files.read(paths.latest()).isPresent()) {
      return Optional.empty();
    }
    // LATEST never names a torn point
    long published =
        manifests.stream()
            .filter(m -> m.stage() == Stage.PUBLISHED)
            .filter(m -> !isTorn(m))
            .count();
    return published > 0
        ? Optional.of("LATEST.json is missing, " + published + " manifests are there")
        : Optional.empty();
  }

  /** Whether it is the manifest of a torn point; false for another tool's, which do not say it. */
  boolean isTorn(Shelved shelved) {
    return foreign.isEmpty() && ManifestSelection.isTorn(shelved, manifests);
  }

  /** The names of all manifests, the newest first. */
  public List<Shelved> manifestsNewestFirst() {
    return manifests.newestFirst();
  }

  /** A manifest of {@link #manifestsNewestFirst}, unless it was removed since. */
  public Optional<Entry<Manifest>> manifest(Shelved shelved) {
    return entry(path(shelved), bytes -> manifests.named(shelved.name(), bytes));
  }

  private String path(Shelved shelved) {
    return shelved.stage() == Stage.PENDING
        ? paths.pending(shelved.name())
        : paths.published(shelved.name());
  }

  String where(Shelved shelved) {
    return files.where(path(shelved));
  }

  String where(SiteName site) {
    return files.where(paths.state(site));
  }

  String whereLatest() {
    return files.where(paths.latest());
  }

  /**
   * Reads so many of the last receipts, and on until the last one of each of these runs was met.
   */
  public ReceiptSearch search(int atLeast, List<RunsOf> lastOf) {
    Iterator<Entry<ChainedReceipt>> newestFirst =
        receipts.sequences().stream()
            .flatMap(sequence -> entry(paths.receipt(sequence), receipts::parsed).stream())
            .iterator();
    return new ReceiptSearch(newestFirst, atLeast, lastOf);
  }

  /**
   * The newest receipt that is so, or a newer broken one, because that may be the one.
   *
   * @param passesBroken whether a broken one is given only if no intact one fits
   */
  public Optional<Entry<ChainedReceipt>> receiptOf(
      Predicate<ChainedReceipt> wanted, boolean passesBroken) {
    Optional<Entry<ChainedReceipt>> broken = Optional.empty();
    for (long sequence : receipts.sequences()) {
      Optional<Entry<ChainedReceipt>> entry = receiptNumbered(sequence);
      Optional<ChainedReceipt> intact =
          entry.flatMap(
              e -> e.document().match(i -> Optional.of(i.content()), r -> Optional.empty()));
      if (intact.filter(wanted).isPresent()) {
        return broken.isPresent() && !passesBroken ? broken : entry;
      }
      broken = broken.isPresent() || intact.isPresent() ? broken : entry;
    }
    return broken;
  }

  /** The receipt with that number at its own path; a receipt with another number is refused. */
  public Optional<Entry<ChainedReceipt>> receiptNumbered(long sequence) {
    return entry(paths.receipt(sequence), bytes -> numbered(sequence, receipts.parsed(bytes)));
  }

  private static Document<ChainedReceipt> numbered(
      long sequence, Document<ChainedReceipt> document) {
    return document.match(
        intact ->
            intact.content().sequence() == sequence
                ? document
                : new Document.Refused<>(
                    Document.Fault.UNREADABLE,
                    "it is receipt " + intact.content().sequence() + ", not " + sequence),
        refused -> document);
  }

  /** The digest of the receipt with that number, intact or not, if there is one. */
  public Optional<String> receiptDigest(long sequence) {
    return receipts.digest(sequence);
  }

  /** All receipts, the last first. */
  List<ReceiptChain.Link> receipts() {
    return receipts.sequences().stream()
        .flatMap(
            sequence ->
                receipts.bytes(sequence).stream()
                    .map(bytes -> new ReceiptChain.Link(sequence, receipts.parsed(bytes))))
        .toList();
  }

  /**
   * A run's exported history.
   *
   * @param record its sealed record
   * @param where the path of the packed history; empty if the record is not trusted
   * @param packed its bytes, unless they are gone
   */
  public record History(Entry<HistoryRecord> record, String where, Optional<byte[]> packed) {}

  /** The original run ids of all runs that have kept histories, in their order. */
  public SortedSet<String> runsWithHistories() {
    return new TreeSet<>(kept().keySet());
  }

  /** The original run of a run, if a history of it is kept: another run if it was reset. */
  public Optional<String> originalOf(String run) {
    return kept().values().stream()
        .flatMap(List::stream)
        .filter(one -> one.run().equals(run))
        .map(HistoryDocuments.Kept::originalRun)
        .findFirst();
  }

  /** Listed once: a store that keeps none yet is not asked again for each run. */
  private Map<String, List<HistoryDocuments.Kept>> kept() {
    Map<String, List<HistoryDocuments.Kept>> listed =
        kept.orElseGet(
            () ->
                histories.kept().stream().collect(groupingBy(HistoryDocuments.Kept::originalRun)));
    kept = Optional.of(listed);
    return listed;
  }

  /** The kept histories of a run: several if it was reset. */
  public List<History> historiesOf(String originalRun) {
    return kept().getOrDefault(originalRun, List.of()).stream()
        .flatMap(
            one -> entry(histories.pathOf(one), bytes -> histories.parsed(one, bytes)).stream())
        .map(this::history)
        .toList();
  }

  private History history(Entry<HistoryRecord> record) {
    return record
        .document()
        .match(
            intact ->
                new History(
                    record,
                    histories.whereHistory(intact.content()),
                    histories.history(intact.content())),
            refused -> new History(record, "", Optional.empty()));
  }

  /** The state of a site, if it was ever moored. */
  public Optional<Entry<SiteState>> state(SiteName site) {
    StateDocuments documents = new StateDocuments(files, cluster, site, trusted);
    return entry(paths.state(site), documents::parsed);
  }

  /** The fault if a site's state is gone and the point it named is still noted. */
  Optional<String> namedWithoutState(SiteName site) {
    String name = paths.currentRestorePoint(site);
    boolean isGone = files.read(paths.state(site)).isEmpty() && files.read(name).isPresent();
    return isGone
        ? Optional.of(
            files.where(paths.state(site)) + " is missing, " + files.where(name) + " is there")
        : Optional.empty();
  }

  private <T> Optional<Entry<T>> entry(String path, Function<byte[], Document<T>> parse) {
    return files
        .read(path)
        .map(
            bytes ->
                new Entry<>(
                    files.where(path),
                    new String(bytes, StandardCharsets.UTF_8),
                    parse.apply(bytes)));
  }

  @Override
  public void close() {
    files.close();
  }
}
