package dev.mooring.fake;

import dev.mooring.evidence.ForeignManifest;
import dev.mooring.evidence.ForeignSelection;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.FailureCode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The manifests of whpg_dr_sync: the newest written is LATEST. */
public final class FakeForeign implements ForeignSelection.StoredDocuments {
  static final String PATH = "/data/whpg_dr/LATEST.json by command";

  private final SortedMap<RestorePointName, ForeignManifest> manifests = new TreeMap<>();
  private Optional<ForeignManifest> latest = Optional.empty();

  /** Writes a manifest under its name and as LATEST, as that tool does, ready or not. */
  public void write(ForeignManifest manifest) {
    manifests.put(manifest.restorePoint(), manifest);
    latest = Optional.of(manifest);
  }

  @Override
  public ForeignSelection.Copy latest() {
    return latest
        .map(FakeForeign::copy)
        .orElseThrow(
            () ->
                FakeHost.failure(
                    FailureCode.EVIDENCE_UNREADABLE, "whpg_dr_sync's LATEST is not there"));
  }

  @Override
  public Optional<ForeignSelection.Copy> named(RestorePointName name) {
    return Optional.ofNullable(manifests.get(name)).map(FakeForeign::copy);
  }

  @Override
  public List<RestorePointName> newestFirst() {
    return manifests.keySet().stream().sorted(Comparator.reverseOrder()).toList();
  }

  private static ForeignSelection.Copy copy(ForeignManifest manifest) {
    return ForeignSelection.Copy.of(manifest, "0".repeat(64));
  }
}
