package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.ManifestFormat;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The manifests of one cluster in a store. A manifest under another's name, or in another cluster's
 * directory, is refused: moving it altered its meaning.
 */
final class ManifestDocuments implements ManifestSelection.StoredDocuments {
  private final EvidenceFiles files;
  private final ClusterName cluster;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;
  private List<Shelved> listed = List.of();

  ManifestDocuments(EvidenceFiles files, ClusterName cluster, TrustedKeys trusted) {
    this.files = files;
    this.cluster = cluster;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
  }

  @Override
  public Optional<Document<Manifest>> latest() {
    boolean isListed = listed.stream().anyMatch(one -> one.stage() == Stage.PUBLISHED);
    return read(isListed, paths.latest()).map(this::parsed);
  }

  @Override
  public Optional<Document<Manifest>> published(RestorePointName name) {
    boolean isListed = listed.contains(new Shelved(name, Stage.PUBLISHED));
    return read(isListed, paths.published(name)).map(bytes -> named(name, bytes));
  }

  @Override
  public Optional<Document<Manifest>> pending(RestorePointName name) {
    return files.read(paths.pending(name)).map(bytes -> named(name, bytes));
  }

  @Override
  public List<Shelved> newestFirst() {
    listed =
        files.list(paths.manifests()).stream()
            .flatMap(ManifestDocuments::shelved)
            .sorted(Comparator.comparing(Shelved::name).reversed())
            .toList();
    return listed;
  }

  private Optional<byte[]> read(boolean isListed, String path) {
    return isListed ? files.readNamed(path) : files.read(path);
  }

  private static Stream<Shelved> shelved(String file) {
    if (file.equals(EvidencePaths.LATEST) || !file.endsWith(EvidencePaths.JSON)) {
      return Stream.empty();
    }
    Stage stage = file.endsWith(EvidencePaths.PENDING) ? Stage.PENDING : Stage.PUBLISHED;
    String suffix = stage == Stage.PENDING ? EvidencePaths.PENDING : EvidencePaths.JSON;
    try {
      return Stream.of(
          new Shelved(
              new RestorePointName(file.substring(0, file.length() - suffix.length())), stage));
    } catch (IllegalArgumentException notOurs) {
      return Stream.empty();
    }
  }

  /** The manifest at the path of that name. */
  Document<Manifest> named(RestorePointName name, byte[] bytes) {
    return parsed(bytes)
        .match(
            intact ->
                intact.content().name().equals(name)
                    ? intact
                    : misplaced("it has that name and is about " + intact.content().name()),
            refused -> refused);
  }

  /** A manifest among this cluster's. */
  Document<Manifest> parsed(byte[] bytes) {
    return ManifestFormat.parse(bytes, trusted)
        .match(
            intact ->
                intact.content().header().cluster().equals(cluster)
                    ? intact
                    : misplaced(
                        "it is stored among the manifests of "
                            + cluster
                            + " and is about "
                            + intact.content().header().cluster()),
            refused -> refused);
  }

  private static Document<Manifest> misplaced(String reason) {
    return new Document.Refused<>(Document.Fault.SEAL_BROKEN, reason);
  }
}
