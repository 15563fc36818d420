package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Hosts;
import dev.mooring.contract.Limit;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.EvidenceStore;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * A store in a directory, with keys beside it.
 *
 * @param directory holds both
 */
record SampleStore(Path directory) {
  static final Hosts HOSTS = new Hosts(Limit.seconds(5));
  static final EvidenceStores STORES = new StoresByKind(HOSTS, name -> Optional.empty());

  static SampleStore in(Path directory) throws IOException {
    SampleStore store = new SampleStore(directory);
    Files.createDirectory(store.root());
    store.sign(SampleKeys.PRIVATE);
    Files.writeString(directory.resolve("signing.pub"), SampleKeys.PUBLIC);
    return store;
  }

  /** Lets that key sign from now on. */
  void sign(String pem) throws IOException {
    Files.writeString(signingKey(), pem);
    Files.setPosixFilePermissions(signingKey(), PosixFilePermissions.fromString("rw-------"));
  }

  Path root() {
    return directory.resolve("store");
  }

  Path signingKey() {
    return directory.resolve("signing.pem");
  }

  EvidencePolicy policy() {
    return new EvidencePolicy(
        new EvidenceStore.Directory(root().toString()),
        new SecretReference("file:" + signingKey()),
        List.of(directory.resolve("signing.pub").toString()));
  }

  StoreManifestActivities manifests() {
    return new StoreManifestActivities(
        SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty());
  }

  /** LATEST as any reader sees it. */
  static Manifest latest(SampleStore store) {
    try (EvidenceFiles files = new DirectoryFiles(store.root())) {
      Document<Manifest> latest =
          new ManifestDocuments(files, SampleManifests.HARBOUR, SampleKeys.trusted())
              .latest()
              .orElseThrow();
      return latest.match(
          Document.Intact::content,
          refused -> {
            throw new AssertionError(refused.reason());
          });
    }
  }
}
