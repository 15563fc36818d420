package dev.mooring.runbook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.Receipt;
import dev.mooring.wire.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run will do, after it observed; {@code mooring plan} and the query {@code plan} show it.
 * The digest covers everything but the measured values.
 *
 * @param digest SHA-256 of request, cluster file, objects and steps; empty before the plan is made
 * @param origin what it is made from
 * @param objects for each instance its role, identity and timeline
 * @param steps the ordered steps
 * @param measured values that are shown, not digested
 * @param tables measured values that are compared side by side
 * @param byHand the commands without Mooring, and how long they are valid; empty if there are none,
 *     or the plan's checks block the run
 */
public record Plan(
    String digest,
    Origin origin,
    List<String> objects,
    List<String> steps,
    List<Receipt.Fact> measured,
    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<PlanTable> tables,
    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> byHand) {
  /** The outcome of a run in mode plan if no check blocks it. */
  public static final String PLANNED = "planned";

  /** The outcome if its checks block it: mode execute would be refused. */
  public static final String WOULD_REFUSE = "would-refuse";

  /** The fewest characters of a digest that a person may type. */
  public static final int SHORTEST_DIGEST = 8;

  /** The number of its lines in a notice, for a phone. */
  public static final int LINES_SHOWN = 20;

  /** The plan of a run that has not observed yet. */
  public static final Plan UNKNOWN =
      new Plan("", new Origin("", ""), List.of(), List.of(), List.of(), List.of(), List.of());

  public Plan {
    objects = List.copyOf(objects);
    steps = List.copyOf(steps);
    measured = List.copyOf(measured);
    tables = List.copyOf(tables);
    byHand = List.copyOf(byHand);
  }

  /**
   * What a plan is made from.
   *
   * @param request in words
   * @param clusterFile the digest of the cluster file
   */
  public record Origin(String request, String clusterFile) {}

  /** A plan with its digest. */
  static Plan of(
      Origin origin, List<String> objects, List<String> steps, List<Receipt.Fact> measured) {
    String digest = Digest.ofPlan(origin.request(), origin.clusterFile(), objects, steps);
    return new Plan(digest, origin, objects, steps, measured, List.of(), List.of());
  }

  /** The same with the procedure without Mooring. */
  Plan with(List<String> words) {
    return new Plan(digest, origin, objects, steps, measured, tables, words);
  }

  /** The same with these facts too. */
  Plan also(List<Receipt.Fact> more) {
    List<Receipt.Fact> all = Stream.concat(measured.stream(), more.stream()).toList();
    return new Plan(digest, origin, objects, steps, all, tables, byHand);
  }

  /** The same with that table. */
  Plan with(PlanTable table) {
    return new Plan(digest, origin, objects, steps, measured, List.of(table), byHand);
  }

  /** Whether its digest is of this very request, cluster file, objects and steps. */
  public boolean isOfItsDigest() {
    return digest.isEmpty() || digest.equals(of(origin, objects, steps, measured).digest);
  }

  /** The plan for a receipt. */
  Receipt.PlanRecord record() {
    return new Receipt.PlanRecord(digest, origin.request(), objects, steps, measured);
  }

  /**
   * The lines for the person who approves: measured facts that are not good, such as a verdict and
   * the loss; then the objects.
   */
  public List<String> lines() {
    return Stream.concat(
            measured.stream()
                .filter(fact -> !fact.good())
                .map(fact -> fact.name() + ": " + fact.value()),
            objects.stream())
        .toList();
  }

  /** Whether the typed text is the digest, or enough of its first characters. */
  public static boolean isMeant(String typed, String digest) {
    return typed.equals(digest) || (!isTooShort(typed) && digest.startsWith(typed));
  }

  /**
   * Checks the digest of a request.
   *
   * @param typed empty, or enough of its first characters
   * @throws IllegalArgumentException if it is shorter
   */
  public static String typed(String typed) {
    if (!typed.isEmpty() && isTooShort(typed)) {
      throw new IllegalArgumentException(
          String.format(
              "must be the digest of a plan, its first %d characters or more, got '%s'",
              SHORTEST_DIGEST, typed));
    }
    return typed;
  }

  /** Whether the typed text is too short for a digest. */
  static boolean isTooShort(String typed) {
    return typed.length() < SHORTEST_DIGEST;
  }

  /** The differences between two plans, in words. */
  public String differenceFrom(Plan earlier) {
    List<String> words = new ArrayList<>();
    earlier.objects.stream().filter(o -> !objects.contains(o)).forEach(o -> words.add("was " + o));
    objects.stream().filter(o -> !earlier.objects.contains(o)).forEach(o -> words.add("is " + o));
    return words.isEmpty() ? "request, cluster file or steps differ" : String.join("; ", words);
  }
}
