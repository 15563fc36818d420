package dev.mooring.runbook.checks;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.runbook.Observed;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One thing that was looked at, and how it was judged.
 *
 * @param id what was looked at, lower-case words with hyphens: the name by which code, tests, JSON
 *     and pages know the row
 * @param subject the instance, host, site, endpoint or other thing of which it was looked at; empty
 *     where it is of the run or the cluster as a whole
 * @param seen the value seen, or why none was
 * @param limit what it must be
 * @param verdict how it was judged
 * @param rule by whose name it can be overridden; empty where it can't
 * @param remedy what fixes it, one sentence without a full stop; empty where nothing is wrong,
 *     unless there is something that may be done
 */
public record CheckRow(
    String id,
    String subject,
    String seen,
    String limit,
    Judged verdict,
    String rule,
    String remedy) {
  private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  public CheckRow {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("'" + id + "' is no id of a row");
    }
  }

  /** How one thing was judged, the worst last. */
  public enum Judged {
    /** As it must be. */
    GOOD,
    /** Not as wanted; no run stops at it, and it is shown. */
    WARNING,
    /** Against a rule that was overridden by its name. */
    OVERRIDDEN,
    /** No run proceeds with it. */
    WRONG;

    /** The worse of two. */
    public Judged or(Judged other) {
      return other.compareTo(this) > 0 ? other : this;
    }

    /** The word of monitoring for it: {@code note}, {@code warning} or {@code critical}. */
    public String level() {
      return switch (this) {
        case GOOD -> "note";
        case WARNING, OVERRIDDEN -> "warning";
        case WRONG -> "critical";
      };
    }
  }

  public static CheckRow good(String id, Object subject, String seen, String limit) {
    return must(true, id, subject, seen, limit, "");
  }

  /** One with which nothing is wrong, and about which something may be done. */
  public static CheckRow note(String id, Object subject, String seen, String limit, String remedy) {
    return new CheckRow(id, subject.toString(), seen, limit, Judged.GOOD, "", remedy);
  }

  public static CheckRow warning(
      String id, Object subject, String seen, String limit, String remedy) {
    return wanted(false, id, subject, seen, limit, remedy);
  }

  public static CheckRow wrong(
      String id, Object subject, String seen, String limit, String remedy) {
    return must(false, id, subject, seen, limit, remedy);
  }

  /** One of which nothing was seen. */
  public static CheckRow unseen(
      String id, Object subject, Observed.Unseen<?> unseen, String limit) {
    return wrong(id, subject, "UNKNOWN: " + unseen.why(), limit, unseen.remedy());
  }

  /**
   * One that stops a run unless it holds.
   *
   * @param subject whose text names it
   */
  public static CheckRow must(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    return of(holds ? Judged.GOOD : Judged.WRONG, id, subject, seen, limit, "", remedy);
  }

  /** One that stops no run, and is shown unless it holds. */
  public static CheckRow wanted(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    return of(holds ? Judged.GOOD : Judged.WARNING, id, subject, seen, limit, "", remedy);
  }

  /** One by a rule: it stops a run unless it holds or the rule was overridden by its name. */
  public static CheckRow by(
      String rule,
      boolean overridden,
      boolean holds,
      String id,
      Object subject,
      String seen,
      String limit,
      String remedy) {
    Judged broken = overridden ? Judged.OVERRIDDEN : Judged.WRONG;
    return of(holds ? Judged.GOOD : broken, id, subject, seen, limit, rule, remedy);
  }

  private static CheckRow of(
      Judged verdict,
      String id,
      Object subject,
      String seen,
      String limit,
      String rule,
      String remedy) {
    return new CheckRow(
        id, subject.toString(), seen, limit, verdict, rule, verdict == Judged.GOOD ? "" : remedy);
  }

  /** The same as a warning, for one who only looks: what would stop a run may be well meanwhile. */
  public CheckRow asWarning() {
    return new CheckRow(id, subject, seen, limit, Judged.WARNING, rule, remedy);
  }

  /** Whether it is the row of that id of that instance, host, site or endpoint. */
  public boolean is(String wanted, Object of) {
    return id.equals(wanted) && subject.equals(of.toString());
  }

  /** Subject and id, as a table or a sentence begins with. */
  public String title() {
    return subject.isEmpty() ? id : subject + " " + id;
  }

  /** What was looked at and what was seen. */
  public String inShort() {
    return title() + ": " + seen;
  }

  /** The same with what should be, unless it is good: as a finding is shown. */
  public String asFinding() {
    return verdict == Judged.GOOD ? inShort() : inShort() + " (should be: " + limit + ")";
  }

  /** The row as a plan shows it, among what it measured. */
  public Fact fact() {
    return new Fact(
        title(),
        String.format(
            "%s; must be %s: %s%s",
            seen,
            limit,
            verdict.name().toLowerCase(Locale.ROOT),
            remedy.isEmpty() ? "" : " (" + remedy + ")"),
        verdict == Judged.GOOD);
  }

  /** The row as one sentence. */
  public String inWords() {
    return String.format(
        "%s: %s, must be %s%s", title(), seen, limit, rule.isEmpty() ? "" : " (rule " + rule + ")");
  }
}
