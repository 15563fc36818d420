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
 * One instance in the table of status; an unknown cell is empty.
 *
 * @param state primary, standby, parked, replaying, or the state in the control file
 * @param lsn its position: the end of its WAL, the replayed position, or its minimum recovery end
 * @param floor the lowest point it can be parked at
 * @param archive the file it last archived, or the oldest it still needs
 * @param system its system identifier; also empty if an older worker observed it
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

  /** The same with that position. */
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

  /** The same with that system identifier. */
  InstanceRow of(SystemIdentifier identifier) {
    return new InstanceRow(
        content, instance, site, host, state, timeline, lsn, floor, archive, identifier.toString());
  }
}
