package dev.mooring.runbook.switchover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.postgres.DataMode;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/** What each member must have around it on its host. */
final class HostSurroundingsChecks {
  static final String REPLICATION_CONNECTION = "replication-connection";
  private static final String PROGRAMS = "programs";
  private static final String PROGRAM = "server-program";
  private static final String NEEDS = "host-needs";

  /** Of what neither a rewind nor a base backup brings along. */
  private static final List<String> OUTLASTS_HEALING =
      List.of(PROGRAMS, PROGRAM, NEEDS, Preflight.VERSION, Preflight.ARCHIVE_MODE);

  private final Move move;
  private final ObservedMembers sight;
  private final CheckRows rows;

  HostSurroundingsChecks(Move move, ObservedMembers sight, CheckRows rows) {
    this.move = move;
    this.sight = sight;
    this.rows = rows;
  }

  /** Of those whose hosts could be read; the others have rows of their own. */
  void all() {
    for (Instance member : move.cluster().members()) {
      Optional<Surroundings> around = sight.around().surroundings(member);
      if (around.isPresent()) {
        of(member, around.get());
      } else if (sight.role(member).isPresent()) {
        row(
            member,
            false,
            "surroundings",
            sight.around().whyUnseen(member),
            "readable",
            sight
                .around()
                .unseenBy(member)
                .filter(code -> code.owner() == FailureCode.Owner.OPERATOR)
                .map(FailureCode::hint)
                .orElse("let the worker of its site reach its host"));
      }
    }
  }

  private void of(Instance member, Surroundings around) {
    programs(member, around);
    files(member, around);
    managers(member, around.managers());
    if (member.equals(move.to())) {
      rows.must(
          around.missing().isEmpty(),
          NEEDS,
          member.id(),
          around.missing().isEmpty() ? "all there" : String.join("; ", around.missing()),
          "the libraries, locales and tablespaces that " + move.from().id() + " uses",
          "install what is missing, make the directories and give them to the server's account");
      if (sight.member(member).isEmpty()) {
        configured(around);
      }
    }
    if (move.streamsFromTarget(member)) {
      trial(member, around.trial());
    }
  }

  /** Of a target that does not answer: what its next start runs with. */
  private void configured(Surroundings around) {
    running(move.from())
        .ifPresent(
            runs ->
                rows.by(
                    PreflightRule.MINOR_VERSIONS.text(),
                    around.program().equals(runs),
                    Preflight.VERSION,
                    move.to().id(),
                    around.program().toString(),
                    runs.toString(),
                    Preflight.ONE_VERSION));
    around.archiveMode().forEach(mode -> Preflight.archiveMode(rows, move.to(), mode));
  }

  /**
   * Whether that row is of what neither a rewind nor a base backup brings along: it can be judged
   * before the target is healed.
   */
  static boolean outlastsHealing(CheckRow row, Instance target) {
    return row.subject().equals(target.id().value()) && OUTLASTS_HEALING.contains(row.id());
  }

  /** To let one run beside a sibling leaves those of the two that change roles judged. */
  private void managers(Instance member, List<String> managers) {
    PreflightRule rule =
        move.siblings().contains(member) ? PreflightRule.SIBLINGS : PreflightRule.OTHER_MANAGERS;
    rows.by(
        rule.text(),
        managers.isEmpty(),
        OtherManagers.ID,
        member.id(),
        OtherManagers.seen(managers),
        OtherManagers.LIMIT,
        OtherManagers.REMEDY);
  }

  private void programs(Instance member, Surroundings around) {
    row(
        member,
        around.lackingPrograms().isEmpty(),
        PROGRAMS,
        around.lackingPrograms().isEmpty()
            ? "all in " + member.manager().binDirectory()
            : "not there: " + String.join(", ", around.lackingPrograms()),
        "those that this move and a later rewind need",
        "install server and client programs of its version");
    serverProgram(member, around.program());
  }

  /** A start by another major version's ends at once: a way back would leave nobody to write. */
  private void serverProgram(Instance member, ServerVersion program) {
    Optional<ServerVersion> data = running(move.from());
    if (data.filter(version -> version.major() != program.major()).isPresent()) {
      row(
          member,
          false,
          PROGRAM,
          program.toString(),
          "of major version " + data.get().major() + ", as the data is",
          "its next start would end at once: install version "
              + data.get().major()
              + " in "
              + member.manager().binDirectory()
              + ", or name its directory as the manager's in the cluster file");
      return;
    }
    Optional<ServerVersion> running = running(member);
    rows.wanted(
        running.filter(program::equals).isPresent(),
        PROGRAM,
        member.id(),
        program.toString(),
        running.map(ServerVersion::toString).orElse("not told") + ", which runs",
        "its next start runs another version: restart it before, or know it");
  }

  private Optional<ServerVersion> running(Instance member) {
    return sight
        .member(member)
        .flatMap((MemberObserved seen) -> seen.setting("server_version_num"))
        .filter(number -> number.matches("[1-9][0-9]{5}"))
        .map(number -> ServerVersion.ofNumber(Integer.parseInt(number)));
  }

  private void files(Instance member, Surroundings around) {
    row(
        member,
        around.unreadable().isEmpty() && told(member),
        "configuration-files",
        around.unreadable().isEmpty() ? read(member) : String.join("; ", around.unreadable()),
        "readable by the account that starts it",
        "give them to "
            + around.ownership().login()
            + ", or put links to them in the data directory: its next start, or the move's reading"
            + " of them, would fail");
    Ownership whose = around.ownership();
    row(
        member,
        whose.owner().equals(whose.login()) && DataMode.lets(whose.mode()),
        "data-directory-mode",
        whose.owner() + ", " + whose.mode(),
        whose.login() + ", " + DataMode.IN_WORDS,
        "a server with another owner or mode does not start: chown or chmod " + member.id());
  }

  private List<String> filesOf(Instance member) {
    return sight.around().ready(member).map(ready -> ready.files()).orElse(List.of());
  }

  private boolean told(Instance member) {
    return sight.around().ready(member).isEmpty() || !filesOf(member).isEmpty();
  }

  /** Those outside are told: no copy and no rewind brings them along. */
  private String read(Instance member) {
    List<String> files = filesOf(member);
    List<String> outside =
        files.stream().filter(file -> !file.startsWith(member.dataDirectory() + "/")).toList();
    return files.isEmpty()
        ? "not told"
        : files.size()
            + " readable"
            + (outside.isEmpty() ? "" : ", outside the data directory " + outside);
  }

  private void trial(Instance member, List<Trial> tried) {
    String wanted =
        sight.member(move.from()).map(from -> from.system().toString()).orElse("not told");
    String said =
        tried.stream()
            .findFirst()
            .map(trial -> trial.system().isEmpty() ? trial.words() : "system " + trial.system())
            .orElse("not tried, psql is not there");
    row(
        member,
        said.equals("system " + wanted),
        REPLICATION_CONNECTION,
        said,
        "system " + wanted + ", from " + move.to().id(),
        "let it in by pg_hba.conf and listen_addresses of "
            + move.to().id()
            + ", `mooring replicate setup` does, and see that the password is the role's");
  }

  /** Without a sibling a move can be made, by the name of the rule. */
  private void row(
      Instance member, boolean holds, String id, String seen, String limit, String remedy) {
    if (move.siblings().contains(member)) {
      rows.by(PreflightRule.SIBLINGS.text(), holds, id, member.id(), seen, limit, remedy);
    } else {
      rows.must(holds, id, member.id(), seen, limit, remedy);
    }
  }
}
