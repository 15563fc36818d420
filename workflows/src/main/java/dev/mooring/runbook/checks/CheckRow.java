package dev.mooring.runbook.checks;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Verdict;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One check and its verdict.
 *
 * @param id lower-case words with hyphens: the name by which code, tests, JSON and pages know the
 *     row
 * @param subject the instance, host, site or endpoint that was checked; empty for the run or the
 *     whole cluster
 * @param seen the value seen, or why there is none
 * @param limit what the value must be
 * @param verdict the verdict
 * @param rule the name by which the check can be overridden; empty if it can't be
 * @param remedy how to fix it, one sentence without a full stop; empty if nothing is wrong and
 *     nothing can be done
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

  /** The verdicts, the worst last. */
  public enum Judged {
    /** As it must be. */
    GOOD,
    /** Not as wanted; it is shown but stops no run. */
    WARNING,
    /** Breaks a rule that was overridden by name. */
    OVERRIDDEN,
    /** Stops the run. */
    WRONG;

    /** The worse of two. */
    public Judged or(Judged other) {
      return other.compareTo(this) > 0 ? other : this;
    }

    /** The monitoring level: {@code note}, {@code warning} or {@code critical}. */
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

  /** A row that is good and still has a remedy. */
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

  /** A row for a value that could not be read. */
  public static CheckRow unseen(
      String id, Object subject, Observed.Unseen<?> unseen, String limit) {
    return wrong(id, subject, "UNKNOWN: " + unseen.why(), limit, unseen.remedy());
  }

  /**
   * A row that stops the run unless the check holds.
   *
   * @param subject its text names the subject
   */
  public static CheckRow must(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    return of(holds ? Judged.GOOD : Judged.WRONG, id, subject, seen, limit, remedy);
  }

  /** A row that is a warning unless the check holds. */
  public static CheckRow wanted(
      boolean holds, String id, Object subject, String seen, String limit, String remedy) {
    return of(holds ? Judged.GOOD : Judged.WARNING, id, subject, seen, limit, remedy);
  }

  /** The verdict of a runbook's decision as a row. */
  public static CheckRow judged(
      String id, Object subject, Verdict<?> verdict, String seen, String limit) {
    return verdict.match(
        proceed -> good(id, subject, seen, limit),
        notYet -> wrong(id, subject, notYet.awaiting(), limit, FailureCode.BUG.hint()),
        never -> wrong(id, subject, never.reason(), limit, never.code().hint()));
  }

  /** A row with a rule: it stops the run unless the check holds or the rule is overridden. */
  public static CheckRow by(
      String rule,
      boolean overridden,
      boolean holds,
      String id,
      Object subject,
      String seen,
      String limit,
      String remedy) {
    return must(holds, id, subject, seen, limit, remedy).by(rule, overridden);
  }

  /** The row with a rule: if it is wrong, overriding the rule lets the run go on. */
  public CheckRow by(String rule, boolean overridden) {
    Judged judged = overridden && verdict == Judged.WRONG ? Judged.OVERRIDDEN : verdict;
    return new CheckRow(id, subject, seen, limit, judged, rule, remedy);
  }

  private static CheckRow of(
      Judged verdict, String id, Object subject, String seen, String limit, String remedy) {
    String toFix = verdict == Judged.GOOD ? "" : remedy;
    return new CheckRow(id, subject.toString(), seen, limit, verdict, "", toFix);
  }

  /** The row as a warning, for observers: what would stop a run now may be fixed by then. */
  public CheckRow asWarning() {
    return new CheckRow(id, subject, seen, limit, Judged.WARNING, rule, remedy);
  }

  /** The row with another remedy, if it has one. */
  public CheckRow withRemedy(String other) {
    return new CheckRow(id, subject, seen, limit, verdict, rule, remedy.isEmpty() ? remedy : other);
  }

  /** The row for a run that it does not stop: a warning if it is wrong. */
  public CheckRow unblocking() {
    return verdict == Judged.WRONG ? asWarning() : this;
  }

  /** Whether the row has that id and subject. */
  public boolean is(String wanted, Object of) {
    return id.equals(wanted) && subject.equals(of.toString());
  }

  /** Subject and id. */
  public String title() {
    return subject.isEmpty() ? id : subject + " " + id;
  }

  /** Subject, id and the value seen. */
  public String inShort() {
    return title() + ": " + seen;
  }

  /** The same with the limit, unless the row is good. */
  public String asFinding() {
    return verdict == Judged.GOOD ? inShort() : inShort() + " (should be: " + limit + ")";
  }

  /** The row as a measured fact of a plan. */
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
