package dev.mooring.fake;

import dev.mooring.postgres.StartLog;

/** The log of one start of a server, in PostgreSQL's words. */
final class ServerLog {
  private final StringBuilder text = new StringBuilder();
  private final String start;

  ServerLog(String start) {
    this.start = start;
  }

  void says(String severity, String message) {
    text.append("2026-11-20 08:00:00.000 UTC [1] ").append(severity).append(":  ");
    text.append(message).append('\n');
  }

  /** What was not yet on disk is gone with the power; the file is there, and empty. */
  void lose() {
    text.setLength(0);
  }

  StartLog read() {
    return StartLog.parse(text.toString());
  }

  @Override
  public String toString() {
    return start + "\n" + text;
  }
}
