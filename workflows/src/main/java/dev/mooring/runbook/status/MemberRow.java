package dev.mooring.runbook.status;

import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/**
 * One member of a cluster that streams, in the table of status; a cell that is not known is empty.
 *
 * @param role primary, standby, standby, paused, or why it is neither
 * @param timeline the live one
 * @param lsn of the primary where its WAL ends, of a standby what it received
 * @param lagBytes of its sender's WAL not confirmed as flushed here, as the sender says
 * @param heardSeconds since its sender last heard of it
 * @param sync sync_state, as its sender says
 * @param slot the slot it holds at its sender
 * @param upstream what it streams from
 */
public record MemberRow(
    InstanceId instance,
    SiteName site,
    String role,
    String timeline,
    String lsn,
    String lagBytes,
    String heardSeconds,
    String sync,
    String slot,
    String upstream) {}
