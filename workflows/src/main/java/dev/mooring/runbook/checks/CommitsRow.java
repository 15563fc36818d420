package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether commits that wait for synchronous standbys return. */
public final class CommitsRow {
  private CommitsRow() {}

  /** Empty for a server whose commits wait for no standby; wrong if no commit returns. */
  public static Optional<CheckRow> of(Cluster cluster, ServerObserved server) {
    return server.synchronous().commits().stream()
        .findFirst()
        .map(commits -> of(cluster, server, commits));
  }

  private static CheckRow of(Cluster cluster, ServerObserved server, SynchronousCommits commits) {
    Optional<String> trouble = commits.trouble();
    CheckRow row =
        CheckRow.must(
            trouble.isEmpty(),
            "synchronous-commits",
            server.instance(),
            trouble.orElseGet(() -> String.join(", ", commits.connected())),
            "return, "
                + SynchronousCommits.needed(commits.names())
                + " synchronous standbys connected",
            cluster
                .member(server.instance())
                .map(
                    primary ->
                        remedy(
                            cluster,
                            primary,
                            name ->
                                commits.connected().stream()
                                    .anyMatch(one -> one.startsWith(name + " "))))
                .orElse(SynchronousCommits.REMEDY));
    return commits.hang() ? row : row.unblocking();
  }

  /**
   * How commits return.
   *
   * @param streams whether a standby of that application name streams: while one of the cluster
   *     file does, a run that relaxes is refused
   */
  public static String remedy(Cluster cluster, Instance primary, Predicate<String> streams) {
    boolean relaxes =
        cluster.patroni().isEmpty()
            && cluster.streaming().orElseThrow().replication().synchronous().method()
                != Synchronous.Method.NONE
            && SynchronousSeats.possible(cluster, primary).stream()
                .map(Instance::replicationName)
                .noneMatch(streams);
    return relaxes
        ? "start a standby that they wait for; or let them return without one, and what is"
            + " committed then is on the primary alone: "
            + Commands.relax(cluster.name())
        : SynchronousCommits.REMEDY;
  }
}
