package dev.mooring.activities.evidence;

import dev.mooring.evidence.ForeignSelection;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.Sha256;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.ManifestFormat;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The manifests of whpg_dr_sync, through the commands the cluster file names. */
final class ForeignDocuments implements ForeignSelection.StoredDocuments {
  private final EvidenceFiles files;
  private final EvidencePaths paths;

  ForeignDocuments(EvidenceFiles files, ClusterName cluster) {
    this.files = files;
    this.paths = new EvidencePaths(cluster);
  }

  @Override
  public ForeignSelection.Copy latest() {
    return files
        .read(paths.latest())
        .map(ForeignDocuments::copy)
        .orElseThrow(
            () ->
                EvidenceFailures.of(
                    FailureCode.EVIDENCE_UNREADABLE,
                    "whpg_dr_sync's LATEST is not there: " + files.where(paths.latest())));
  }

  @Override
  public Optional<ForeignSelection.Copy> named(RestorePointName name) {
    return files
        .read(paths.published(name))
        .map(ForeignDocuments::copy)
        .map(
            copy ->
                copy.manifest()
                    .filter(manifest -> !manifest.restorePoint().equals(name))
                    .map(
                        other ->
                            ForeignSelection.Copy.refused(
                                "it has that name and is about " + other.restorePoint()))
                    .orElse(copy));
  }

  @Override
  public List<RestorePointName> newestFirst() {
    return files.list(paths.manifests()).stream()
        .flatMap(ForeignDocuments::name)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static Stream<RestorePointName> name(String file) {
    if (file.equals(EvidencePaths.LATEST) || !file.endsWith(EvidencePaths.JSON)) {
      return Stream.empty();
    }
    try {
      return Stream.of(
          new RestorePointName(file.substring(0, file.length() - EvidencePaths.JSON.length())));
    } catch (IllegalArgumentException notOne) {
      return Stream.empty();
    }
  }

  private static ForeignSelection.Copy copy(byte[] bytes) {
    try {
      return ForeignSelection.Copy.of(ManifestFormat.parseForeign(bytes), Sha256.of(bytes));
    } catch (IllegalArgumentException notOne) {
      return ForeignSelection.Copy.refused(String.valueOf(notOne.getMessage()));
    }
  }
}
