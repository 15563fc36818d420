package dev.mooring.runbook.failover;

import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.PlanTable;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverPolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The table of standbys in a plan, the best candidate first. The last rows are the standbys that
 * answer no SQL: they are not candidates, and their rows show what was read from their disks.
 */
final class CandidateTable {
  private static final String UNKNOWN = "unknown";

  private static final List<String> HEADINGS =
      List.of(
          "candidate",
          "site",
          "lost with it",
          "bytes behind",
          "on the old disk",
          "accepts writes in",
          "last commit",
          "received",
          "replayed",
          "timeline",
          "read from",
          "commits waited",
          "failover policy");

  private final Cluster cluster;
  private final ObservedFailover observed;
  private final Optional<FailoverPolicy> policy;

  private CandidateTable(Cluster cluster, ObservedFailover observed) {
    this.cluster = cluster;
    this.observed = observed;
    this.policy = cluster.streaming().map(StreamingPolicy::failover);
  }

  /** The name of the candidate at that place of the ranking, from 1, in the measured facts. */
  static String named(int place) {
    return "candidate " + place;
  }

  static PlanTable of(Cluster cluster, ObservedFailover observed) {
    CandidateTable table = new CandidateTable(cluster, observed);
    return new PlanTable(
        "candidates",
        HEADINGS,
        Stream.concat(
                observed.standbys().ranked().stream().map(table::row),
                table.silent().map(table::silent))
            .toList(),
        IntStream.rangeClosed(1, observed.standbys().ranked().size())
            .mapToObj(CandidateTable::named)
            .toList());
  }

  private PlanTable.Row row(Candidate one) {
    boolean may = one.mayBePromoted();
    Optional<Instance> member = cluster.member(one.instance());
    Optional<MemberObserved> seen = member.flatMap(observed.all()::member);
    Optional<Standing> standing = seen.map(MemberObserved::standing);
    List<String> cells = new ArrayList<>();
    cells.add(one.instance().value());
    cells.add(member.map(Instance::site).map(Object::toString).orElse(""));
    cells.add(may ? one.loss().words() : "");
    cells.add(may ? number(one.lag().bytes()) : "");
    cells.add(
        one.lag().onTheOldDisk() > 0 ? "at least " + one.lag().onTheOldDisk() + " bytes more" : "");
    cells.add(may ? seen.map(this::writable).orElse(UNKNOWN) : refused(one, standing));
    cells.add(standing.map(CandidateTable::lastCommit).orElse(""));
    cells.add(standing.map(at -> at.received() + (at.more() ? " or more" : "")).orElse(""));
    cells.add(standing.map(at -> at.replayed().toString()).orElse(""));
    cells.add(standing.map(at -> at.timeline().toString()).orElse(""));
    cells.add("SQL");
    cells.add(may ? one.waits().inShort() : "");
    cells.add(wish(one.instance()));
    return new PlanTable.Row(cells);
  }

  private Stream<Instance> silent() {
    return cluster.members().stream()
        .filter(member -> !member.equals(observed.old()) && observed.candidate(member).isEmpty());
  }

  private PlanTable.Row silent(Instance member) {
    Optional<ControlData> control = observed.all().role(member).map(InstanceRole::control);
    Optional<WalPosition> end = WalHeld.endOf(member.id(), observed.standbys().held());
    return new PlanTable.Row(
        List.of(
            member.id().value(),
            member.site().value(),
            "",
            "",
            "",
            "never: it answers no SQL" + (control.isPresent() ? "" : ", and its host is not read"),
            "",
            end.map(at -> at.lsn().toString()).orElse(""),
            control.map(CandidateTable::replayedAtLeast).orElse(""),
            end.map(WalPosition::timeline)
                .or(() -> control.map(ControlData::timelineReached))
                .map(TimelineId::toString)
                .orElse(""),
            end.map(at -> "pg_wal; replayed: control file")
                .or(() -> control.map(read -> "control file"))
                .orElse(""),
            "",
            wish(member.id())));
  }

  /** The control file of a standby that was not shut down is as old as its last restartpoint. */
  private static String replayedAtLeast(ControlData control) {
    return control.recovery().minimumEnd().match(() -> "", (end, timeline) -> end + " or more");
  }

  private static String refused(Candidate one, Optional<Standing> standing) {
    boolean writes = standing.filter(at -> !at.inRecovery()).isPresent();
    return writes ? "IT ACCEPTS WRITES NOW" : "never: " + one.against();
  }

  private static String number(long bytes) {
    return bytes < 0 ? UNKNOWN : Long.toString(bytes);
  }

  private static String lastCommit(Standing standing) {
    return standing
        .sinceLastCommit()
        .map(
            ago ->
                String.format(
                    "%s ago, at %s", DurationText.of(ago), standing.replay().lastTransaction()))
        .orElse(UNKNOWN);
  }

  private String writable(MemberObserved seen) {
    return ReplayPace.left(observed.standbys().paces(), seen).map(DurationText::of).orElse(UNKNOWN);
  }

  /** What the cluster file says about the standby: excluded, preferred, not synchronous. */
  private String wish(InstanceId standby) {
    List<String> wishes = new ArrayList<>();
    if (policy.map(FailoverPolicy::exclude).orElse(List.of()).contains(standby)) {
      wishes.add("exclude");
    }
    int place = policy.map(FailoverPolicy::prefer).orElse(List.of()).indexOf(standby);
    if (place >= 0) {
      wishes.add("prefer " + (place + 1));
    }
    if (waitFor().map(named -> !named.contains(standby)).orElse(false)) {
      wishes.add("not synchronous");
    }
    return String.join(", ", wishes);
  }

  /** The standbys that commits wait for by the cluster file; empty if they wait for none. */
  private Optional<List<InstanceId>> waitFor() {
    return cluster
        .streaming()
        .map(streaming -> streaming.replication().synchronous())
        .filter(synchronous -> synchronous.method() != Synchronous.Method.NONE)
        .map(Synchronous::instances);
  }
}
