package dev.mooring.evidence;

import dev.mooring.evidence.Document.Fault;
import dev.mooring.postgres.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Selects the manifest for a site: LATEST, the named one, or the earliest READY one at or above
 * every floor. Only READY ones are chosen, or by name a torn one, which the caller must refuse;
 * only intact ones are trusted; each one passed over gets a sentence.
 *
 * <p>Positions of one content only grow from publish to publish, so the first READY manifest below
 * a floor ends the search: a store of thousands is never read completely.
 */
public final class ManifestSelection {
  private static final int SENTENCES_AT_MOST = 12;

  private static final String COPY =
      "; once `mooring verify` finds nothing else wrong, copy the newest published manifest to"
          + " LATEST.json";

  private final StoredDocuments documents;
  private final List<ContentFloor> floors;
  private final List<String> passedOver = new ArrayList<>();
  private int unsaid;

  private ManifestSelection(StoredDocuments documents, List<ContentFloor> floors) {
    this.documents = documents;
    this.floors = floors;
  }

  /** The manifests of one cluster in a store. Reading one that doesn't exist is no fault. */
  public interface StoredDocuments {

    /** {@code LATEST.json}. */
    Optional<Document<Manifest>> latest();

    /** {@code NAME.json}. */
    Optional<Document<Manifest>> published(RestorePointName name);

    /** {@code NAME.pending.json}. */
    Optional<Document<Manifest>> pending(RestorePointName name);

    /** The manifests under their own names, the newest first. */
    List<Shelved> newestFirst();
  }

  /** Whether a manifest has its final name. */
  public enum Stage {
    PUBLISHED,
    PENDING
  }

  /** A manifest by its name. */
  public record Shelved(RestorePointName name, Stage stage) {}

  /** The found manifests. */
  public sealed interface Selected {

    record Chosen(Document.Intact<Manifest> manifest, String why, List<String> passedOver)
        implements Selected {
      @Override
      public <R> R match(
          Function<Chosen, R> chosen,
          Function<Nothing, R> nothing,
          Function<Unbelievable, R> unbelievable) {
        return chosen.apply(this);
      }
    }

    record Nothing(Cause cause, String sentence, List<String> passedOver) implements Selected {
      @Override
      public <R> R match(
          Function<Chosen, R> chosen,
          Function<Nothing, R> nothing,
          Function<Unbelievable, R> unbelievable) {
        return nothing.apply(this);
      }
    }

    /** The requested manifest can't be trusted. */
    record Unbelievable(Fault fault, String sentence) implements Selected {
      @Override
      public <R> R match(
          Function<Chosen, R> chosen,
          Function<Nothing, R> nothing,
          Function<Unbelievable, R> unbelievable) {
        return unbelievable.apply(this);
      }
    }

    /** One answer per variant. */
    <R> R match(
        Function<Chosen, R> chosen,
        Function<Nothing, R> nothing,
        Function<Unbelievable, R> unbelievable);
  }

  /** Why none serves. */
  public enum Cause {
    NOT_THERE,
    NOT_READY,
    FOREIGN,
    BELOW_FLOOR
  }

  public static Selected of(
      ManifestChoice choice, List<ContentFloor> floors, StoredDocuments documents) {
    ManifestSelection selection = new ManifestSelection(documents, floors);
    if (choice.equals(ManifestChoice.LATEST)) {
      return selection.latest(any -> true, selection::latestAboveFloors);
    }
    if (choice.equals(ManifestChoice.SAFE_FORWARD)) {
      return selection.safeForward();
    }
    return selection.named(new RestorePointName(choice.text()));
  }

  /**
   * The point of LATEST for a publish: none only if none was ever READY. A LATEST that was lost, is
   * not READY or was written by another tool proves nothing about earlier points, so it never
   * counts as none.
   */
  public static Selected last(StoredDocuments documents) {
    return last(documents, any -> true);
  }

  /** The same once the manifest of that point itself may be there, as its first write. */
  public static Selected lastBefore(RestorePointName own, StoredDocuments documents) {
    return last(documents, name -> !name.equals(own));
  }

