package dev.mooring.runbook.status;

import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/**
 * One instance in the table of status; a cell that is not known is empty.
 *
 * @param state primary, standby, parked, replaying, or the control file's words
 * @param lsn where it stands: its WAL's end, what it replayed, or its minimum recovery end
 * @param floor the lowest point it can be parked at
 * @param archive the file it last archived, or the oldest it still needs
 */
public record InstanceRow(
    ContentId content,
    InstanceId instance,
    SiteName site,
    HostName host,
    String state,
    String timeline,
    String lsn,
    String floor,
    String archive) {}
