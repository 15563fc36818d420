package dev.mooring.runbook.switchover;

import dev.mooring.port.ReplicationActivities.Collation;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.MoveRight;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the two that change roles must be able to, and have alike, beside how they stream. */
final class SurroundingsChecks {
  private static final int A_ROLE_CHECKPOINTS_SINCE = 150_000;

  private final Move move;
  private final ObservedMembers sight;
  private final CheckRows rows;

  SurroundingsChecks(Move move, ObservedMembers sight, CheckRows rows) {
    this.move = move;
    this.sight = sight;
    this.rows = rows;
  }

  /** Where both answered; what does not answer has rows of its own. */
  void all() {
    Optional<MemberReadiness> from = sight.around().ready(move.from());
    Optional<MemberReadiness> to = sight.around().ready(move.to());
    if (from.isPresent() && to.isPresent()) {
      rights(from.get());
      beyond(from.get());
      archiver(from.get());
      extensions(from.get(), to.get());
      collations(from.get(), to.get());
      recorded(from.get());
    }
    new HostSurroundingsChecks(move, sight, rows).all();
  }

  private void rights(MemberReadiness from) {
    List<MoveRight> lacking = new ArrayList<>(needed());
    lacking.removeAll(from.rights());
    rows.must(
        lacking.isEmpty(),
        "privileges",
        move.from().id(),
        "role "
            + from.role()
            + (lacking.isEmpty() ? " has all that the move needs" : " lacks " + words(lacking)),
        words(needed()),
        String.join("; ", lacking.stream().map(right -> remedy(right, from.role())).toList()));
  }

  /** Of those that are to be taken off: a stop by pg_ctl ends the others' too. */
  private void beyond(MemberReadiness from) {
    List<String> off = move.detached().stream().map(Instance::replicationName).toList();
    if (off.isEmpty()) {
      return;
    }
    List<String> may =
        from.beyond().stream()
            .filter(sender -> off.contains(sender.application()))
            .map(s -> "pid " + s.pid() + " of " + s.application() + " runs as " + s.role())
            .toList();
    rows.must(
        may.isEmpty(),
        "superuser-walsenders",
        move.from().id(),
        may.isEmpty() ? "none of those that are taken off" : String.join(", ", may),
        "none that " + from.role() + " may not end: pg_signal_backend is not enough for them",
        "let that standby stream as a role without SUPERUSER, `mooring replicate setup` does, or"
            + " ALTER ROLE "
            + from.role()
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
        sight
            .member(move.from())
            .flatMap(member -> member.setting("server_version_num"))
            .filter(version -> Preflight.number(version) >= A_ROLE_CHECKPOINTS_SINCE)
            .isPresent();
    return switch (right) {
      case CHECKPOINT ->
          byRole
              ? "GRANT pg_checkpoint TO " + role
              : "before version 15 only a superuser may: ALTER ROLE " + role + " SUPERUSER";
      case REPLICATION -> "ALTER ROLE " + role + " REPLICATION";
      case SIGNAL_BACKEND -> "GRANT pg_signal_backend TO " + role;
      case SWITCH_WAL -> "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO " + role;
    };
  }

  /** Where nothing is archived a stop waits for no archiver, whatever failed before. */
  private void archiver(MemberReadiness from) {
    boolean off =
        sight
            .member(move.from())
            .flatMap(member -> member.setting("archive_mode"))
            .filter("off"::equals)
            .isPresent();
    rows.must(
        off || from.archiver().isEmpty(),
        "archiver",
        move.from().id(),
        off ? "archive_mode is off" : lastWord(from),
        "not that it could not archive",
        "look at its log: a stop waits for the archiver, and the archive has a gap until it works;"
            + " pg_stat_reset_shared('archiver') forgets a failure that nothing is left of");
  }

  private static String lastWord(MemberReadiness from) {
    if (!from.archiver().isEmpty()) {
      return "could not archive " + from.archiver();
    }
    return from.archived().isEmpty() ? "nothing yet" : "archived " + from.archived();
  }

  /** One that the primary itself lacks files of is no difference between the two. */
  private void extensions(MemberReadiness from, MemberReadiness to) {
    List<String> lacking = new ArrayList<>(to.lackingExtensions());
    lacking.removeAll(from.lackingExtensions());
    rows.by(
        PreflightRule.EXTENSIONS.text(),
        lacking.isEmpty(),
        PreflightRule.EXTENSIONS.text(),
        move.to().id(),
        lacking.isEmpty() ? "all that are installed" : "not there: " + String.join(", ", lacking),
        "those of the database that Mooring connects to, at their versions",
        "install the packages that " + move.from().id() + " has");
  }

  /** Another order of texts makes indexes of them wrong, in silence. */
  private void collations(MemberReadiness from, MemberReadiness to) {
    List<String> unlike = new ArrayList<>();
    for (Collation here : from.collations()) {
      String there =
          to.collations().stream()
              .filter(one -> one.of().equals(here.of()))
              .map(Collation::actual)
              .findFirst()
              .orElse("not told");
      if (!there.equals(here.actual())) {
        unlike.add(here.of() + " " + there + " instead of " + here.actual());
      }
    }
    String ours = libc(move.from());
    String theirs = libc(move.to());
    if (!ours.equals(theirs) || ours.equals("not told")) {
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
    return sight
        .around()
        .surroundings(member)
        .map(Surroundings::libc)
        .filter(told -> !told.isEmpty())
        .orElse("not told");
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
        old.isEmpty() ? "those that are there" : String.join(", ", old),
        "those that its indexes were made with",
        "REINDEX, then ALTER DATABASE ... REFRESH COLLATION VERSION");
  }
}
