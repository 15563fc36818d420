package dev.mooring.runbook.watch;

import dev.mooring.runbook.checks.CheckRow.Judged;
import java.util.Locale;

/** All that a watch can find wrong. Metrics, alerts and pages know each by its id. */
public enum DiagnosisKind {
  TWO_WRITABLE(Judged.WRONG, "operations/split-brain.md"),
  PRIMARY_DOWN(Judged.WRONG, "operations/the-primary-died.md"),
  COMMITS_HANG(Judged.WRONG, "operations/standby-behind.md"),
  IDENTITY_DRIFT(Judged.WRONG, "failure-modes/replication.md"),
  PROMOTED_BY_HAND(Judged.WRONG, "failure-modes/start-primary.md"),
  NO_STANDBY_STREAMING(Judged.WRONG, "operations/standby-behind.md"),
  SLOT_LOST(Judged.WRONG, "failure-modes/resilver.md"),
  DR_INSTANCE_OPENED(Judged.WRONG, "failure-modes/dr-by-hand.md"),
  PRIMARY_SHUT_DOWN(Judged.WARNING, "reference/diagnoses.md"),
  SITE_NOT_WATCHED(Judged.WARNING, "failure-modes/temporal.md"),
  MEMBER_SILENT(Judged.WARNING, "failure-modes/connections.md"),
  HOST_SILENT(Judged.WARNING, "failure-modes/connections.md"),
  DR_INSTANCE_STARTED(Judged.WARNING, "failure-modes/dr-by-hand.md"),
  DISK_FILLING(Judged.WARNING, "operations/disk-filling.md"),
  AUTHORITY_DRIFT(Judged.WARNING, "failure-modes/start-primary.md"),
  TIMELINE_DRIFT(Judged.WARNING, "failure-modes/resilver.md"),
  RECEIVER_NOT_STREAMING(Judged.WARNING, "operations/standby-behind.md"),
  SYNC_SET_EMPTY(Judged.WARNING, "failure-modes/replication.md"),
  ARCHIVING_FAILING(Judged.WARNING, "failure-modes/archive.md"),
  RESTORE_POINT_TOO_OLD(Judged.WARNING, "failure-modes/publish.md"),
  PROOF_TOO_OLD(Judged.WARNING, "failure-modes/consume.md"),
  LAG_BYTES(Judged.WARNING, "failure-modes/replication.md"),
  LAG_SECONDS(Judged.WARNING, "operations/standby-behind.md"),
  REPLAY_PAUSED(Judged.WARNING, "failure-modes/replication.md"),
  RECOVERY_CONFLICTS(Judged.WARNING, "operations/standby-behind.md"),
  SLOT_OVER_LIMIT(Judged.WARNING, "operations/standby-behind.md"),
  CONFIGURATION_DRIFT(Judged.WARNING, "reference/check-rows.md"),
  SLOT_INACTIVE(Judged.WARNING, "failure-modes/replication.md");

  private final Judged verdict;
  private final String page;

  DiagnosisKind(Judged verdict, String page) {
    this.verdict = verdict;
    this.page = page;
  }

  /** The name in metrics, alerts and pages. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The severity. */
  public Judged verdict() {
    return verdict;
  }

  /** The page for the night, under {@code docs/}. */
  public String page() {
    return page;
  }
}
