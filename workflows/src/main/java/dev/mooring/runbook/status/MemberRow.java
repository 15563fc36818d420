package dev.mooring.runbook.status;

import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/**
 * One member of a streaming cluster in the table of status; an unknown cell is empty.
 *
 * @param role primary or standby; empty if no server reports it
 * @param state running, streaming, another state from its sender or its host, or unknown
 * @param place its position in the WAL
 * @param stream its replication connection
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
   * The replication connection of a standby.
   *
   * @param lag how far it is behind
   * @param heardSeconds since the sender last heard from it
   * @param sync sync_state at the sender
   * @param slot its slot at the sender
   * @param upstream the server that it streams from
   */
  public record Stream(Lag lag, String heardSeconds, String sync, String slot, String upstream) {}

  /**
   * How far a standby is behind, and how far it may be.
   *
   * @param bytes the sender's WAL that is not confirmed as flushed here, by the sender
   * @param seconds how old its last replayed commit is while it has more to replay, with
   *     milliseconds; 0 if it has not
   * @param limits how far it may be
   */
  public record Lag(String bytes, String seconds, LagLimits limits) {}

  /**
   * The limits of the cluster file.
   *
   * @param bytes replication.maxLagBytes
   * @param seconds watch.maxLag, with milliseconds
   */
  public record LagLimits(long bytes, String seconds) {

    /** Both with their settings, for the line below a table. */
    public String inWords() {
      return String.format(
          "limits: %d lag bytes (replication.maxLagBytes), %s replay s (watch.maxLag)",
          bytes, seconds);
    }
  }
}
