package dev.mooring.activities.instance;

import dev.mooring.topology.InstanceId;

/**
 * The replay position of an instance, as the heartbeat of the wait shows it.
 *
 * @param instance which one
 * @param replayedTo the LSN before which it has replayed everything, or empty
 * @param replaying the WAL file its startup process is at, or empty
 * @param waitingFor what its restore gate last could not give it, or empty
 * @param down how it ended, once it is down or paused; empty while it is on its way
 */
public record ReplayPosition(
    InstanceId instance, String replayedTo, String replaying, String waitingFor, String down) {}
