package dev.mooring.runbook.status;

import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/**
 * One member of a cluster that streams, in the table of status; a cell that is not known is empty.
 *
 * @param role primary or standby; empty where no server says it
 * @param state running, streaming, how else its sender or its host describes it, or unknown
 * @param place where it stands in the WAL
 * @param stream how its sender sees it
 */
public record MemberRow(
    InstanceId instance,
    SiteName site,
    HostName host,
    String role,
    String state,
    WalPlace place,
    Stream stream) {

  /**
   * How a standby streams.
   *
   * @param lagBytes of its sender's WAL not confirmed as flushed here, as the sender says
   * @param heardSeconds since its sender last heard of it
   * @param sync sync_state, as its sender says
   * @param slot the slot it holds at its sender
   * @param upstream what it streams from
   */
  public record Stream(
      String lagBytes, String heardSeconds, String sync, String slot, String upstream) {}
}
