package dev.mooring.runbook.failover;

import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.checks.ArchivingRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.SettingRows;
import dev.mooring.runbook.checks.SurroundingsChecks;
import dev.mooring.runbook.checks.VersionRow;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Checks of the candidate itself: what its server needs on its host, its extensions, its version
 * and its archive. Only something missing on its host blocks the promotion, and a configuration of
 * it that the run would fail to change after the fence; an unread fact does not.
 */
final class CandidateChecks {
  private final FailoverRequest request;
  private final ObservedFailover observed;
  private final Move move;
  private final Instance to;

  private CandidateChecks(FailoverRequest request, ObservedFailover observed, Move move) {
    this.request = request;
    this.observed = observed;
    this.move = move;
    this.to = move.to();
  }

  static List<CheckRow> of(FailoverRequest request, ObservedFailover observed, Move move) {
    CandidateChecks checks = new CandidateChecks(request, observed, move);
    return Stream.of(
            checks.needs(),
            checks.directory(),
            checks.slots(),
            checks.configuration(),
            checks.extensions(),
            checks.version(),
            checks.archives(),
            checks.archive())
        .flatMap(Optional::stream)
        .toList();
  }

  private MemberSurroundings around() {
    return observed.all().around();
  }

  /** What is missing on its host breaks queries, or the server, after clients connect. */
  private Optional<CheckRow> needs() {
    String id = FailoverRule.HOST_NEEDS.text();
    String limit = "the libraries, locales and tablespace directories that its server needs";
    Optional<Surroundings> seen = around().surroundings(to);
    if (around().equals(MemberSurroundings.NOTHING)) {
      return Optional.empty();
    }
    if (seen.isEmpty() || around().ready(to).isEmpty()) {
      String silent = seen.isEmpty() ? "its host" : "its server, over a new connection";
      return Optional.of(
          CheckRow.wanted(
              false,
              id,
              to.id(),
              "no answer in the time of this observation from " + silent,
              limit,
              "plan again, or check by hand: this does not block a failover"));
    }
    List<String> missing = seen.get().missing();
    return Optional.of(
        CheckRow.by(
            FailoverRule.HOST_NEEDS.text(),
            request.overrides(FailoverRule.HOST_NEEDS),
            missing.isEmpty(),
            id,
            to.id(),
            missing.isEmpty() ? "all there" : String.join("; ", missing),
            limit,
            "install what is missing, make the directories and give them to the server's account,"
                + " or choose another with --to"));
  }

  /** An act that can't record itself is refused, the promotion too. */
  private Optional<CheckRow> directory() {
    return around().surroundings(to).map(there -> SurroundingsChecks.directory(to, move, there));
  }

  /** Without a slot a standby does not follow, and the target is promoted all the same. */
  private Optional<CheckRow> slots() {
    return observed
        .all()
        .member(to)
        .map(seen -> SettingRows.slots(seen, move.slots()).unblocking());
  }

  /** Which standbys its commits wait for is set after the fence: `postgres -C` must read that. */
  private Optional<CheckRow> configuration() {
    return around()
        .surroundings(to)
        .map(
            there -> {
              CheckRow row = SurroundingsChecks.configurationFiles(to, around(), there);
              return setsNames() && !there.configuration().unreadable().isEmpty()
                  ? row
                  : row.unblocking();
            });
  }

  /** Standbys that can follow may be left behind after the fence, all of them too. */
  private boolean setsNames() {
    String now =
        observed
            .all()
            .member(to)
            .flatMap(seen -> seen.setting("synchronous_standby_names"))
            .orElse("");
    return !DrivenFromOutside.is(move.cluster())
        && Stream.of(
                List.<Instance>of(), move.standbys().stream().filter(observed::canFollow).toList())
            .flatMap(there -> move.synchronousNamesAmong(there).stream())
            .anyMatch(names -> !names.equals(now));
  }

  private Optional<CheckRow> extensions() {
    return around()
        .ready(to)
        .map(MemberReadiness::lackingExtensions)
        .map(
            lacking ->
                CheckRow.wanted(
                    lacking.isEmpty(),
                    "extensions",
                    to.id(),
                    lacking.isEmpty()
                        ? "all that are installed"
                        : "not there: " + String.join(", ", lacking),
                    "the extensions of the database that Mooring connects to, at their versions",
                    "install the packages that the old primary's host has: until then they can't"
                        + " be created anew, restored or updated"));
  }

  private Optional<CheckRow> version() {
    return observed
        .all()
        .member(to)
        .map(seen -> VersionRow.among(to.id(), seen.version(), others()).unblocking());
  }

  /** For the old primary, which may not run, the version of its installed program counts. */
  private SortedMap<InstanceId, Optional<ServerVersion>> others() {
    SortedMap<InstanceId, Optional<ServerVersion>> others = new TreeMap<>();
    observed.all().members().forEach(member -> others.put(member.instance(), member.version()));
    others.remove(to.id());
    others.remove(observed.old().id());
    around()
        .surroundings(observed.old())
        .map(there -> Optional.of(there.software().program()))
        .ifPresent(program -> others.put(observed.old().id(), program));
    return others;
  }

  private Optional<CheckRow> archives() {
    return observed
        .all()
        .member(to)
        .map(
            seen ->
                afterwards(
                    ArchivingRow.of(seen),
                    "correct its archive settings afterwards, with a restart for archive_mode and"
                        + " wal_level"));
  }

  /** An archive that can't be read does not block a promotion. */
  private Optional<CheckRow> archive() {
    Optional<String> why = around().whyUnread(to);
    return around().archive(to).isPresent() || why.isPresent()
        ? Optional.of(
            afterwards(
                ArchivingRow.readable(to, why),
                "afterwards give its host access to the archive of its site"))
        : Optional.empty();
  }

  /** In an outage nobody corrects an archive before the promotion. */
  private static CheckRow afterwards(CheckRow row, String remedy) {
    return CheckRow.wanted(
        row.verdict() == Judged.GOOD,
        row.id(),
        row.subject(),
        row.seen(),
        row.limit(),
        "this does not block a failover: " + remedy);
  }
}
