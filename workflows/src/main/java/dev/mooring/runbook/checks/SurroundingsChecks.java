package dev.mooring.runbook.checks;

import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Collation;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.MoveRight;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.runbook.ReplayLimits;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks of the old and the new primary beside their streaming: privileges, extensions, collations.
 * Also what each member needs on its host.
 */
public final class SurroundingsChecks {
  static final String REPLICATION_CONNECTION = "replication-connection";
  static final String PROGRAMS = "programs";
  static final String PROGRAM = "server-program";
  static final String NEEDS = "host-needs";

  private static final int A_ROLE_CHECKPOINTS_SINCE = 15;

  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  SurroundingsChecks(Move move, ObservedMembers observed, CheckRows rows) {
    this.move = move;
    this.observed = observed;
    this.rows = rows;
  }

  /** Compares the two if both answered; a silent member has rows of its own. */
  void all() {
    Optional<MemberReadiness> from = observed.around().ready(move.from());
    Optional<MemberReadiness> to = observed.around().ready(move.to());
    if (from.isPresent() && to.isPresent()) {
      rights(from.get());
      beyond(from.get());
      archiver(from.get());
      extensions(from.get(), to.get());
      collations(from.get(), to.get());
      recorded(from.get());
    }
    hosts();
  }

  private void rights(MemberReadiness from) {
    List<MoveRight> lacking = new ArrayList<>(needed());
    lacking.removeAll(from.role().rights());
    rows.must(
        lacking.isEmpty(),
        "privileges",
        move.from().id(),
        "role "
            + from.role().name()
            + (lacking.isEmpty() ? " has all that the move needs" : " lacks " + words(lacking)),
        words(needed()),
        String.join(
            "; ", lacking.stream().map(right -> remedy(right, from.role().name())).toList()));
  }

  /** Standbys that are to be detached; pg_ctl stop ends the walsenders of all others. */
  private void beyond(MemberReadiness from) {
    List<String> off = move.detached().stream().map(move.cluster()::applicationName).toList();
    if (off.isEmpty()) {
      return;
    }
    List<String> may =
        from.role().beyond().stream()
            .filter(sender -> off.contains(sender.application()))
            .map(s -> "pid " + s.pid() + " of " + s.application() + " runs as " + s.role())
            .toList();
    rows.must(
        may.isEmpty(),
        "superuser-walsenders",
        move.from().id(),
        may.isEmpty() ? "none of those that are detached" : String.join(", ", may),
        "none that "
            + from.role().name()
            + " may not end: pg_signal_backend is not enough for them",
        "make that standby stream as a role without SUPERUSER: `mooring replicate setup` does, or"
            + " ALTER ROLE "
            + from.role().name()
            + " SUPERUSER for the move");
  }

  private List<MoveRight> needed() {
    List<MoveRight> needed = new ArrayList<>(List.of(MoveRight.CHECKPOINT, MoveRight.REPLICATION));
    if (!move.detached().isEmpty()) {
      needed.add(MoveRight.SIGNAL_BACKEND);
    }
    if (move.standbys().stream().anyMatch(standby -> move.upstreamOf(standby).isEmpty())) {
      needed.add(MoveRight.SWITCH_WAL);
    }
    return needed;
  }

  private static String words(List<MoveRight> rights) {
    return String.join(", ", rights.stream().map(SurroundingsChecks::word).toList());
  }

  private static String word(MoveRight right) {
    return switch (right) {
      case CHECKPOINT -> "to end a checkpoint";
      case REPLICATION -> "REPLICATION";
      case SIGNAL_BACKEND -> "pg_signal_backend";
      case SWITCH_WAL -> "pg_switch_wal()";
    };
  }

  private String remedy(MoveRight right, String role) {
    boolean byRole =
        running(move.from())
            .filter(version -> version.major() >= A_ROLE_CHECKPOINTS_SINCE)
            .isPresent();
    return switch (right) {
      case CHECKPOINT ->
          byRole
              ? "GRANT pg_checkpoint TO " + role
              : "before version 15 only a superuser may: ALTER ROLE " + role + " SUPERUSER";
      case REPLICATION -> "ALTER ROLE " + role + " REPLICATION";
      case SIGNAL_BACKEND -> "GRANT pg_signal_backend TO " + role;
      case SWITCH_WAL -> "GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO " + role;
    };
  }

  /** If archive_mode is off, a stop waits for no archiver, even after a failure. */
  private void archiver(MemberReadiness from) {
    boolean off = observed.member(move.from()).filter(ArchivingRow::isOff).isPresent();
    rows.add(ArchiverRow.of(move.from().id(), off, from.archiver()));
  }

  /** An extension whose files the primary itself lacks is no difference. */
  private void extensions(MemberReadiness from, MemberReadiness to) {
    List<String> lacking = new ArrayList<>(to.lackingExtensions());
    lacking.removeAll(from.lackingExtensions());
    rows.by(
        PreflightRule.EXTENSIONS.text(),
        lacking.isEmpty(),
        PreflightRule.EXTENSIONS.text(),
        move.to().id(),
        lacking.isEmpty() ? "all that are installed" : "not there: " + String.join(", ", lacking),
        "the extensions of the database that Mooring connects to, at their versions",
        "install the packages that " + move.from().id() + " has");
  }

