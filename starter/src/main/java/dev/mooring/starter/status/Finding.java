package dev.mooring.starter.status;

import dev.mooring.starter.console.ExitCode;

/**
 * Something a person should know.
 *
 * @param level how bad it is
 * @param fact what it is, one sentence
 * @param remedy what mends it, one sentence without a full stop, or empty
 */
public record Finding(Level level, String fact, String remedy) {

  /** How bad something is. */
  public enum Level {
    NOTE(ExitCode.DONE),
    WARNING(ExitCode.STATUS_WARNING),
    CRITICAL(ExitCode.STATUS_CRITICAL);

    private final ExitCode exitCode;

    Level(ExitCode exitCode) {
      this.exitCode = exitCode;
    }

    /** What a command that found it exits with. */
    public ExitCode exitCode() {
      return exitCode;
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
