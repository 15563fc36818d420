package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.FailureCode;
import java.util.List;
import java.util.Optional;

/**
 * Checks that no transaction is prepared on any primary. A transaction that is prepared here may be
 * committed there already: a point made now would split it.
 */
final class PreparedTransactions {
  private static final long BETWEEN_LOOKS_MILLIS = 20;
  private static final String SQL =
      """
      SELECT count(*) AS prepared,
             (SELECT '''' || gid || ''' of ' || owner || ' in database ' || database || ', '
                     || round(extract(epoch FROM clock_timestamp() - prepared)) || ' s old'
                FROM pg_prepared_xacts ORDER BY prepared LIMIT 1) AS oldest
        FROM pg_prepared_xacts
      """;

  private PreparedTransactions() {}

  /** Waits until there are none anywhere. */
  static void awaitNone(List<ReadyPrimary> primaries, Deadline deadline) throws DatabaseFault {
    Optional<String> left = someLeft(primaries);
    while (left.isPresent()) {
      if (deadline.passed()) {
        throw new DatabaseFault(FailureCode.BARRIER_NOT_REACHED, left.get());
      }
      pause();
      left = someLeft(primaries);
    }
  }

  private static Optional<String> someLeft(List<ReadyPrimary> primaries) throws DatabaseFault {
    List<FanOut.Answer<ReadyPrimary, Optional<String>>> answers =
        FanOut.over(primaries, PreparedTransactions::left);
    for (FanOut.Failed<ReadyPrimary, Optional<String>> failed : FanOut.failures(answers)) {
      throw new DatabaseFault(
          failed.fault().code(),
          failed.item().id() + ": " + failed.fault().sentence(),
          failed.fault());
    }
    return FanOut.values(answers).stream().flatMap(Optional::stream).findFirst();
  }

  private static Optional<String> left(ReadyPrimary primary) throws DatabaseFault {
    return primary
        .session()
        .row(
            SQL,
            While.READING,
            row -> {
              long count = row.getLong("prepared");
              return count == 0
                  ? Optional.empty()
                  : Optional.of(
                      count
                          + " prepared on "
                          + primary.id()
                          + ", the oldest is "
                          + row.getString("oldest"));
            });
  }

  private static void pause() throws DatabaseFault {
    try {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new DatabaseFault(
          FailureCode.BARRIER_NOT_REACHED, "interrupted while transactions were still prepared");
    }
  }
}