  private static Selected last(StoredDocuments documents, Predicate<RestorePointName> others) {
    ManifestSelection selection = new ManifestSelection(documents, List.of());
    return selection
        .latest(others, latest -> selection.chosen(latest, "LATEST names it"))
        .<Selected>match(
            chosen -> chosen,
            nothing ->
                nothing.cause() == Cause.NOT_THERE
                    ? nothing
                    : new Selected.Unbelievable(
                        Fault.UNREADABLE, nothing.sentence() + "; move it away" + COPY),
            unbelievable -> unbelievable);
  }

  private Selected named(RestorePointName name) {
    Optional<Document<Manifest>> published = documents.published(name);
    if (published.isPresent()) {
      return demanded(
          name.value(),
          published.get(),
          manifest -> manifest.isReady() || manifest.isTorn(),
          this::namedAboveFloors);
    }
    return documents
        .pending(name)
        .map(pending -> nothing(Cause.NOT_READY, notReady(name, pending)))
        .orElseGet(() -> nothing(Cause.NOT_THERE, "there is no manifest " + name));
  }

  private Selected namedAboveFloors(Document.Intact<Manifest> manifest) {
    List<String> below = belowFloors(manifest.content());
    return below.isEmpty()
        ? chosen(manifest, "named, and at or above every floor")
        : nothing(Cause.BELOW_FLOOR, manifest.content().name() + ": " + String.join(", ", below));
  }

  private Selected latest(
      Predicate<RestorePointName> others, Function<Document.Intact<Manifest>, Selected> ready) {
    return latestThere(ready)
        .or(() -> lost(others, ready))
        .orElseGet(
            () -> nothing(Cause.NOT_THERE, "there is no LATEST: no restore point is READY yet"));
  }

  private Optional<Selected> latestThere(Function<Document.Intact<Manifest>, Selected> ready) {
    return documents
        .latest()
        .map(document -> demanded("LATEST", document, Manifest::isReady, ready));
  }

  /** The writer of a manifest makes LATEST name it next, so LATEST is read once more. */
  private Optional<Selected> lost(
      Predicate<RestorePointName> others, Function<Document.Intact<Manifest>, Selected> ready) {
    return documents.newestFirst().stream()
        .filter(shelved -> shelved.stage() == Stage.PUBLISHED && others.test(shelved.name()))
        .filter(shelved -> !isTorn(shelved, documents))
        .findFirst()
        .map(
            newest ->
                latestThere(ready)
                    .orElseGet(
                        () ->
                            new Selected.Unbelievable(
                                Fault.UNREADABLE,
                                "LATEST is missing while "
                                    + newest.name()
                                    + " is published"
                                    + COPY)));
  }

  private Selected latestAboveFloors(Document.Intact<Manifest> latest) {
    List<String> below = belowFloors(latest.content());
    if (!below.isEmpty()) {
      passOver("LATEST " + latest.content().name() + ": " + String.join(", ", below));
      return safeForward();
    }
    RestorePointName name = latest.content().name();
    for (Shelved newer : documents.newestFirst()) {
      if (newer.name().compareTo(name) <= 0) {
        break;
      }
      passOver(newerThanLatest(newer));
    }
    return chosen(latest, "LATEST is at or above every floor");
  }

  private String newerThanLatest(Shelved newer) {
    if (newer.stage() == Stage.PUBLISHED && !isTorn(newer, documents)) {
      return newer.name() + ": READY, but LATEST does not name it yet";
    }
    Optional<Document<Manifest>> document =
        newer.stage() == Stage.PUBLISHED
            ? documents.published(newer.name())
            : documents.pending(newer.name());
    return document.map(d -> notReady(newer.name(), d)).orElse(gone(newer));
  }

  /** Whether the manifest under its final name is that of a torn point. */
  public static boolean isTorn(Shelved shelved, StoredDocuments documents) {
    return shelved.stage() == Stage.PUBLISHED
        && documents
            .published(shelved.name())
            .map(d -> d.match(intact -> intact.content().isTorn(), refused -> false))
            .orElse(false);
  }

