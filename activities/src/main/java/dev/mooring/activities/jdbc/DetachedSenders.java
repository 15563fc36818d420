package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Detach;
import dev.mooring.port.ReplicationActivities.Detached;
import dev.mooring.quoting.SqlText;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Ends walsenders by the names of their standbys, until none is left. */
final class DetachedSenders {
  private static final long BETWEEN_LOOKS_MILLIS = 50;

  private final Session session;
  private final Detach request;

  DetachedSenders(Session session, Detach request) {
    this.session = session;
    this.request = request;
  }

  Detached ended() throws DatabaseFault {
    Deadline deadline = Deadline.in(request.within());
    SortedSet<String> ended = new TreeSet<>();
    for (List<String> there = end(); !there.isEmpty(); there = end()) {
      ended.addAll(there);
      if (deadline.passed()) {
        throw new DatabaseFault(
            FailureCode.OUTCOME_UNKNOWN,
            "walsenders of " + there + " were ended and are there again, or still");
      }
      pause();
    }
    return new Detached(request.server().instance().id(), List.copyOf(ended));
  }

  /** Ends the present walsenders, and returns the names of their standbys. */
  private List<String> end() throws DatabaseFault {
    String names =
        request.applications().stream().map(SqlText::literal).collect(Collectors.joining(", "));
    return session.run(
        "SELECT application_name, pg_terminate_backend(pid) AS ended FROM pg_stat_replication"
            + " WHERE application_name IN ("
            + names
            + ")",
        While.CHANGING,
        statement -> {
          SortedSet<String> there = new TreeSet<>();
          try (var rows = statement.getResultSet()) {
            while (rows.next()) {
              there.add(text(rows, "application_name"));
            }
          }
          return List.copyOf(there);
        });
  }

  private static void pause() throws DatabaseFault {
    try {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new DatabaseFault(
          FailureCode.OUTCOME_UNKNOWN, "interrupted before every walsender was gone");
    }
  }
}