  /** A different sort order makes indexes on text wrong without an error. */
  private void collations(MemberReadiness from, MemberReadiness to) {
    List<String> unlike = new ArrayList<>();
    for (Collation here : from.collations()) {
      String there =
          to.collations().stream()
              .filter(one -> one.of().equals(here.of()))
              .map(Collation::actual)
              .findFirst()
              .orElse("not known");
      if (!there.equals(here.actual())) {
        unlike.add(here.of() + " " + there + " instead of " + here.actual());
      }
    }
    String ours = libc(move.from());
    String theirs = libc(move.to());
    if (!ours.equals(theirs) || ours.equals("not known")) {
      unlike.add("C library " + theirs + " instead of " + ours);
    }
    rows.by(
        PreflightRule.COLLATIONS.text(),
        unlike.isEmpty(),
        PreflightRule.COLLATIONS.text(),
        move.to().id(),
        unlike.isEmpty() ? "as " + ours + " has it" : String.join(", ", unlike),
        "by the same versions as on " + move.from().id(),
        "bring both hosts to one version, or reindex what is sorted by it after the move");
  }

  private String libc(Instance member) {
    return observed
        .around()
        .surroundings(member)
        .map(there -> there.software().libc())
        .filter(reported -> !reported.isEmpty())
        .orElse("not known");
  }

  private void recorded(MemberReadiness from) {
    List<String> old =
        from.collations().stream()
            .filter(one -> !one.recorded().isEmpty() && !one.recorded().equals(one.actual()))
            .map(one -> one.of() + " made with " + one.recorded() + ", is " + one.actual())
            .toList();
    rows.wanted(
        old.isEmpty(),
        "collation-versions",
        move.from().id(),
        old.isEmpty() ? "the versions that are there" : String.join(", ", old),
        "the versions that its indexes were made with",
        "REINDEX, then ALTER DATABASE ... REFRESH COLLATION VERSION");
  }

  // ---- on the hosts

  /** Rows for hosts that were read; the others have rows of their own. */
  private void hosts() {
    for (Instance member : move.cluster().members()) {
      Optional<Surroundings> around = observed.around().surroundings(member);
      if (around.isPresent()) {
        host(member, around.get());
      } else if (observed.role(member).isPresent()) {
        row(
            member,
            false,
            "surroundings",
            observed.around().whyUnseen(member),
            "readable",
            observed
                .around()
                .unseenBy(member)
                .filter(code -> code.owner() == FailureCode.Owner.OPERATOR)
                .map(FailureCode::hint)
                .orElse("make its host reachable from the worker of its site"));
      }
    }
  }