  private Selected demanded(
      String called,
      Document<Manifest> document,
      Predicate<Manifest> serves,
      Function<Document.Intact<Manifest>, Selected> ready) {
    return document.match(
        intact ->
            serves.test(intact.content())
                ? ready.apply(intact)
                : nothing(Cause.NOT_READY, notReady(intact.content().name(), intact)),
        refused ->
            refused.fault() == Fault.FOREIGN
                ? nothing(Cause.FOREIGN, called + " is refused: " + refused.reason())
                : new Selected.Unbelievable(
                    refused.fault(), "manifest " + called + ": " + refused.reason()));
  }

  private Selected safeForward() {
    Optional<Document.Intact<Manifest>> earliest = Optional.empty();
    boolean belowSeen = false;
    for (Shelved shelved : documents.newestFirst()) {
      Optional<Document.Intact<Manifest>> ready = readyOne(shelved);
      if (ready.isEmpty()) {
        continue;
      }
      List<String> below = belowFloors(ready.get().content());
      if (!below.isEmpty()) {
        belowSeen = true;
        passOver(shelved.name() + ": " + String.join(", ", below));
        break;
      }
      earliest.ifPresent(
          later -> passOver(later.content().name() + ": above every floor, but not the earliest"));
      earliest = ready;
    }
    if (earliest.isPresent()) {
      return chosen(earliest.get(), "the earliest READY manifest at or above every floor");
    }
    return belowSeen
        ? nothing(Cause.BELOW_FLOOR, "no READY manifest lies at or above every floor")
        : nothing(Cause.NOT_THERE, "there is no READY manifest");
  }

  /** The READY manifest under that name, or a sentence why there is none. */
  private Optional<Document.Intact<Manifest>> readyOne(Shelved shelved) {
    if (shelved.stage() == Stage.PENDING) {
      passOver(
          documents
              .pending(shelved.name())
              .map(d -> notReady(shelved.name(), d))
              .orElse(gone(shelved)));
      return Optional.empty();
    }
    Optional<Document<Manifest>> document = documents.published(shelved.name());
    if (document.isEmpty()) {
      passOver(gone(shelved));
      return Optional.empty();
    }
    return document
        .get()
        .match(
            intact -> intact.content().isReady() ? Optional.of(intact) : unready(intact),
            refused -> {
              passOver(shelved.name() + ": refused, " + refused.reason());
              return Optional.empty();
            });
  }

  private Optional<Document.Intact<Manifest>> unready(Document.Intact<Manifest> manifest) {
    passOver(notReady(manifest.content().name(), manifest));
    return Optional.empty();
  }

  /** Why a manifest is below the floors: one sentence per instance, none if it fits. */
  private List<String> belowFloors(Manifest manifest) {
    List<String> below = new ArrayList<>();
    for (ContentFloor floor : floors) {
      Optional<Lsn> target = manifest.evidenceOf(floor.content()).map(e -> e.target().lsn());
      if (target.isEmpty()) {
        below.add("it does not name content " + floor.content() + " of " + floor.instance());
      } else if (target.get().isBefore(floor.floor())) {
        below.add(
            "content "
                + floor.content()
                + " at "
                + target.get()
                + " lies below the floor "
                + floor.floor()
                + " of "
                + floor.instance()
                + " ("
                + floor.source()
                + ")");
      }
    }
    return below;
  }

  private static String notReady(RestorePointName name, Document<Manifest> document) {
    return document.match(
        intact -> name + ": not READY, " + String.join(", ", intact.content().reasons()),
        refused -> name + ": not READY, and its pending manifest is refused: " + refused.reason());
  }

  private static String gone(Shelved shelved) {
    return shelved.name() + ": listed, but not there when it was read";
  }

  private void passOver(String sentence) {
    if (passedOver.size() < SENTENCES_AT_MOST) {
      passedOver.add(sentence);
    } else {
      unsaid++;
    }
  }

  private List<String> sentences() {
    List<String> sentences = new ArrayList<>(passedOver);
    if (unsaid > 0) {
      sentences.add("and " + unsaid + " more");
    }
    return List.copyOf(sentences);
  }

  private Selected chosen(Document.Intact<Manifest> manifest, String why) {
    return new Selected.Chosen(manifest, why, sentences());
  }

  private Selected nothing(Cause cause, String sentence) {
    return new Selected.Nothing(cause, sentence, sentences());
  }
}
