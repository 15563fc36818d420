package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * The five settings a standby that serves reads may not have lower than the primary whose WAL it
 * replays: it stops replaying at the record that raises one of them.
 */
public record StandbyLimits(
    int maxConnections,
    int maxWorkerProcesses,
    int maxWalSenders,
    int maxPreparedTransactions,
    int maxLocksPerTransaction) {

  /** The settings in which these limits are lower than the required ones, as sentences. */
  public List<String> shortOf(StandbyLimits required) {
    List<String> lower = new ArrayList<>();
    compare(lower, "max_connections", maxConnections, required.maxConnections);
    compare(lower, "max_worker_processes", maxWorkerProcesses, required.maxWorkerProcesses);
    compare(lower, "max_wal_senders", maxWalSenders, required.maxWalSenders);
    compare(
        lower,
        "max_prepared_transactions",
        maxPreparedTransactions,
        required.maxPreparedTransactions);
    compare(
        lower,
        "max_locks_per_transaction",
        maxLocksPerTransaction,
        required.maxLocksPerTransaction);
    return List.copyOf(lower);
  }

  /** Of both the higher ones. */
  public StandbyLimits or(StandbyLimits other) {
    return new StandbyLimits(
        Math.max(maxConnections, other.maxConnections),
        Math.max(maxWorkerProcesses, other.maxWorkerProcesses),
        Math.max(maxWalSenders, other.maxWalSenders),
        Math.max(maxPreparedTransactions, other.maxPreparedTransactions),
        Math.max(maxLocksPerTransaction, other.maxLocksPerTransaction));
  }

  private static void compare(List<String> lower, String setting, int here, int required) {
    if (here < required) {
      lower.add(setting + " is " + here + ", must be at least " + required);
    }
  }
}
