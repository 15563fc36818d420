package dev.mooring.runbook.switchover;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.postgres.DataMode;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What each member must have around it on its host. */
final class HostAround {
  private static final String PROGRAMS = "'s programs";
  private static final String PROGRAM = "'s server program";
  private static final String NEEDS = "'s libraries, locales and tablespaces";

  private final Move move;
  private final SwitchoverSight sight;
  private final PreflightRows rows;

  HostAround(Move move, SwitchoverSight sight, PreflightRows rows) {
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
            member.id() + "'s surroundings",
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
      rows.row(
          around.missing().isEmpty(),
          member.id() + NEEDS,
          around.missing().isEmpty() ? "all there" : String.join("; ", around.missing()),
          "what " + move.from().id() + " needs of its host",
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
                rows.row(
                    PreflightRule.MINOR_VERSIONS,
                    around.program().equals(runs),
                    move.to().id() + Preflight.VERSION,
                    around.program().toString(),
                    runs.toString(),
                    Preflight.ONE_VERSION));
    around.archiveMode().forEach(mode -> Preflight.archiveMode(rows, move.to(), mode));
  }

  /**
   * Whether that row is of what neither a rewind nor a base backup brings along: it can be judged
   * before the target is healed.
   */
  static boolean outlastsHealing(PreflightRow row, Instance target) {
    return Stream.of(PROGRAMS, PROGRAM, NEEDS, Preflight.VERSION, Preflight.ARCHIVE_MODE)
        .anyMatch(of -> row.looked().equals(target.id() + of));
  }

  /** To let one run beside a sibling leaves those of the two that change roles judged. */
  private void managers(Instance member, List<String> managers) {
    PreflightRule rule =
        move.siblings().contains(member) ? PreflightRule.SIBLINGS : PreflightRule.OTHER_MANAGERS;
    rows.row(
        rule,
        managers.isEmpty(),
        OtherManagers.looked(member),
        OtherManagers.seen(managers),
        OtherManagers.LIMIT,
        OtherManagers.REMEDY);
  }

  private void programs(Instance member, Surroundings around) {
    row(
        member,
        around.lackingPrograms().isEmpty(),
        member.id() + PROGRAMS,
        around.lackingPrograms().isEmpty()
            ? "all in " + member.manager().binDirectory()
            : "not there: " + String.join(", ", around.lackingPrograms()),
        "those that this move and a later rewind need",
        "install server and client programs of its version");
    serverProgram(member, around.program());
  }

  /** A start by another major version's ends at once: a way back would leave nobody to write. */
  private void serverProgram(Instance member, ServerVersion program) {
    String looked = member.id() + PROGRAM;
    Optional<ServerVersion> data = running(move.from());
    if (data.filter(version -> version.major() != program.major()).isPresent()) {
      row(
          member,
          false,
          looked,
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
        looked,
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
        member.id() + "'s configuration files",
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
        member.id() + "'s owner and mode",
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
        move.to().id() + "'s answer to a replication connection from " + member.id(),
        said,
        "system " + wanted,
        "let it in by pg_hba.conf and listen_addresses of "
            + move.to().id()
            + ", `mooring replicate setup` does, and see that the password is the role's");
  }

  /** Without a sibling a move can be made, by the name of the rule. */
  private void row(
      Instance member, boolean holds, String looked, String seen, String limit, String remedy) {
    if (move.siblings().contains(member)) {
      rows.row(PreflightRule.SIBLINGS, holds, looked, seen, limit, remedy);
    } else {
      rows.row(holds, looked, seen, limit, remedy);
    }
  }
}
