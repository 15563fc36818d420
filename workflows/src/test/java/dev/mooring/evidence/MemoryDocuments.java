package dev.mooring.evidence;

import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manifests of two contents in memory, read as a store would read them. */
final class MemoryDocuments implements ManifestSelection.StoredDocuments {
  private final Map<RestorePointName, Document<Manifest>> published = new HashMap<>();
  private final Map<RestorePointName, Document<Manifest>> pending = new HashMap<>();
  private final List<Shelved> listed = new ArrayList<>();
  private Optional<Document<Manifest>> latest = Optional.empty();
  private int reads;

  static Document<Manifest> intact(Manifest manifest) {
    return new Document.Intact<>(manifest, Sha256.of(new byte[0]), "0123456789abcdef");
  }

  MemoryDocuments publish(int n) {
    return publishAs(n, SampleManifests.ready(n, 2));
  }

  MemoryDocuments publishAs(int n, Manifest manifest) {
    published.put(SampleManifests.nameOf(n), intact(manifest));
    return list(SampleManifests.nameOf(n), Stage.PUBLISHED);
  }

  MemoryDocuments breakPublished(int n, String reason) {
    published.put(
        SampleManifests.nameOf(n), new Document.Refused<>(Document.Fault.SEAL_BROKEN, reason));
    return list(SampleManifests.nameOf(n), Stage.PUBLISHED);
  }

  MemoryDocuments pend(int n) {
    pending.put(SampleManifests.nameOf(n), intact(SampleManifests.pending(n, 2)));
    return list(SampleManifests.nameOf(n), Stage.PENDING);
  }

  MemoryDocuments latest(int n) {
    return latestIs(intact(SampleManifests.ready(n, 2)));
  }

  MemoryDocuments latestIs(Document<Manifest> document) {
    latest = Optional.of(document);
    return this;
  }

  MemoryDocuments list(RestorePointName name, Stage stage) {
    listed.add(new Shelved(name, stage));
    return this;
  }

  int reads() {
    return reads;
  }

  @Override
  public Optional<Document<Manifest>> latest() {
    return latest;
  }

  @Override
  public Optional<Document<Manifest>> published(RestorePointName name) {
    reads++;
    return Optional.ofNullable(published.get(name));
  }

  @Override
  public Optional<Document<Manifest>> pending(RestorePointName name) {
    reads++;
    return Optional.ofNullable(pending.get(name));
  }

  @Override
  public List<Shelved> newestFirst() {
    return listed.stream().sorted(Comparator.comparing(Shelved::name).reversed()).toList();
  }
}
