package dev.mooring.runbook.replication;

/**
 * Queries for postgres_exporter's {@code --extend.query-path}: senders with their lag in bytes,
 * slots with what they keep, and of a standby whether it receives. No clock is held against
 * another's, and an idle primary's standby is not behind.
 */
final class MonitoringQueries {
  static final String TEXT =
      """
      mooring_sender:
        query: "SELECT application_name, coalesce(state, '') AS state, coalesce(sync_state, '') AS sync_state, coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, flush_lsn), -1) AS lag_bytes FROM pg_stat_replication"
        metrics:
          - application_name: {usage: LABEL, description: "the standby"}
          - state: {usage: LABEL, description: "streaming once it caught up"}
          - sync_state: {usage: LABEL, description: "async, potential, sync or quorum"}
          - lag_bytes: {usage: GAUGE, description: "WAL that it has not confirmed as flushed, -1 when it never confirmed any"}
      mooring_slot:
        query: "SELECT slot_name, active::int AS active, coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn), 0) AS kept_bytes FROM pg_replication_slots"
        metrics:
          - slot_name: {usage: LABEL, description: "the slot"}
          - active: {usage: GAUGE, description: "1 while it is in use"}
          - kept_bytes: {usage: GAUGE, description: "WAL that is kept for it"}
      mooring_receiver:
        query: "SELECT pg_is_in_recovery()::int AS standby, (SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streaming"
        metrics:
          - standby: {usage: GAUGE, description: "1 of a standby"}
          - streaming: {usage: GAUGE, description: "1 while it receives"}
      """;

  private MonitoringQueries() {}
}
