package dev.mooring.runbook.check;

/**
 * One thing that was looked at.
 *
 * @param looked what it is, its site, host or instance first
 * @param seen the value seen, or why none was
 * @param limit what it should be
 * @param judged the verdict
 * @param remedy what mends it, one sentence without a full stop; empty where nothing is wrong
 */
public record CheckRow(String looked, String seen, String limit, Judged judged, String remedy) {

  /** The verdict on one thing. */
  public enum Judged {
    /** As it should be. */
    GOOD,
    /** No runbook stops at it; a person should know. */
    WARNING,
    /** A runbook will stop at it. */
    WRONG;

    /** The worse of two. */
    public Judged or(Judged other) {
      return other.compareTo(this) > 0 ? other : this;
    }
  }
}
