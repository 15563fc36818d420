package dev.mooring.activities.evidence;

import dev.mooring.port.FailureCode;
import java.util.List;
import java.util.Optional;

/** A site's own store, with the manifests read elsewhere; none is published through it. */
final class ManifestsFromFiles implements EvidenceFiles {
  private final EvidenceSource manifests;
  private final EvidenceFiles own;

  ManifestsFromFiles(EvidenceSource manifests, EvidenceFiles own) {
    this.manifests = manifests;
    this.own = own;
  }

  @Override
  public String where(String path) {
    return reading(path).where(path);
  }

  @Override
  public List<String> list(String directory) {
    return reading(directory).list(directory);
  }

  @Override
  public Optional<byte[]> read(String path) {
    return reading(path).read(path);
  }

  @Override
  public Optional<byte[]> readNamed(String path) {
    return reading(path).readNamed(path);
  }

  private EvidenceSource reading(String path) {
    return EvidencePaths.isOfManifests(path) ? manifests : own;
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    writing(path).writeAtomically(path, bytes);
  }

  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    return writing(path).createExclusive(path, bytes);
  }

  @Override
  public List<String> lacking() {
    return own.lacking();
  }

  @Override
  public void remove(String path) {
    writing(path).remove(path);
  }

  private EvidenceFiles writing(String path) {
    if (EvidencePaths.isOfManifests(path)) {
      throw EvidenceFailures.of(
          FailureCode.EVIDENCE_UNREADABLE,
          "a manifest is to be written, and this site only reads them: " + where(path));
    }
    return own;
  }

  @Override
  public void close() {
    try (own) {
      manifests.close();
    }
  }
}
