package dev.mooring.evidence;

import dev.mooring.evidence.ManifestSelection.Cause;
import dev.mooring.postgres.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Selects a reference tool's manifest for a site, by the rules of {@link ManifestSelection}:
 * LATEST, the named one, or the earliest ready one at or above every floor. That tool's LATEST may
 * stay "not ready" for good after one slow archive; then an older one is reported to the operator,
 * and never chosen instead.
 */
public final class ForeignSelection {
  private static final int SENTENCES_AT_MOST = 12;

  private final StoredDocuments documents;
  private final List<ContentFloor> floors;
  private final List<String> passedOver = new ArrayList<>();

  private ForeignSelection(StoredDocuments documents, List<ContentFloor> floors) {
    this.documents = documents;
    this.floors = floors;
  }

  /** The manifests of the reference tool as they can be read. */
  public interface StoredDocuments {

    /** Its LATEST; that none can be read is a failure. */
    Copy latest();

    /** The manifest of that name, if it exists. */
    Optional<Copy> named(RestorePointName name);

    /** The names that are there, the newest first. */
    List<RestorePointName> newestFirst();
  }

  /**
   * One manifest as read.
   *
   * @param manifest its content, or nothing if it is invalid
   * @param sha256 the digest of its bytes
   * @param refused why it is invalid
   */
  public record Copy(Optional<ForeignManifest> manifest, String sha256, String refused) {

    /** A valid manifest. */
    public static Copy of(ForeignManifest manifest, String sha256) {
      return new Copy(Optional.of(manifest), sha256, "");
    }

    /** An invalid manifest. */
    public static Copy refused(String reason) {
      return new Copy(Optional.empty(), "", reason);
    }
  }

  /** What was found. */
  public sealed interface Selected {

    record Chosen(ForeignManifest manifest, String sha256, String why, List<String> passedOver)
        implements Selected {}

    record Nothing(Cause cause, String sentence, List<String> passedOver) implements Selected {}

    /** The requested manifest is invalid. */
    record Unreadable(String sentence) implements Selected {}
  }

  public static Selected of(
      ManifestChoice choice, List<ContentFloor> floors, StoredDocuments documents) {
    ForeignSelection selection = new ForeignSelection(documents, floors);
    if (choice.equals(ManifestChoice.LATEST)) {
      return selection.latest();
    }
    return choice.equals(ManifestChoice.SAFE_FORWARD)
        ? selection.safeForward()
        : selection.named(new RestorePointName(choice.text()));
  }

  private Selected latest() {
    Copy copy = documents.latest();
    if (copy.manifest().isEmpty()) {
      return new Selected.Unreadable("LATEST: " + copy.refused());
    }
    ForeignManifest latest = copy.manifest().get();
    if (!latest.ready()) {
      return nothing(
          Cause.NOT_READY, "LATEST is " + latest.restorePoint() + ", not ready" + newestReady());
    }
    List<String> below = belowFloors(latest);
    if (below.isEmpty()) {
      return chosen(copy, "LATEST is at or above every floor");
    }
    passOver("LATEST " + latest.restorePoint() + ": " + String.join(", ", below));
    return safeForward();
  }

  private String newestReady() {
    for (RestorePointName name : documents.newestFirst()) {
      Optional<ForeignManifest> manifest = understood(name).flatMap(Copy::manifest);
      if (manifest.filter(m -> m.ready() && belowFloors(m).isEmpty()).isPresent()) {
        return "; the newest that is ready and above every floor is "
            + name
            + ". HINT: a person may take it with consume --target "
            + name;
      }
      if (manifest.filter(ForeignManifest::ready).isPresent()) {
        break;
      }
    }
    return "; none that is ready lies above every floor";
  }

  private Selected named(RestorePointName name) {
    Optional<Copy> copy = documents.named(name);
    if (copy.isEmpty()) {
      return nothing(Cause.NOT_THERE, "there is no manifest " + name);
    }
    if (copy.get().manifest().isEmpty()) {
      return new Selected.Unreadable("manifest " + name + ": " + copy.get().refused());
    }
    ForeignManifest manifest = copy.get().manifest().get();
    if (!manifest.ready()) {
      return nothing(Cause.NOT_READY, name + ": not ready");
    }
    List<String> below = belowFloors(manifest);
    return below.isEmpty()
        ? chosen(copy.get(), "named, and at or above every floor")
        : nothing(Cause.BELOW_FLOOR, name + ": " + String.join(", ", below));
  }

  private Selected safeForward() {
    Optional<Copy> earliest = Optional.empty();
    boolean belowSeen = false;
    for (RestorePointName name : documents.newestFirst()) {
      Optional<Copy> copy = understood(name);
      if (copy.isEmpty()) {
        continue;
      }
      ForeignManifest manifest = copy.get().manifest().orElseThrow();
      List<String> below = belowFloors(manifest);
      if (!manifest.ready()) {
        passOver(name + ": not ready");
      } else if (!namesAll(manifest)) {
        passOver(name + ": names contents " + manifest.contentIds() + " only");
      } else if (below.isEmpty()) {
        earliest = copy;
      } else {
        belowSeen = true;
        passOver(name + ": " + String.join(", ", below));
        break;
      }
    }
    if (earliest.isPresent()) {
      return chosen(earliest.get(), "the earliest ready manifest at or above every floor");
    }
    return belowSeen
        ? nothing(Cause.BELOW_FLOOR, "no ready manifest lies at or above every floor")
        : nothing(Cause.NOT_THERE, "there is no ready manifest");
  }

  /** The manifest of that name if it is valid; otherwise notes why not. */
  private Optional<Copy> understood(RestorePointName name) {
    Optional<Copy> copy = documents.named(name);
    if (copy.isEmpty()) {
      passOver(name + ": listed, but not there when it was read");
      return copy;
    }
    if (copy.get().manifest().isEmpty()) {
      passOver(name + ": refused, " + copy.get().refused());
      return Optional.empty();
    }
    return copy;
  }

  private boolean namesAll(ForeignManifest manifest) {
    return floors.stream().allMatch(floor -> manifest.segmentOf(floor.content()).isPresent());
  }

  /** Other contents than the site's are refused by name afterwards: no floor names them. */
  private List<String> belowFloors(ForeignManifest manifest) {
    List<String> below = new ArrayList<>();
    for (ContentFloor floor : floors) {
      Optional<Lsn> target = manifest.segmentOf(floor.content()).map(ForeignManifest.Segment::lsn);
      if (target.isPresent() && target.get().isBefore(floor.floor())) {
        below.add(
            String.format(
                "content %s at %s lies below the floor %s of %s (%s)",
                floor.content(), target.get(), floor.floor(), floor.instance(), floor.source()));
      }
    }
    return below;
  }

  private void passOver(String sentence) {
    if (passedOver.size() < SENTENCES_AT_MOST) {
      passedOver.add(sentence);
    }
  }

  private Selected chosen(Copy copy, String why) {
    return new Selected.Chosen(
        copy.manifest().orElseThrow(), copy.sha256(), why, List.copyOf(passedOver));
  }

  private Selected nothing(Cause cause, String sentence) {
    return new Selected.Nothing(cause, sentence, List.copyOf(passedOver));
  }
}
