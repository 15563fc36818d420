package dev.mooring.port;

import dev.mooring.authority.Epoch;
import dev.mooring.topology.ClusterName;

/**
 * Who calls a port: carried by every call, for log fields, host markers and fencing tokens. The
 * token on a host is (epoch, step ordinal, attempt); the attempt is the activity's own.
 *
 * @param cluster the cluster the run is about
 * @param run the original run id, which survives a reset
 * @param step the step's name
 * @param ordinal the step's place in its runbook, from 0
 * @param epoch the run's epoch, or {@link Epoch#NONE} for what changes nothing on a host
 */
public record Call(ClusterName cluster, String run, String step, int ordinal, Epoch epoch) {}
