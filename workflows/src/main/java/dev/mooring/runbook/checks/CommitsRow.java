package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.Commands;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import dev.mooring.topology.SynchronousSeats;
import java.util.List;
import java.util.Optional;

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
                .map(primary -> remedy(cluster, primary, commits.names(), streaming(commits)))
                .orElse(SynchronousCommits.REMEDY));
    return commits.hang() ? row : row.unblocking();
  }

  /** While commits hang, one that may confirm them and does not stream is potential. */
  private static List<String> streaming(SynchronousCommits commits) {
    return commits.connected().stream()
        .filter(one -> !one.endsWith(" (potential)"))
        .map(one -> one.replaceFirst(" \\([a-z]*\\)$", ""))
        .toList();
  }

  /**
   * How commits return.
   *
   * @param names the primary's synchronous_standby_names
   * @param streaming application names that stream from it: while one of the cluster file does, a
   *     run that relaxes is refused
   */
  public static String remedy(
      Cluster cluster, Instance primary, String names, List<String> streaming) {
    boolean relaxes =
        cluster.patroni().isEmpty()
            && cluster.streaming().orElseThrow().replication().synchronous().method()
                != Synchronous.Method.NONE
            && SynchronousSeats.of(cluster, primary, names).stream()
                .map(cluster::applicationName)
                .noneMatch(name -> streaming.stream().anyMatch(name::equalsIgnoreCase));
    return relaxes
        ? "start a standby that they wait for; or let them return without one, and what is"
            + " committed then is on the primary alone: "
            + Commands.relax(cluster.name())
        : SynchronousCommits.REMEDY;
  }
}
