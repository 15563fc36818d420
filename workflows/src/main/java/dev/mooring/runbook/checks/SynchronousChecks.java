package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import java.util.List;
import java.util.Optional;

/**
 * Compares the primary's synchronous settings with the cluster file: a person may have changed them
 * by hand, and a move would set the target as the file says.
 */
final class SynchronousChecks {
  private static final String NAMES = "synchronous-standby-names";
  private static final String STANDBYS = "synchronous-standbys";
  private static final String REMEDY =
      "say it in replication.synchronous or replication.synchronousCommit of the cluster file, or"
          + " set the server as the file says: `mooring replicate setup`";

  private static final String SOME =
      "a standby that the cluster file names streams by now: `mooring replicate setup` adds it to"
          + " synchronous_standby_names";

  private final Move move;
  private final CheckRows rows;

  SynchronousChecks(Move move, CheckRows rows) {
    this.move = move;
    this.rows = rows;
  }

  /** A primary's settings are compared also while the target is away: no resilver changes them. */
  void all(MemberObserved from, Optional<MemberObserved> to) {
    names(from, to);
    String file = move.synchronousCommit();
    String seen = from.setting("synchronous_commit").orElse("not known");
    drift(
        seen.equals(file),
        "synchronous-commit",
        move.from(),
        seen,
        file + ", as the cluster file says",
        remedy(to));
  }

  /** The setup names standbys that stream. */
  private String remedy(Optional<MemberObserved> to) {
    return to.isPresent()
        ? REMEDY
        : "first " + Commands.resilver(move.cluster().name(), move.to().id()) + "; then " + REMEDY;
  }

  private void drift(
      boolean holds, String id, Instance of, String seen, String limit, String remedy) {
    String rule = PreflightRule.SYNCHRONOUS_DRIFT.text();
    rows.by(rule, holds, id, of.id(), seen, limit, remedy);
  }

  /**
   * An administrator's own names stay as they are, and fit the old primary: names copied to a
   * standby that they include would make it wait for itself.
   */
  private void standing(SynchronousStandbyNames names, String text) {
    List<String> there =
        move.cluster().members().stream()
            .filter(move::streamsFromTarget)
            .filter(member -> !move.detached().contains(member))
            .map(move.cluster()::applicationName)
            .filter(names::has)
            .toList();
    drift(
        there.size() >= names.number(),
        STANDBYS,
        move.to(),
        text.isEmpty() ? "no standby" : text,
        "standbys that will stream from it; of them are " + (there.isEmpty() ? "none" : there),
        "with fewer no commit ever ends: name its standbys there too, and reload both");
  }

  /** The target's own names stay as they are. */
  private void own(SynchronousStandbyNames seen, String shown, MemberObserved to) {
    String target = to.setting("synchronous_standby_names").orElse("");
    drift(
        seen.equals(SynchronousStandbyNames.of(target)),
        NAMES,
        move.from(),
        shown,
        "as those of "
            + move.to().id()
            + ", which stay as they are: "
            + (target.isEmpty() ? "no standby" : target),
        REMEDY);
    standing(SynchronousStandbyNames.of(target), target);
  }

  private void names(MemberObserved from, Optional<MemberObserved> to) {
    String text = from.setting("synchronous_standby_names").orElse("");
    SynchronousStandbyNames seen = SynchronousStandbyNames.of(text);
    String shown = text.isEmpty() ? "no standby" : text;
    if (move.policy().replication().synchronous().method() == Method.NONE) {
      to.ifPresent(target -> own(seen, shown, target));
      return;
    }
    rows.must(
        move.seats().size() >= move.mustConfirm(),
        STANDBYS,
        move.to().id(),
        move.synchronousNames(),
        "at least " + move.mustConfirm() + " standbys: with fewer no commit ever ends",
        "name more members in replication.synchronous.instances of the cluster file");
    SynchronousStandbyNames file = SynchronousStandbyNames.of(move.synchronousNamesIn());
    List<String> allowed =
        move.cluster().members().stream()
            .filter(member -> !member.equals(move.from()))
            .map(move.cluster()::applicationName)
            .toList();
    String asFile = file + ", as the cluster file says";
    if (!seen.isAs(file, allowed) && seen.isOfSome(file, allowed)) {
      String limit = asFile + "; the move sets all of them";
      rows.warning(NAMES, move.from().id(), shown, limit, SOME);
      return;
    }
    drift(seen.isAs(file, allowed), NAMES, move.from(), shown, asFile, remedy(to));
  }
}
