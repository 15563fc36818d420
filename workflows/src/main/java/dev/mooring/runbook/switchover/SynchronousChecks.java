package dev.mooring.runbook.switchover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Synchronous.Method;
import java.util.List;

/**
 * Whom the primary's commits wait for, beside what the cluster file says: somebody may have changed
 * it by hand, and a move would set on the target what the file says, without a word.
 */
final class SynchronousChecks {
  private static final String REMEDY =
      "say it in replication.synchronous or replication.synchronousCommit of the cluster file, or"
          + " set the server as the file says: `mooring replicate setup`";

  private static final String SOME =
      "a standby that the cluster file names streams by now: `mooring replicate setup` lets commits"
          + " wait for it";

  private final Move move;
  private final PreflightRows rows;

  SynchronousChecks(Move move, PreflightRows rows) {
    this.move = move;
    this.rows = rows;
  }

  void all(MemberObserved from, MemberObserved to) {
    names(from, to);
    String file = move.synchronousCommit();
    String seen = from.setting("synchronous_commit").orElse("not told");
    rows.row(
        PreflightRule.SYNCHRONOUS_DRIFT,
        seen.equals(file),
        move.from().id() + "'s synchronous_commit",
        seen,
        file + ", as the cluster file says",
        REMEDY);
  }

  /**
   * An administrator's own names stay as they are, and were right for the old primary: one that is
   * copied to the standby it names would let that wait for itself.
   */
  private void standing(MemberObserved to, WaitedFor names, String text) {
    List<String> there =
        move.cluster().members().stream()
            .filter(move::streamsFromTarget)
            .filter(member -> !move.detached().contains(member))
            .map(Instance::replicationName)
            .filter(names::has)
            .toList();
    rows.row(
        PreflightRule.SYNCHRONOUS_DRIFT,
        there.size() >= names.number(),
        to.instance() + "'s commits will wait for",
        text.isEmpty() ? "nobody" : text,
        "standbys that will stream from it; of them are " + (there.isEmpty() ? "none" : there),
        "with fewer no commit ever ends: name its standbys there too, and reload both");
  }

  private void names(MemberObserved from, MemberObserved to) {
    String text = from.setting("synchronous_standby_names").orElse("");
    WaitedFor seen = WaitedFor.of(text);
    String looked = move.from().id() + "'s synchronous_standby_names";
    String shown = text.isEmpty() ? "nobody" : text;
    if (move.policy().replication().synchronous().method() == Method.NONE) {
      String target = to.setting("synchronous_standby_names").orElse("");
      rows.row(
          PreflightRule.SYNCHRONOUS_DRIFT,
          seen.equals(WaitedFor.of(target)),
          looked,
          shown,
          "as those of "
              + move.to().id()
              + ", which stay as they are: "
              + (target.isEmpty() ? "nobody" : target),
          REMEDY);
      standing(to, WaitedFor.of(target), target);
      return;
    }
    rows.row(
        move.seats().size() >= move.mustConfirm(),
        move.to().id() + "'s commits will wait for",
        move.synchronousNames(),
        "at least " + move.mustConfirm() + " standbys: with fewer no commit ever ends",
        "name more members in replication.synchronous.instances of the cluster file");
    WaitedFor file = WaitedFor.of(move.synchronousNamesIn());
    List<String> allowed =
        move.cluster().members().stream()
            .filter(member -> !member.equals(move.from()))
            .map(member -> member.replicationName())
            .toList();
    String asFile = file + ", as the cluster file says";
    if (!seen.isAs(file, allowed) && seen.isOfSome(file, allowed)) {
      rows.wanted(false, looked, shown, asFile + "; the move sets all of them", SOME);
      return;
    }
    rows.row(
        PreflightRule.SYNCHRONOUS_DRIFT, seen.isAs(file, allowed), looked, shown, asFile, REMEDY);
  }
}
