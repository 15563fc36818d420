package dev.mooring.runbook.replication;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckedResult;
import dev.mooring.runbook.replication.ObservedStandbys.StandbyRow;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Locale;

/**
 * What a completed ReplicationSetup answers.
 *
 * @param outcome Completed; {@code verified} for one that only looked, {@code planned} for one that
 *     only said what it would do
 * @param headline one sentence
 * @param checks whether each standby answers, streams and keeps up: its rows have it as subject
 * @param changed what was changed, one sentence each; nothing where all was so already
 * @param degraded what is less than wanted, one sentence each
 * @param steps each step, with its state at the end of the run
 * @param observed how the standbys stream
 */
public record ReplicationResult(
    String outcome,
    String headline,
    List<CheckRow> checks,
    List<String> changed,
    List<String> degraded,
    List<StepProgress> steps,
    ObservedStandbys observed)
    implements CheckedResult {
  public ReplicationResult {
    checks = List.copyOf(checks);
    changed = List.copyOf(changed);
    degraded = List.copyOf(degraded);
    steps = List.copyOf(steps);
  }

  /** Per standby how it streams. */
  @Override
  public List<Receipt.ProofRecord> proof() {
    return observed.standbys().stream().map(this::proof).toList();
  }

  private Receipt.ProofRecord proof(StandbyRow standby) {
    return new Receipt.ProofRecord(
        standby.instance().value(),
        List.of(
            new Receipt.Fact("health", health(worst(standby)).toLowerCase(Locale.ROOT)),
            new Receipt.Fact("state", standby.connection().state()),
            new Receipt.Fact("sync", standby.connection().sync()),
            new Receipt.Fact("slot", standby.connection().slot()),
            new Receipt.Fact("replayed", standby.position().replayed())));
  }

  /** The worst verdict about any standby. */
  public Judged worst() {
    return worst(checks);
  }

  /** The worst verdict about a standby. */
  public Judged worst(StandbyRow standby) {
    return worst(checks, standby.instance());
  }

  static Judged worst(List<CheckRow> checks, InstanceId standby) {
    return worst(checks.stream().filter(row -> row.subject().equals(standby.value())).toList());
  }

  private static Judged worst(List<CheckRow> rows) {
    return rows.stream().map(CheckRow::verdict).reduce(Judged.GOOD, Judged::or);
  }

  /** The word for a standby whose worst row is judged so. */
  public static String health(Judged worst) {
    return switch (worst) {
      case GOOD -> "healthy";
      case WARNING, OVERRIDDEN -> "high";
      case WRONG -> "DOWN";
    };
  }
}
