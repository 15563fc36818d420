package dev.mooring.evidence;

/**
 * The pg_stat_archiver of one instance, which proves nothing and explains much. Empty text for null
 * values.
 *
 * @param archivedCount archived_count
 * @param lastArchived last_archived_wal
 * @param lastArchivedAt last_archived_time
 * @param failedCount failed_count
 * @param lastFailed last_failed_wal
 * @param lastFailedAt last_failed_time
 */
public record Archiver(
    long archivedCount,
    String lastArchived,
    String lastArchivedAt,
    long failedCount,
    String lastFailed,
    String lastFailedAt) {}
