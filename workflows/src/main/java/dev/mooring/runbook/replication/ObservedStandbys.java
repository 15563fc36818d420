package dev.mooring.runbook.replication;

import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.SenderPositions;
import dev.mooring.topology.InstanceId;
import java.util.List;

/**
 * How the standbys of a cluster stream.
 *
 * @param primary the instance that accepts writes
 * @param slots the primary's slots, also those that are not in use
 * @param senders every connection that streams from a member, as that member reports it
 */
public record ObservedStandbys(
    InstanceId primary, List<StandbyRow> standbys, List<SlotRow> slots, List<SenderRow> senders) {
  public ObservedStandbys {
    standbys = List.copyOf(standbys);
    slots = List.copyOf(slots);
    senders = List.copyOf(senders);
  }

  /** Of a run that did not look how they stream. */
  static ObservedStandbys unasked(InstanceId primary) {
    return new ObservedStandbys(primary, List.of(), List.of(), List.of());
  }

  /**
   * A standby.
   *
   * @param upstream what it streams from, or {@code archive}
   * @param caughtUpMillis how long it took to replay where the primary stood when it was asked, at
   *     most; -1 when that was not reached within the limit
   */
  public record StandbyRow(
      InstanceId instance,
      String upstream,
      Connection connection,
      long caughtUpMillis,
      Position position) {}

  /**
   * The connection of a standby as its sender sees it.
   *
   * @param address it comes from
   * @param lagBytes of its sender's WAL not confirmed as flushed there; -1 without a sender
   * @param slot the slot it holds, or empty
   */
  public record Connection(String address, String state, String sync, long lagBytes, String slot) {
    static final Connection NONE = new Connection("", "", "", -1, "");

    static Connection of(Sender sender) {
      return new Connection(
          sender.address(), sender.state(), sender.sync(), sender.lagBytes(), sender.slot());
    }
  }

  /**
   * Where a standby is by its own answer; empty if it does not answer.
   *
   * @param lastTransaction when the last transaction that it replayed was ended, in UTC by the
   *     clock of the primary at that time; empty if there was none since its start
   */
  public record Position(String received, String replayed, String lastTransaction) {
    static final Position UNKNOWN = new Position("", "", "");

    static Position of(Standing standing) {
      return new Position(
          standing.received().toString(),
          standing.replayed().toString(),
          standing.replay().lastTransaction());
    }
  }

  /**
   * A row of pg_stat_replication.
   *
   * @param sender the member that sends
   * @param of the member whose name it bears, or empty
   * @param application the name it gave
   */
  public record SenderRow(
      InstanceId sender,
      String of,
      String application,
      String address,
      String state,
      String sync,
      SenderPositions positions) {}

  /**
   * A slot of the primary.
   *
   * @param of the member whose name it bears, or empty
   * @param keptBytes WAL that it keeps
   */
  public record SlotRow(
      String name, String of, boolean active, long keptBytes, String walStatus, String plugin) {}
}
