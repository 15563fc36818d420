package dev.mooring.evidence;

import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;

/**
 * The lowest position one instance can be parked at: its minimum recovery end, or the end of its
 * base backup; for a running instance, what it has replayed. Without any of these: no entry.
 *
 * @param source where it was read: {@code SQL}, {@code pg_controldata}, {@code base backup}
 */
public record ContentFloor(ContentId content, InstanceId instance, Lsn floor, String source) {}
