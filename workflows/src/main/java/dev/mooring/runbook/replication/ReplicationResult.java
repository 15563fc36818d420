package dev.mooring.runbook.replication;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.SenderPositions;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Locale;

/**
 * What a completed ReplicationSetup answers.
 *
 * @param outcome Completed; {@code verified} for one that only looked, {@code planned} for one that
 *     only said what it would do
 * @param headline one sentence
 * @param worst the worst standby's health
 * @param primary the instance that accepts writes
 * @param standbys how each standby streams
 * @param slots the primary's slots, also those that are not in use
 * @param changed what was changed, one sentence each; nothing where all was so already
 * @param degraded what is less than wanted, one sentence each
 * @param steps how each step of the run stands at its end
 * @param senders everybody who streams from a member, as that tells
 */
public record ReplicationResult(
    String outcome,
    String headline,
    Health worst,
    InstanceId primary,
    List<StandbyRow> standbys,
    List<SlotRow> slots,
    List<String> changed,
    List<String> degraded,
    List<StepProgress> steps,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<SenderRow> senders)
    implements RunResult {
  public ReplicationResult {
    standbys = List.copyOf(standbys);
    slots = List.copyOf(slots);
    changed = List.copyOf(changed);
    degraded = List.copyOf(degraded);
    steps = List.copyOf(steps);
    senders = List.copyOf(senders);
  }

  /** Per standby how it streams. */
  @Override
  public List<Receipt.ProofRecord> proof() {
    return standbys.stream().map(StandbyRow::proof).toList();
  }

  /** How a standby keeps up. */
  public enum Health {
    /** It streams and is less than five seconds behind. */
    HEALTHY,
    /** It streams and is further behind, or its slot does not keep its WAL. */
    HIGH,
    /** It does not stream. */
    DOWN
  }

  /**
   * A standby.
   *
   * @param health its verdict
   * @param upstream what it streams from, or {@code archive}
   * @param address its connection comes from, as its sender sees it; empty without one
   * @param state and sync as its sender tells; empty without one
   * @param lagBytes of its sender's WAL not confirmed as flushed there; -1 without a sender
   * @param lagMillis how long it took to replay where the primary stood when it was asked, at most;
   *     -1 when that was not reached within the limit
   * @param slot the slot it holds, or empty
   * @param received and replayed as the standby itself tells; empty where it does not answer
   * @param why what is wrong and what fixes it, one sentence; empty where nothing is
   * @param lastReplayed when the last transaction that it replayed was ended, in UTC by the clock
   *     of the primary at that time; empty if there was none since its start
   */
  public record StandbyRow(
      InstanceId instance,
      Health health,
      String upstream,
      String address,
      String state,
      String sync,
      long lagBytes,
      long lagMillis,
      String slot,
      String received,
      String replayed,
      String why,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String lastReplayed) {

    Receipt.ProofRecord proof() {
      return new Receipt.ProofRecord(
          instance.value(),
          List.of(
              new Receipt.Fact("health", health.name().toLowerCase(Locale.ROOT)),
              new Receipt.Fact("state", state),
              new Receipt.Fact("sync", sync),
              new Receipt.Fact("slot", slot),
              new Receipt.Fact("replayed", replayed)));
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
