package dev.mooring.evidence;

import dev.mooring.evidence.ManifestSelection.Shelf;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The points that were made after the last READY one and were not proved in their run's time. Only
 * intact manifests are given back; a pending one that can't be believed has its sentence. One that
 * is beside its READY manifest was left by a run that ended between the two writes: it is READY.
 *
 * @param manifests the oldest first
 * @param passedOver why others were not taken
 */
public record PendingManifests(List<Manifest> manifests, List<String> passedOver) {
  public PendingManifests {
    manifests = List.copyOf(manifests);
    passedOver = List.copyOf(passedOver);
  }

  /** The newest {@code atMost} pending manifests of points made after {@code last}. */
  public static PendingManifests since(Optional<Manifest> last, Shelf shelf, int atMost) {
    List<Manifest> manifests = new ArrayList<>();
    List<String> passedOver = new ArrayList<>();
    List<Shelved> all = shelf.newestFirst();
    for (Shelved shelved : all) {
      boolean old = last.filter(l -> shelved.name().compareTo(l.name()) <= 0).isPresent();
      if (old || manifests.size() == atMost) {
        break;
      }
      if (shelved.stage() == Stage.PENDING
          && !all.contains(new Shelved(shelved.name(), Stage.PUBLISHED))) {
        shelf.pending(shelved.name()).ifPresent(d -> take(d, shelved, manifests, passedOver));
      }
    }
    manifests.removeIf(m -> last.filter(l -> !madeAfter(m, l)).isPresent());
    Collections.reverse(manifests);
    return new PendingManifests(manifests, passedOver);
  }

  /** The newest point published after {@code last} of which all points of its publish are torn. */
  public static Optional<RestorePointName> tornSince(Optional<Manifest> last, Shelf shelf) {
    return shelf.newestFirst().stream()
        .takeWhile(shelved -> last.filter(l -> shelved.name().compareTo(l.name()) <= 0).isEmpty())
        .filter(shelved -> ManifestSelection.isTorn(shelved, shelf))
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
