package dev.mooring.runbook.status;

/**
 * Something a person should know.
 *
 * @param level how bad it is
 * @param fact what it is, one sentence
 * @param remedy what fixes it, one sentence without a full stop, or empty
 */
public record Finding(Level level, String fact, String remedy) {

  /** How bad something is. */
  public enum Level {
    /** Worth knowing, nothing to do. */
    NOTE,
    /** It needs attention. */
    WARNING,
    /** It is wrong now. */
    CRITICAL;

    /** The worse of two. */
    public Level or(Level other) {
      return other.compareTo(this) > 0 ? other : this;
    }
  }

  static Finding note(String fact, String remedy) {
    return new Finding(Level.NOTE, fact, remedy);
  }

  static Finding warning(String fact, String remedy) {
    return new Finding(Level.WARNING, fact, remedy);
  }

  static Finding critical(String fact, String remedy) {
    return new Finding(Level.CRITICAL, fact, remedy);
  }
}
