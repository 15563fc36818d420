package dev.mooring.evidence;

import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.ManifestSelection.StoredDocuments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The points that were created after the last READY one and were not proved in their run's time.
 * Only intact manifests are returned; a pending one that can't be trusted gets a sentence. If the
 * READY manifest exists beside the pending one, the run ended between the two writes: the point is
 * READY.
 *
 * @param manifests the oldest first
 * @param passedOver why others were not chosen
 */
public record PendingManifests(List<Manifest> manifests, List<String> passedOver) {
  public PendingManifests {
    manifests = List.copyOf(manifests);
    passedOver = List.copyOf(passedOver);
  }

  /** The newest {@code atMost} pending manifests of points created after {@code last}. */
  public static PendingManifests since(
      Optional<Manifest> last, StoredDocuments documents, int atMost) {
    List<Manifest> manifests = new ArrayList<>();
    List<String> passedOver = new ArrayList<>();
    List<Shelved> all = documents.newestFirst();
    for (Shelved shelved : all) {
      boolean old = last.filter(l -> shelved.name().compareTo(l.name()) <= 0).isPresent();
      if (old || manifests.size() == atMost) {
        break;
      }
      if (shelved.stage() == Stage.PENDING
          && !all.contains(new Shelved(shelved.name(), Stage.PUBLISHED))) {
        documents.pending(shelved.name()).ifPresent(d -> take(d, shelved, manifests, passedOver));
      }
    }
    manifests.removeIf(m -> last.filter(l -> !madeAfter(m, l)).isPresent());
    Collections.reverse(manifests);
    return new PendingManifests(manifests, passedOver);
  }

  /** The newest point published after {@code last} whose publish created only torn points. */
  public static Optional<RestorePointName> tornSince(
      Optional<Manifest> last, StoredDocuments documents) {
    return documents.newestFirst().stream()
        .takeWhile(shelved -> last.filter(l -> shelved.name().compareTo(l.name()) <= 0).isEmpty())
        .filter(shelved -> ManifestSelection.isTorn(shelved, documents))
        .map(Shelved::name)
        .findFirst();
  }

  private static boolean madeAfter(Manifest one, Manifest other) {
    return one.header().createdAt().isAfter(other.header().createdAt());
  }

  private static void take(
      Document<Manifest> document,
      Shelved shelved,
      List<Manifest> manifests,
      List<String> passedOver) {
    document.match(
        intact -> manifests.add(intact.content()),
        refused ->
            passedOver.add(
                shelved.name() + ": its pending manifest is refused: " + refused.reason()));
  }
}
