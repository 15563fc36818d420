package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import java.util.Locale;

/**
 * One thing that was looked at before a move.
 *
 * @param looked what it is, its instance or endpoint first where it is of one
 * @param seen the value seen, or why none was
 * @param limit what it must be
 * @param judged the verdict
 * @param rule by whose name it can be overridden; empty where it can't
 * @param remedy what mends it, one sentence without a full stop; empty where nothing is wrong
 */
public record PreflightRow(
    String looked, String seen, String limit, Judged judged, String rule, String remedy) {

  /** The verdict on one thing. */
  public enum Judged {
    /** As it must be. */
    GOOD,
    /** Not as wanted; the move can be made, and it is told. */
    WARNED,
    /** Against a rule that was overridden by its name. */
    OVERRIDDEN,
    /** The move may not be made. */
    WRONG
  }

  /** One that stands against the move where it does not hold. */
  public static PreflightRow must(
      boolean holds, String looked, String seen, String limit, String remedy) {
    return judged(holds ? Judged.GOOD : Judged.WRONG, looked, seen, limit, "", remedy);
  }

  /** One that stands against no move, and is told where it does not hold. */
  public static PreflightRow wanted(
      boolean holds, String looked, String seen, String limit, String remedy) {
    return judged(holds ? Judged.GOOD : Judged.WARNED, looked, seen, limit, "", remedy);
  }

  /** One by a rule, that is told only where it was overridden by its name. */
  static PreflightRow by(
      PreflightRule rule,
      boolean overridden,
      boolean holds,
      String looked,
      String seen,
      String limit,
      String remedy) {
    return by(rule.text(), overridden, holds, looked, seen, limit, remedy);
  }

  /** The same by a rule of another runbook, as it is typed. */
  public static PreflightRow by(
      String rule,
      boolean overridden,
      boolean holds,
      String looked,
      String seen,
      String limit,
      String remedy) {
    Judged broken = overridden ? Judged.OVERRIDDEN : Judged.WRONG;
    return judged(holds ? Judged.GOOD : broken, looked, seen, limit, rule, remedy);
  }

  private static PreflightRow judged(
      Judged judged, String looked, String seen, String limit, String rule, String remedy) {
    return new PreflightRow(looked, seen, limit, judged, rule, judged == Judged.GOOD ? "" : remedy);
  }

  /** Whether that instance or endpoint is what was looked at. */
  public boolean isOf(String name) {
    return looked.equals(name) || looked.startsWith(name + " ") || looked.startsWith(name + "'");
  }

  /** The row as a plan shows it, among what it measured. */
  public Fact fact() {
    return new Fact(
        looked,
        String.format(
            "%s; must be %s: %s%s",
            seen,
            limit,
            judged.name().toLowerCase(Locale.ROOT),
            remedy.isEmpty() ? "" : " (" + remedy + ")"),
        judged == Judged.GOOD);
  }

  /** The row as one sentence. */
  public String inWords() {
    return String.format(
        "%s: %s, must be %s%s", looked, seen, limit, rule.isEmpty() ? "" : " (rule " + rule + ")");
  }
}
