package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.SynchronousCommits;
import java.util.List;
import java.util.Optional;

/** Primaries whose commits do not return, because a synchronous standby does not answer. */
final class CommitsJudge {
  private CommitsJudge() {}

  static List<Finding> findings(StatusFacts facts) {
    return facts.instances().stream()
        .flatMap(one -> one.server().seen().stream())
        .map(ServerObserved::hangingCommits)
        .flatMap(Optional::stream)
        .map(fact -> Finding.warning(fact, SynchronousCommits.REMEDY))
        .toList();
  }
}
