package dev.mooring.starter.status;

/**
 * One instance in the table of status; a cell that is not known is empty.
 *
 * @param state primary, standby, parked, replaying, or the control file's words
 * @param lsn where it stands: its WAL's end, what it replayed, or its minimum recovery end
 * @param floor the lowest point it can be parked at
 * @param archive the file it last archived, or the oldest it still needs
 */
public record InstanceRow(
    String content,
    String instance,
    String site,
    String host,
    String state,
    String timeline,
    String lsn,
    String floor,
    String archive) {}
