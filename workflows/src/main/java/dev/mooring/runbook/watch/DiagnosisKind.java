package dev.mooring.runbook.watch;

import dev.mooring.runbook.status.Finding.Level;
import java.util.Locale;

/** All that a watch can find wrong. Metrics, alerts and pages know each by its id. */
public enum DiagnosisKind {
  TWO_WRITABLE(Level.CRITICAL, "operations/split-brain.md"),
  PRIMARY_DOWN(Level.CRITICAL, "operations/the-primary-died.md"),
  IDENTITY_DRIFT(Level.CRITICAL, "failure-modes/replication.md"),
  PROMOTED_BY_HAND(Level.CRITICAL, "failure-modes/start-primary.md"),
  NO_STANDBY_STREAMING(Level.CRITICAL, "failure-modes/replication.md"),
  SLOT_LOST(Level.CRITICAL, "failure-modes/resilver.md"),
  SITE_NOT_WATCHED(Level.WARNING, "failure-modes/temporal.md"),
  MEMBER_SILENT(Level.WARNING, "failure-modes/connections.md"),
  HOST_SILENT(Level.WARNING, "failure-modes/connections.md"),
  AUTHORITY_DRIFT(Level.WARNING, "failure-modes/start-primary.md"),
  TIMELINE_DRIFT(Level.WARNING, "failure-modes/resilver.md"),
  RECEIVER_NOT_STREAMING(Level.WARNING, "failure-modes/replication.md"),
  SYNC_SET_EMPTY(Level.WARNING, "failure-modes/replication.md"),
  ARCHIVING_FAILING(Level.WARNING, "failure-modes/archive.md"),
  LAG_BYTES(Level.WARNING, "failure-modes/replication.md"),
  REPLAY_PAUSED(Level.WARNING, "failure-modes/replication.md"),
  SLOT_INACTIVE(Level.WARNING, "failure-modes/replication.md");

  private final Level level;
  private final String page;

  DiagnosisKind(Level level, String page) {
    this.level = level;
    this.page = page;
  }

  /** Its name in metrics, alerts and pages. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How bad it is. */
  public Level level() {
    return level;
  }

  /** The page for the night, under {@code docs/}. */
  public String page() {
    return page;
  }
}
