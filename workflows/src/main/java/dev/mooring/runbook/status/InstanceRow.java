package dev.mooring.runbook.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.SystemIdentifier;
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
 * @param system its system identifier; empty also where an older worker looked
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
    String archive,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String system) {

  /** The same at that place. */
  InstanceRow at(WalPlace place) {
    return new InstanceRow(
        content,
        instance,
        site,
        host,
        state,
        place.timeline(),
        place.replayed().isEmpty() ? place.walEnd() : place.replayed(),
        floor,
        archive,
        system);
  }

  /** The same of that system. */
  InstanceRow of(SystemIdentifier identifier) {
    return new InstanceRow(
        content, instance, site, host, state, timeline, lsn, floor, archive, identifier.toString());
  }
}
