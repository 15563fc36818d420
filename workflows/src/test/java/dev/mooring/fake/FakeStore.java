package dev.mooring.fake;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.ReceiptHead;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.ManifestFormat;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The evidence store: real documents, sealed and read as ever, under the paths of a directory. */
final class FakeStore implements ManifestSelection.StoredDocuments {
  static final String MANIFESTS = "harbour/manifests/";
  static final String RECEIPTS = "harbour/receipts/";

  private static final String LATEST = MANIFESTS + "LATEST.json";
  private static final String PENDING = ".pending.json";
  private static final String JSON = ".json";

  private final SortedMap<String, byte[]> files = new TreeMap<>();
  private final TrustedKeys trusted = SampleKeys.trusted();
  private final SigningKey signing = SampleKeys.signing();
  private final Set<String> out = new TreeSet<>();

  /** Each receipt is read once: a chain is read at every step, and no array is written again. */
  private final Map<byte[], ChainedReceipt> read =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private final Map<HostName, ReceiptHead> heads = new LinkedHashMap<>();

  private boolean reachable = true;

  /** One of several stores does not answer. */
  void out(String place) {
    out.add(place);
  }

  void reachable(boolean answers) {
    reachable = answers;
  }

  /** Hosts record the newest receipt, unless what they recorded is not in the store any more. */
  void record(List<Host> hosts, ReceiptActivities.Written newest, long sequence) {
    for (Host host : hosts) {
      if (cut(List.of(host)).isEmpty()) {
        heads.put(
            host.name(), new ReceiptHead(host.name(), sequence, newest.sha256(), "2026-11-20"));
      }
    }
  }

  /** What these hosts recorded and is not there any more. */
  List<String> cut(List<Host> hosts) {
    return hosts.stream()
        .flatMap(host -> Optional.ofNullable(heads.get(host.name())).stream())
        .flatMap(
            head ->
                head
                    .fault(
                        n -> Optional.ofNullable(files.get(FakeReceipts.path(n))).map(Sha256::of))
                    .map(why -> head.document() + ": " + why)
                    .stream())
        .toList();
  }

  /** Every document, by its path. */
  SortedMap<String, byte[]> files() {
    return files;
  }

  SigningKey signing() {
    return signing;
  }

  TrustedKeys trusted() {
    return trusted;
  }

  void requireReachable() {
    if (!reachable) {
      throw ApplicationFailure.newFailure(
          "/var/lib/mooring/evidence does not answer", FailureCode.EVIDENCE_UNREADABLE.name());
    }
  }

  /** Nothing is required of what is out as long as enough others are there. */
  void requireReachable(EvidencePolicy policy) {
    requireReachable();
    List<String> lacking =
        policy.oneByOne().stream().map(one -> one.store().place()).filter(out::contains).toList();
    int stores = policy.oneByOne().size();
    if (stores - lacking.size() < Math.max(policy.writes(), 1)) {
      throw ApplicationFailure.newFailure(
          lacking + " do not answer", FailureCode.EVIDENCE_UNREADABLE.name());
    }
  }

  static String pendingPath(RestorePointName name) {
    return MANIFESTS + name + PENDING;
  }

  static String publishedPath(RestorePointName name) {
    return MANIFESTS + name + JSON;
  }

  static String latestPath() {
    return LATEST;
  }

  static String statePath(SiteName site) {
    return "harbour/sites/" + site + "/state.json";
  }

  /** The reference tool's form of a site's state: the point's name alone. */
  static String currentPointPath(SiteName site) {
    return "harbour/sites/" + site + "/current_restore_point.txt";
  }

  /** A state that is gone while its point's name is there was lost: the site was moored. */
  void requireWholeState(SiteName site) {
    if (files.containsKey(currentPointPath(site)) && !files.containsKey(statePath(site))) {
      throw FakeHost.failure(
          FailureCode.EVIDENCE_UNREADABLE,
          statePath(site) + " is missing, " + currentPointPath(site) + " is there");
    }
  }

  private Optional<Document<Manifest>> manifest(String path) {
    return Optional.ofNullable(files.get(path)).map(b -> ManifestFormat.parse(b, trusted));
  }

  @Override
  public Optional<Document<Manifest>> latest() {
    return manifest(LATEST);
  }

  @Override
  public Optional<Document<Manifest>> published(RestorePointName name) {
    return manifest(publishedPath(name));
  }

  @Override
  public Optional<Document<Manifest>> pending(RestorePointName name) {
    return manifest(pendingPath(name));
  }

  @Override
  public List<Shelved> newestFirst() {
    return files.keySet().stream()
        .filter(path -> path.startsWith(MANIFESTS) && !path.equals(LATEST))
        .flatMap(path -> shelved(path.substring(MANIFESTS.length())))
        .sorted(Comparator.comparing(Shelved::name).reversed())
        .toList();
  }

  private static Stream<Shelved> shelved(String file) {
    boolean pending = file.endsWith(PENDING);
    String name = file.substring(0, file.length() - (pending ? PENDING : JSON).length());
    return Stream.of(
        new Shelved(new RestorePointName(name), pending ? Stage.PENDING : Stage.PUBLISHED));
  }

  /** The state of a site, if it was ever moored; one that can't be believed is a failure. */
  Optional<SiteState> state(SiteName site) {
    return Optional.ofNullable(files.get(statePath(site)))
        .map(bytes -> believed(SiteStateFormat.parse(bytes, trusted)));
  }

  /** The receipts in their chain. */
  List<ChainedReceipt> receipts() {
    List<ChainedReceipt> receipts = new ArrayList<>();
    files.forEach(
        (path, bytes) -> {
          if (path.startsWith(RECEIPTS)) {
            receipts.add(
                read.computeIfAbsent(
                    bytes, unread -> believed(ReceiptFormat.parse(unread, trusted))));
          }
        });
    return receipts;
  }

  Iterator<ChainedReceipt> receiptsNewestFirst() {
    List<ChainedReceipt> all = new ArrayList<>(receipts());
    Collections.reverse(all);
    return all.iterator();
  }

  /** The last receipt that was written. */
  Receipt lastReceipt() {
    List<ChainedReceipt> all = receipts();
    return all.get(all.size() - 1).receipt();
  }

  static <T> T believed(Document<T> document) {
    return document.match(
        Document.Intact::content,
        refused -> {
          FailureCode code =
              refused.fault() == Document.Fault.UNREADABLE
                  ? FailureCode.EVIDENCE_UNREADABLE
                  : FailureCode.SEAL_BROKEN;
          throw FakeHost.failure(code, refused.reason());
        });
  }
}
