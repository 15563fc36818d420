package dev.mooring.runbook.resilver;

/** The ways in which an outdated instance becomes a standby again, cheapest first. */
public enum RejoinMethod {
  /** Started as it is, it follows: it has nothing that the primary never had. */
  FOLLOW,
  /** {@code pg_rewind}: what it alone has is taken back, the blocks it touched are copied. */
  REWIND,
  /** A base backup: everything is copied. */
  BASE_BACKUP
}
