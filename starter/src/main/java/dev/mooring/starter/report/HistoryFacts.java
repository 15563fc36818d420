package dev.mooring.starter.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run's history says beyond its receipt.
 *
 * @param source where it was read
 * @param startedBy the program or schedule that started the run, as Temporal knows it; empty if
 *     unknown
 * @param startedAt when it began; nothing without a history
 * @param events how many events it has
 * @param messages what people and other runs sent it, in order
 * @param triedAgain the acts that took more than one attempt
 * @param acts the acts that ended, in the order of their beginning
 */
public record HistoryFacts(
    Source source,
    String startedBy,
    Optional<Instant> startedAt,
    int events,
    List<Message> messages,
    List<TriedAgain> triedAgain,
    List<Act> acts) {
  public HistoryFacts {
    messages = List.copyOf(messages);
    triedAgain = List.copyOf(triedAgain);
    acts = List.copyOf(acts);
  }

  /**
   * Where a history was read.
   *
   * @param where its file or server in words, or why there is no history
   * @param sha256 the digest of the file; empty without a file
   */
  public record Source(Kept kept, String where, String sha256) {}

  /**
   * An act of a run, as the picture shows it.
   *
   * @param step its step; empty if no step is named
   * @param place the host it acted on, else the site, else {@code Temporal}
   * @param what what it did
   * @param began when its last attempt began
   * @param failure why it failed; empty if it did not
   */
  public record Act(
      String step, String place, String what, Instant began, Instant ended, String failure) {}

  /** Where a history was read. */
  public enum Kept {
    /** The evidence store, sealed. */
    EVIDENCE,
    /** Temporal, which forgets it after the namespace's retention. */
    TEMPORAL,
    /** In the evidence store, but not as it was kept: nothing of it is reported. */
    BROKEN,
    /** Nowhere. */
    NONE
  }

  /**
   * A message to the run.
   *
   * @param kind its name, such as {@code decide}
   * @param words its text
   * @param by the person who sent it, as given; else the program it came from
   */
  public record Message(Instant at, String kind, String words, String by, String reason) {}

  /**
   * An act that did not succeed at once.
   *
   * @param act what it was to do
   * @param attempts how many attempts it took
   * @param lastFailure why the attempt before the last failed
   */
  public record TriedAgain(String act, int attempts, String lastFailure) {}

  /** The facts of a run without a history, or without a history that is as it was kept. */
  public static HistoryFacts without(Kept kept, String why) {
    return new HistoryFacts(
        new Source(kept, why, ""), "", Optional.empty(), 0, List.of(), List.of(), List.of());
  }

  /** Whether a history was read. */
  public boolean isKnown() {
    return source.kept() == Kept.EVIDENCE || source.kept() == Kept.TEMPORAL;
  }
}