  private void host(Instance member, Surroundings around) {
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
      if (observed.member(member).isEmpty()) {
        configured(around);
      }
    }
    if (move.streamsFromTarget(member)) {
      trial(member, around.trial());
    }
  }

  /** A target that does not answer: the settings of its next start. */
  private void configured(Surroundings around) {
    Optional<ServerVersion> program = Optional.of(around.software().program());
    observed
        .member(move.from())
        .ifPresent(
            runs ->
                rows.by(
                    PreflightRule.MINOR_VERSIONS.text(),
                    VersionRow.of(move.to().id(), program, runs.version())));
    around
        .configuration()
        .next()
        .forEach(next -> rows.add(ArchivingRow.mode(move.to(), Optional.of(next.archiveMode()))));
  }

  /** Allowing a manager beside a sibling does not allow one beside the old or the new primary. */
  private void managers(Instance member, List<String> managers) {
    PreflightRule rule =
        move.siblings().contains(member) ? PreflightRule.SIBLINGS : PreflightRule.OTHER_MANAGERS;
    rows.by(rule.text(), managersRow(member, managers));
  }

  private void programs(Instance member, Surroundings around) {
    row(
        member,
        around.software().lackingPrograms().isEmpty(),
        PROGRAMS,
        around.software().lackingPrograms().isEmpty()
            ? "all in " + member.manager().binDirectory()
            : "not there: " + String.join(", ", around.software().lackingPrograms()),
        "the programs that this move and a later rewind need",
        "install server and client programs of its version");
    serverProgram(member, around.software().program());
  }

  /**
   * A start by programs of another major version ends at once: after a roll-back no instance could
   * accept writes.
   */
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
        "the running version" + running.map(one -> ", " + one).orElse(", which is not known"),
        "its next start runs another version: restart it before the move, or expect that version");
  }

  private Optional<ServerVersion> running(Instance member) {
    return observed.member(member).flatMap(MemberObserved::version);
  }

  private void files(Instance member, Surroundings there) {
    row(member, configurationFiles(member, observed.around(), there));
    row(member, OwnerRow.of(member.id(), there.ownership()));
    row(member, directory(member, move, there));
    for (CheckRow later : later(member, move, observed)) {
      row(member, later);
    }
  }

  /** Mooring's directory on its host. */
  public static CheckRow directory(Instance member, Move move, Surroundings there) {
    return OwnerRow.directory(
        member.id(), move.cluster().host(member.host()).directory(), there.ownership());
  }

  /**
   * Whether it can be started again, as a standby of the target if it is not that, or made anew.
   */
  public static List<CheckRow> later(Instance member, Move move, ObservedMembers observed) {
    Optional<Surroundings> there = observed.around().surroundings(member);
    List<CheckRow> rows = new ArrayList<>();
    there.flatMap(seen -> OwnerRow.mount(member.id(), seen.ownership())).ifPresent(rows::add);
    there.stream()
        .flatMap(seen -> seen.configuration().next().stream())
        .map(
            next ->
                NextStartRow.of(
                    member.id(),
                    next,
                    least(member, move, observed),
                    slots(member, move, observed)))
        .forEach(rows::add);
    return rows;
  }

  /** What its recovery begins with is in its control file, and then the target writes its own. */
  private static StandbyLimits least(Instance member, Move move, ObservedMembers observed) {
    if (member.equals(move.to())) {
      return StandbyLimits.NONE;
    }
    StandbyLimits recorded =
        observed
            .role(member)
            .map(role -> role.control().settings().limits())
            .orElse(StandbyLimits.NONE);
    return observed.member(move.to()).map(ReplayLimits::of).map(recorded::or).orElse(recorded);
  }

  private static int slots(Instance member, Move move, ObservedMembers observed) {
    List<String> added = member.equals(move.to()) ? move.slots() : List.of();
    List<String> kept =
        observed.member(member).stream()
            .flatMap(seen -> seen.slots().stream())
            .map(Slot::name)
            .filter(name -> !added.contains(name))
            .toList();
    return added.size() + kept.size();
  }

  /** Whether the next start finds a configuration, and an act before it can read that. */
  public static CheckRow configurationFiles(
      Instance member, MemberSurroundings around, Surroundings there) {
    List<String> unreadable = there.configuration().unreadable();
    List<String> files = around.ready(member).map(MemberReadiness::files).orElse(List.of());
    boolean reported = around.ready(member).isEmpty() || !files.isEmpty();
    return CheckRow.must(
        unreadable.isEmpty() && reported,
        "configuration-files",
        member.id(),
        unreadable.isEmpty()
            ? read(files, around.dataDirectories(member))
            : String.join("; ", unreadable),
        "readable by the account that starts it",
        "correct them, give them to "
            + there.ownership().login()
            + ", or put links to them in the data directory: its next start, or the move's reading"
            + " of them, would fail");
  }

  /** Names files outside the data directory: neither a copy nor a rewind brings them. */
  private static String read(List<String> files, List<String> directories) {
    List<String> outside =
        files.stream()
            .filter(file -> directories.stream().noneMatch(name -> file.startsWith(name + "/")))
            .toList();
    return files.isEmpty()
        ? "not known"
        : files.size()
            + " readable"
            + (outside.isEmpty() ? "" : ", outside the data directory " + outside);
  }

  private void trial(Instance member, List<Trial> tried) {
    String wanted =
        observed.member(move.from()).map(from -> from.system().toString()).orElse("not known");
    row(
        member,
        tried.stream().limit(1).anyMatch(trial -> trial.system().equals(wanted)),
        REPLICATION_CONNECTION,
        tried.stream()
            .findFirst()
            .map(trial -> trial.system().isEmpty() ? trial.words() : "system " + trial.system())
            .orElse("not tried, psql is not there"),
        "system " + wanted + ", from " + move.to().id(),
        "let it in by pg_hba.conf and listen_addresses of "
            + move.to().id()
            + ", `mooring replicate setup` does, and make sure that the password is the role's");
  }

  private void row(
      Instance member, boolean holds, String id, String seen, String limit, String remedy) {
    row(member, CheckRow.must(holds, id, member.id(), seen, limit, remedy));
  }

  /** A sibling may be left out of the move by overriding the rule. */
  private void row(Instance member, CheckRow row) {
    if (move.siblings().contains(member)) {
      rows.by(PreflightRule.SIBLINGS.text(), row);
    } else {
      rows.add(row);
    }
  }

  /**
   * Programs on a member's host that start, stop or promote servers: they may undo what a run does
   * there. One row for every member whose host answered.
   */
  public static List<CheckRow> otherManagers(
      String rule, boolean overridden, List<Instance> members, ObservedMembers observed) {
    return members.stream()
        .flatMap(
            member ->
                observed.around().surroundings(member).stream()
                    .map(around -> managersRow(member, around.managers()).by(rule, overridden)))
        .toList();
  }

  private static CheckRow managersRow(Instance member, List<String> managers) {
    return CheckRow.must(
        managers.isEmpty(),
        "other-managers",
        member.id(),
        managers.isEmpty() ? "none" : String.join("; ", managers),
        "none that starts, stops or promotes it during the move",
        "stop or pause it (patronictl pause, repmgr service pause, pcs property set"
            + " maintenance-mode=true, Restart=no), then override this rule by its name if it still"
            + " runs");
  }
}
