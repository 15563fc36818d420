package dev.mooring.activities.instance;

import dev.mooring.topology.InstanceId;

/**
 * The replay position of an instance, as the heartbeat of the wait shows it.
 *
 * @param instance its id
 * @param replayedTo the LSN before which it has replayed everything, or empty
 * @param replaying the WAL file that its startup process reads, or empty
 * @param waitingFor the file that its restore gate last could not get, or empty
 * @param down how it ended, once it is down or paused; empty while it replays
 */
public record ReplayPosition(
    InstanceId instance, String replayedTo, String replaying, String waitingFor, String down) {}
