package dev.mooring.fake;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The fake's store for those who only look. */
final class FakeEvidence implements EvidenceActivities {
  private final FakeCluster world;
  private final FakeStore store;

  FakeEvidence(FakeCluster world, FakeStore store) {
    this.world = world;
    this.store = store;
  }

  @Override
  public EvidenceObserved observeEvidence(ObserveEvidence request) {
    synchronized (world) {
      store.requireReachable(request.evidence());
      List<Shelved> manifests = store.newestFirst();
      LatestSeen latest = latest(manifests);
      return new EvidenceObserved(
          latest,
          manifests.stream().limit(1).toList(),
          manifests.stream().limit(1).flatMap(this::reasons).toList(),
          request.sites().stream()
              .map(site -> new SiteSeen(site, state(site, latest, manifests)))
              .toList(),
          receipts(request.receipts(), request.documents()),
          lastRuns(request.lastOf()),
          store.cut(request.heads()));
    }
  }

  @Override
  public StoreProved ensureWritable(EnsureWritable request) {
    synchronized (world) {
      store.requireReachable(request.evidence());
      return new StoreProved("harbour/checks/probe", store.signing().id(), store.trusted().ids());
    }
  }

  private Stream<String> reasons(Shelved newest) {
    return newest.stage() != Stage.PENDING
        ? Stream.empty()
        : store.pending(newest.name()).stream()
            .flatMap(
                document ->
                    document.match(
                        intact -> intact.content().reasons().stream(),
                        refused -> Stream.of(refused.reason())));
  }

  private LatestSeen latest(List<Shelved> manifests) {
    Optional<Document<Manifest>> latest = store.latest();
    if (latest.isPresent()) {
      return latest
          .get()
          .match(
              intact -> LatestSeen.Ready.of(intact.content()),
              refused -> new LatestSeen.Refused(refused.reason()));
    }
    return manifests.stream()
            .anyMatch(m -> m.stage() == Stage.PUBLISHED && !ManifestSelection.isTorn(m, store))
        ? new LatestSeen.Refused("LATEST.json is missing")
        : new LatestSeen.None();
  }

  private StateSeen state(SiteName site, LatestSeen latest, List<Shelved> manifests) {
    byte[] bytes = store.files().get(FakeStore.statePath(site));
    if (bytes == null) {
      return store.files().containsKey(FakeStore.currentPointPath(site))
          ? new StateSeen.Refused(FakeStore.statePath(site) + " is missing")
          : new StateSeen.Never();
    }
    return SiteStateFormat.parse(bytes, SampleKeys.trusted())
        .match(
            intact -> known(intact.content(), latest, manifests),
            refused -> new StateSeen.Refused(refused.reason()));
  }

  private StateSeen known(SiteState state, LatestSeen latest, List<Shelved> manifests) {
    long behind =
        latest.behind(state.restorePoint(), manifests, one -> ManifestSelection.isTorn(one, store));
    return new StateSeen.Known(state, point(state.restorePoint()), behind);
  }

  private PointSeen point(RestorePointName name) {
    return store
        .published(name)
        .map(FakeEvidence::point)
        .orElseGet(() -> new PointSeen.Refused(FakeStore.publishedPath(name) + " is gone"));
  }

  private static PointSeen point(Document<Manifest> manifest) {
    return manifest.match(
        intact -> new PointSeen.Made(intact.content().header().createdAt()),
        refused -> new PointSeen.Refused(refused.reason()));
  }

  private List<ReceiptSeen> receipts(int atMost, int documents) {
    List<String> paths =
        store.files().keySet().stream()
            .filter(path -> path.startsWith(FakeStore.RECEIPTS))
            .sorted(Comparator.reverseOrder())
            .limit(atMost)
            .toList();
    List<ReceiptSeen> seen = new ArrayList<>();
    for (String path : paths) {
      byte[] bytes = java.util.Objects.requireNonNull(store.files().get(path));
      ReceiptRead read =
          ReceiptFormat.parse(bytes, SampleKeys.trusted())
              .match(
                  intact -> new ReceiptRead.Intact(inShort(intact.content().receipt())),
                  refused -> new ReceiptRead.Refused(refused.reason()));
      String text = seen.size() < documents ? new String(bytes, StandardCharsets.UTF_8) : "";
      seen.add(new ReceiptSeen(path, read, text));
    }
    return seen;
  }

  /** Nothing here is so far away that the search would end before the chain does. */
  private LastRuns lastRuns(List<RunsOf> wanted) {
    Set<RunsOf> left = new LinkedHashSet<>(wanted);
    Set<RunsOf> planned = new LinkedHashSet<>();
    List<ReceiptSeen> found = new ArrayList<>();
    int searched = 0;
    for (ReceiptSeen seen : receipts(Integer.MAX_VALUE, 0)) {
      if (left.isEmpty()) {
        break;
      }
      searched++;
      if (!(seen.read() instanceof ReceiptRead.Intact intact)) {
        found.add(seen);
        return new LastRuns(found, List.copyOf(left), searched);
      }
      RunsOf runs = RunsOf.of(intact.receipt());
      if (intact.receipt().asked().planOnly()
          ? left.contains(runs) && planned.add(runs)
          : left.removeIf(one -> one.include(intact.receipt()))) {
        found.add(seen);
      }
    }
    return new LastRuns(found, List.of(), searched);
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
