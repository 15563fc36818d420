package dev.mooring.runbook.switchover;

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

  /** Whether that instance or endpoint is what was looked at. */
  boolean isOf(String name) {
    return looked.equals(name) || looked.startsWith(name + " ") || looked.startsWith(name + "'");
  }

  /** The row as one sentence. */
  String inWords() {
    return String.format(
        "%s: %s, must be %s%s", looked, seen, limit, rule.isEmpty() ? "" : " (rule " + rule + ")");
  }
}
