package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.SynchronousCommits;
import java.util.Optional;

/** Whether commits that wait for synchronous standbys return. */
public final class CommitsRow {
  private CommitsRow() {}

  /** Empty for a server whose commits wait for no standby. */
  public static Optional<CheckRow> of(ServerObserved server) {
    return server.synchronous().commits().stream().findFirst().map(commits -> of(server, commits));
  }

  private static CheckRow of(ServerObserved server, SynchronousCommits commits) {
    Optional<String> trouble = commits.trouble();
    return CheckRow.wanted(
        trouble.isEmpty(),
        "synchronous-commits",
        server.instance(),
        trouble.orElseGet(() -> String.join(", ", commits.connected())),
        "return, " + commits.needed() + " synchronous standbys connected",
        SynchronousCommits.REMEDY);
  }
}
