package dev.mooring.runbook.failover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks of the candidate itself: what its server needs on its host, its extensions, its version
 * and its archive. Only something missing on its host blocks the promotion; an unreadable fact does
 * not.
 */
final class CandidateChecks {
  private final FailoverRequest request;
  private final ObservedFailover observed;
  private final Instance to;

  private CandidateChecks(FailoverRequest request, ObservedFailover observed, Move move) {
    this.request = request;
    this.observed = observed;
    this.to = move.to();
  }

  static List<CheckRow> of(FailoverRequest request, ObservedFailover observed, Move move) {
    CandidateChecks checks = new CandidateChecks(request, observed, move);
    return Stream.of(
            checks.needs(),
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

  private static Optional<ServerVersion> running(MemberObserved seen) {
    return seen.setting("server_version_num")
        .filter(number -> number.matches("[1-9][0-9]{5}"))
        .map(number -> ServerVersion.ofNumber(Integer.parseInt(number)));
  }

  private Optional<CheckRow> version() {
    return observed.all().member(to).flatMap(CandidateChecks::running).map(this::version);
  }

  /** For the old primary, which may not run, the version of its installed program counts. */
  private CheckRow version(ServerVersion own) {
    List<String> others = new ArrayList<>();
    around()
        .surroundings(observed.old())
        .map(there -> there.software().program())
        .filter(version -> !version.equals(own))
        .ifPresent(version -> others.add(observed.old().id() + " " + version));
    observed.all().members().stream()
        .filter(member -> !member.instance().equals(observed.old().id()))
        .flatMap(
            member ->
                running(member)
                    .filter(version -> !version.equals(own))
                    .map(version -> member.instance() + " " + version)
                    .stream())
        .forEach(others::add);
    return CheckRow.wanted(
        others.isEmpty(),
        "server-version",
        to.id(),
        own + (others.isEmpty() ? "" : "; " + String.join(", ", others)),
        "the version of all others that answered",
        "bring them to one version afterwards, and read in its release notes what is to be"
            + " reindexed");
  }

  /** The archive command may hold secrets and is not shown. */
  private Optional<CheckRow> archives() {
    return observed.all().member(to).map(this::archives);
  }

  private CheckRow archives(MemberObserved seen) {
    String mode = seen.setting("archive_mode").orElse("not read");
    boolean how =
        Stream.of("archive_command", "archive_library")
            .anyMatch(name -> !seen.setting(name).orElse("").isEmpty());
    boolean off = mode.equals("off");
    return CheckRow.wanted(
        how && !off,
        "archiving",
        to.id(),
        "archive_mode " + mode + (how ? "" : ", and neither archive_command nor archive_library"),
        "able to archive what it writes",
        "no promotion waits for it: correct it afterwards"
            + (off ? ", with a restart" : "")
            + "; until then no restore point becomes READY, and WAL "
            + (off ? "is in no archive" : "piles up there"));
  }

  /** An archive that can't be read does not block a promotion. */
  private Optional<CheckRow> archive() {
    boolean read = around().archive(to).isPresent();
    Optional<String> why = around().whyUnread(to);
    return read || why.isPresent()
        ? Optional.of(
            CheckRow.wanted(
                read,
                "wal-archive",
                to.id(),
                why.map(one -> "unknown: " + one).orElse("readable on " + to.host()),
                "readable on its host",
                "give that host access to the archive of its site afterwards: until then it can't"
                    + " restore from there, and may not archive either"))
        : Optional.empty();
  }
}
