package dev.mooring.fake;

import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.ForeignSelection;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Selected;
import dev.mooring.evidence.PendingManifests;
import dev.mooring.evidence.Sha256;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities;
import dev.mooring.wire.ManifestFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Manifests in the fake's store. */
final class FakeManifests implements ManifestActivities {
  private final FakeCluster world;
  private final FakeStore store;
  private final FakeForeign foreign;

  FakeManifests(FakeCluster world, FakeStore store, FakeForeign foreign) {
    this.world = world;
    this.store = store;
    this.foreign = foreign;
  }

  @Override
  public ManifestRead readManifest(ReadManifest request) {
    synchronized (world) {
      store.requireReachable();
      return request.evidence().readsForeign()
          ? readForeign(ForeignSelection.of(request.choice(), request.floors(), foreign))
          : read(ManifestSelection.of(request.choice(), request.floors(), store));
    }
  }

  @Override
  public FoundBad readFoundBad(ReadFoundBad request) {
    synchronized (world) {
      store.requireReachable();
      return new FoundBad(ContentWal.damaged(store.receiptsNewestFirst()), List.of());
    }
  }

  @Override
  public LastRead readLast(ReadLast request) {
    synchronized (world) {
      store.requireReachable();
      ManifestRead last = read(ManifestSelection.last(store));
      Optional<Manifest> manifest =
          last.answer() instanceof Answer.Found found
              ? Optional.of(found.manifest())
              : Optional.empty();
      PendingManifests pending = PendingManifests.since(manifest, store, request.pendingAtMost());
      List<String> passedOver = new ArrayList<>(pending.passedOver());
      store
          .cut(request.heads())
          .forEach(one -> passedOver.add("evidence was cut at its end: " + one));
      List<CopyNeeds> needs =
          request.consumers().stream()
              .flatMap(site -> store.state(site).stream())
              .flatMap(state -> CopyNeeds.of(state).stream())
              .toList();
      return new LastRead(
          last.answer(),
          pending.manifests(),
          passedOver,
          needs,
          PendingManifests.tornSince(manifest, store).stream().toList(),
          ContentWal.found(store.receiptsNewestFirst()));
    }
  }

  private static ManifestRead readForeign(ForeignSelection.Selected selected) {
    if (selected instanceof ForeignSelection.Selected.Chosen chosen) {
      return new ManifestRead(
          new Answer.Foreign(chosen.manifest(), FakeForeign.PATH, chosen.sha256(), chosen.why()),
          chosen.passedOver());
    }
    if (selected instanceof ForeignSelection.Selected.Nothing nothing) {
      return new ManifestRead(
          new Answer.None(code(nothing.cause()), nothing.sentence()), nothing.passedOver());
    }
    throw FakeHost.failure(
        FailureCode.EVIDENCE_UNREADABLE,
        ((ForeignSelection.Selected.Unreadable) selected).sentence());
  }

  private static FailureCode code(ManifestSelection.Cause cause) {
    return cause == ManifestSelection.Cause.BELOW_FLOOR
        ? FailureCode.BEYOND_TARGET
        : FailureCode.NO_MANIFEST;
  }

  private static ManifestRead read(Selected selected) {
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
          throw FakeHost.failure(
              unbelievable.fault() == Document.Fault.UNREADABLE
                  ? FailureCode.EVIDENCE_UNREADABLE
                  : FailureCode.SEAL_BROKEN,
              unbelievable.sentence());
        });
  }

  @Override
  public ManifestWritten ensurePending(EnsureManifest request) {
    synchronized (world) {
      store.requireReachable();
      Manifest manifest = request.manifest();
      String published = FakeStore.publishedPath(manifest.name());
      if (store.files().containsKey(published)) {
        throw FakeHost.failure(
            FailureCode.EVIDENCE_CONFLICT,
            "a pending manifest is to be written and " + published + " is there");
      }
      return write(FakeStore.pendingPath(manifest.name()), manifest);
    }
  }

  @Override
  public ManifestPublished ensureReady(EnsureManifest request) {
    synchronized (world) {
      store.requireReachable();
      Manifest manifest = request.manifest();
      if (!manifest.isReady()) {
        throw new IllegalArgumentException(
            "manifest " + manifest.name() + " is not READY: " + manifest.reasons());
      }
      Answer before = read(ManifestSelection.lastBefore(manifest.name(), store)).answer();
      String path = FakeStore.publishedPath(manifest.name());
      byte[] there = store.files().get(path);
      if (there != null && !Arrays.equals(there, sealed(manifest))) {
        throw FakeHost.failure(FailureCode.EVIDENCE_CONFLICT, path + " has other bytes");
      }
      ManifestWritten written = write(path, manifest);
      Manifest latest =
          before instanceof Answer.Found found
                  && !found.manifest().header().createdAt().isBefore(manifest.header().createdAt())
              ? found.manifest()
              : manifest;
      write(FakeStore.latestPath(), latest);
      store.files().remove(FakeStore.pendingPath(manifest.name()));
      request.inPlaceOf().forEach(other -> store.files().remove(FakeStore.pendingPath(other)));
      return new ManifestPublished(written.path(), written.sha256(), latest.name());
    }
  }

  @Override
  public ManifestWritten ensureTorn(EnsureManifest request) {
    synchronized (world) {
      store.requireReachable();
      Manifest manifest = request.manifest();
      if (!manifest.isTorn() || manifest.isReady()) {
        throw new IllegalArgumentException(manifest.name() + " is no torn point's manifest");
      }
      String path = FakeStore.publishedPath(manifest.name());
      byte[] there = store.files().get(path);
      if (there != null && !Arrays.equals(there, sealed(manifest))) {
        throw FakeHost.failure(FailureCode.EVIDENCE_CONFLICT, path + " has other bytes");
      }
      store.files().remove(FakeStore.pendingPath(manifest.name()));
      return write(path, manifest);
    }
  }

  private ManifestWritten write(String path, Manifest manifest) {
    byte[] bytes = sealed(manifest);
    store.files().put(path, bytes);
    return new ManifestWritten(path, Sha256.of(bytes));
  }

  private byte[] sealed(Manifest manifest) {
    return ManifestFormat.render(manifest, store.signing());
  }
}
