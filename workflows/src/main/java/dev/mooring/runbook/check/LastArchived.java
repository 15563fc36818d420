package dev.mooring.runbook.check;

import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.ObserveRecent;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.checks.ArchiveChainRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;

/**
 * Whether the WAL that the primary of a cluster that streams archived last has arrived. Nothing is
 * written for it: the files are those that the primary itself reports as archived. A cluster that
 * publishes has more, for each publish ends a WAL file and reads it in the archive.
 *
 * @param primary the member that accepts writes
 * @param archived whether it reports a file of its timeline as archived; just after a promotion it
 *     has none, and the history of its timeline may be on its way
 */
record LastArchived(InstanceId primary, boolean archived, Observed<RecentArchived> seen) {

  /** Reads it; empty unless one member accepts writes. */
  static Optional<LastArchived> look(
      Observations looks, Cluster cluster, Call call, List<AtSite> sites) {
    List<ServerObserved> writable =
        sites.stream()
            .flatMap(site -> site.hosts().stream())
            .flatMap(host -> host.sql().servers().seen().stream())
            .flatMap(servers -> servers.observed().stream())
            .filter(server -> !server.position().inRecovery())
            .toList();
    return writable.size() != 1
        ? Optional.empty()
        : cluster.members().stream()
            .filter(member -> member.id().equals(writable.get(0).instance()))
            .findFirst()
            .map(member -> of(looks, cluster, call, member, writable.get(0)));
  }

  private static LastArchived of(
      Observations looks, Cluster cluster, Call call, Instance member, ServerObserved server) {
    HostWork work = WorkLists.on(cluster, member);
    Position position = server.position();
    List<WalFileName> last = last(server);
    Observed<RecentArchived> seen =
        looks
            .begin(
                Observations.At.on(work, "the archive, read on", FailureCode.HOST_UNREACHABLE),
                ArchiveActivities.class,
                port -> port::observeRecent,
                new ObserveRecent(
                    call,
                    work,
                    cluster.site(member.site()).orElseThrow().archive(),
                    server.identity().systemIdentifier(),
                    position.timeline(),
                    position.walSegmentSize(),
                    last))
            .get();
    return new LastArchived(member.id(), !last.isEmpty(), seen);
  }

  /** Only a file of its own timeline shows where its chain of WAL files ends. */
  static List<WalFileName> last(ServerObserved server) {
    return WalFileName.ofArchived(server.archiver().lastArchived())
        .filter(file -> file.timeline().equals(server.position().timeline()))
        .stream()
        .toList();
  }

  void judge(CheckRows rows) {
    rows.add(
        seen.match(
            this::row,
            unseen -> CheckRow.unseen(ArchiveChainRow.ID, primary, unseen, ArchiveChainRow.LIMIT)));
  }

  private CheckRow row(RecentArchived there) {
    CheckRow row =
        CheckRow.must(
            there.missing().isEmpty(),
            ArchiveChainRow.ID,
            primary,
            ArchiveChainRow.inWords(there),
            ArchiveChainRow.LIMIT,
            ArchiveChainRow.REMEDY);
    return archived ? row : row.unblocking();
  }
}
