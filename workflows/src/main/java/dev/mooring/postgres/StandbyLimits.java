package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

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

  /** Lower than any server's, where none is asked for. */
  public static final StandbyLimits NONE = new StandbyLimits(0, 0, 0, 0, 0);

  /**
   * Those of a server.
   *
   * @param number its setting of that name, as PostgreSQL calls it
   */
  public static StandbyLimits of(ToIntFunction<String> number) {
    return new StandbyLimits(
        number.applyAsInt("max_connections"),
        number.applyAsInt("max_worker_processes"),
        number.applyAsInt("max_wal_senders"),
        number.applyAsInt("max_prepared_transactions"),
        number.applyAsInt("max_locks_per_transaction"));
  }

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
