package dev.mooring.runbook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run means to do, once it has looked: shown by {@code mooring plan} and the query {@code
 * plan}. The digest covers everything but the measured values.
 *
 * @param digest SHA-256 of request, cluster file, objects and steps; empty while it is not yet
 *     known
 * @param objects per instance, role, identity and timeline
 * @param steps the ordered steps
 * @param measured values that are shown, not digested
 * @param tables measured values that are compared side by side
 * @param byHand what a person types who does the same without Mooring, and until when that is good;
 *     empty where there is no such thing, or the plan's checks stand against it
 */
public record Plan(
    String digest,
    List<String> objects,
    List<String> steps,
    List<Receipt.Fact> measured,
    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<PlanTable> tables,
    @JsonSetter(nulls = Nulls.AS_EMPTY) @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> byHand) {
  /** How a run in mode plan ends if no check blocks it. */
  public static final String PLANNED = "planned";

  /** How it ends where its checks stand against it: to act would be refused. */
  public static final String WOULD_REFUSE = "would-refuse";

  /** The fewest characters of a digest that a person may type. */
  public static final int SHORTEST_DIGEST = 8;

  /** How many of its lines a phone shows. */
  public static final int LINES_SHOWN = 20;

  /** The plan of a run that has not looked yet. */
  public static final Plan UNKNOWN =
      new Plan("", List.of(), List.of(), List.of(), List.of(), List.of());

  public Plan {
    objects = List.copyOf(objects);
    steps = List.copyOf(steps);
    measured = List.copyOf(measured);
    tables = List.copyOf(tables);
    byHand = List.copyOf(byHand);
  }

  /** The same with the procedure for a person who does it without Mooring. */
  Plan with(List<String> words) {
    return new Plan(digest, objects, steps, measured, tables, words);
  }

  /** The same with those rows beside one another. */
  Plan with(PlanTable table) {
    return new Plan(digest, objects, steps, measured, List.of(table), byHand);
  }

  /** As a receipt keeps it, with the request that its digest begins with. */
  Receipt.PlanRecord record(String request) {
    return new Receipt.PlanRecord(digest, request, objects, steps, measured);
  }

  /**
   * What a person reads who is to decide: what was seen and is not good, such as a verdict and what
   * is lost; then the objects.
   */
  public List<String> lines() {
    return Stream.concat(
            measured.stream()
                .filter(fact -> !fact.good())
                .map(fact -> fact.name() + ": " + fact.value()),
            objects.stream())
        .toList();
  }

  /** Whether what was typed is that digest, or enough of its first characters. */
  public static boolean isMeant(String typed, String digest) {
    return typed.equals(digest) || (!isTooShort(typed) && digest.startsWith(typed));
  }

  /**
   * A digest as a request brings it.
   *
   * @param typed empty, or so many of its first characters that it names one
   * @throws IllegalArgumentException when it is shorter
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

  /** Whether what was typed names no digest. */
  static boolean isTooShort(String typed) {
    return typed.length() < SHORTEST_DIGEST;
  }

  /** What another plan had otherwise, in words. */
  public String differenceFrom(Plan earlier) {
    List<String> words = new ArrayList<>();
    earlier.objects.stream().filter(o -> !objects.contains(o)).forEach(o -> words.add("was " + o));
    objects.stream().filter(o -> !earlier.objects.contains(o)).forEach(o -> words.add("is " + o));
    return words.isEmpty() ? "request, cluster file or steps differ" : String.join("; ", words);
  }
}
