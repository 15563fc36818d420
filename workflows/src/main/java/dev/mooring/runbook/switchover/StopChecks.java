package dev.mooring.runbook.switchover;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What would hold the stop of the old primary up, or is cut off by it. */
final class StopChecks {
  private static final long LONGEST_TRANSACTION_SECONDS = 60;
  private static final long SILENT_SECONDS = 15;

  /** A walsender's state to which a base backup is sent. */
  static final String TAKES_BACKUP = "backup";

  private final Move move;
  private final SwitchoverSight sight;
  private final PreflightRows rows;

  StopChecks(Move move, SwitchoverSight sight, PreflightRows rows) {
    this.move = move;
    this.sight = sight;
    this.rows = rows;
  }

  /** Of that primary. */
  void all(MemberObserved from) {
    held(from);
    clocks(from);
    detached(from);
    stop();
    load(from);
    new StrangersSlots(move, from).check(rows);
  }

  /** Of one that Patroni stops. */
  void whereDriven(MemberObserved from) {
    held(from);
    clocks(from);
    load(from);
  }

  /** What the stop would wait for. */
  void held(MemberObserved from) {
    senders(from);
    archiver(from);
  }

  /** Everybody who streams. */
  void senders(MemberObserved from) {
    StreamingPolicy.Limits limits = move.policy().replication().limits();
    List<String> off = move.detached().stream().map(Instance::replicationName).toList();
    for (Sender sender : from.senders()) {
      if (sender.state().equals(TAKES_BACKUP)) {
        continue; // it confirms no WAL, and has a row of its own
      }
      String name = sender.application().isEmpty() ? sender.address() : sender.application();
      boolean detached = off.contains(sender.application());
      rows.row(
          detached || sender.lagBytes() <= limits.lagBytes(),
          "lag of " + name,
          sender.lagBytes() == Long.MAX_VALUE ? "not told" : sender.lagBytes() + " bytes",
          detached ? "whatever it is: it is detached first" : "at most " + limits.lagBytes(),
          "a stop waits for every walsender: wait, or " + off(sender));
      long silent = sender.silentSeconds(standing(sender));
      rows.row(
          detached || (silent >= 0 && silent <= SILENT_SECONDS),
          "last word of " + name,
          silent < 0 ? "never" : silent + " s ago",
          detached
              ? "whenever it was: it is detached first"
              : "at most " + SILENT_SECONDS + " s ago",
          "one that stands still holds a stop up: mend it, or " + off(sender));
    }
  }

  private String off(Sender sender) {
    return member(sender).isPresent()
        ? "take that standby off with --detach"
        : "end it, it is no member's: a backup, an archiver of WAL or a subscription";
  }

  private Optional<Standing> standing(Sender sender) {
    return member(sender).flatMap(sight::member).map(MemberObserved::standing);
  }

  private Optional<Instance> member(Sender sender) {
    return move.cluster().members().stream()
        .filter(member -> member.replicationName().equals(sender.application()))
        .findFirst();
  }

  /** A move goes by no clock of theirs; logs and applications do. */
  private void clocks(MemberObserved from) {
    long here = from.standing().clockMillis();
    for (Instance standby : move.cluster().members()) {
      Optional<Long> there =
          sight.member(standby).map(seen -> seen.standing().clockMillis()).filter(at -> at != 0);
      if (standby.equals(move.from()) || here == 0 || there.isEmpty()) {
        continue;
      }
      long ahead = (there.get() - here) / 1000;
      rows.wanted(
          Math.abs(ahead) <= SILENT_SECONDS,
          "clock of " + standby.id(),
          ahead == 0
              ? "as that of " + move.from().id()
              : "about " + Math.abs(ahead) + " s " + (ahead > 0 ? "ahead of" : "behind") + " it",
          "within " + SILENT_SECONDS + " s of that of " + move.from().id(),
          "set it: the move goes by neither, now() of the new primary will jump");
    }
  }

  /** Commits go on without those that are taken off. */
  private void detached(MemberObserved from) {
    List<String> off = move.detached().stream().map(Instance::replicationName).toList();
    long left =
        from.senders().stream()
            .filter(sender -> sender.sync().equals("quorum"))
            .filter(sender -> !off.contains(sender.application()))
            .count();
    int needed = WaitedFor.of(from.setting("synchronous_standby_names").orElse("")).number();
    for (String name : off) {
      String sync =
          from.senders().stream()
              .filter(sender -> sender.application().equals(name))
              .map(Sender::sync)
              .findFirst()
              .orElse("not attached");
      rows.row(
          !sync.equals("sync") && (!sync.equals("quorum") || left >= needed),
          name + " may be detached",
          sync.equals("quorum") ? "quorum, beside " + left + " others" : sync,
          "not needed by commits" + (needed == 0 ? "" : ", which wait for " + needed),
          "commits would hang: take it out of replication.synchronous first");
    }
  }

  /** What else takes its WAL. */
  void archiver(MemberObserved from) {
    StreamingPolicy.Limits limits = move.policy().replication().limits();
    rows.row(
        from.load().unarchived() <= limits.archiveFiles(),
        "files that wait for the archiver of " + move.from().id(),
        String.valueOf(from.load().unarchived()),
        "at most " + limits.archiveFiles(),
        "a stop waits for the archiver: look at its last error");
    rows.row(
        from.load().backups() == 0,
        "base backups from " + move.from().id(),
        String.valueOf(from.load().backups()),
        "none",
        "wait for their end");
  }

  private void stop() {
    rows.row(
        true,
        "stop of " + move.from().id(),
        "pg_ctl stop -m fast, at most "
            + seconds(move.policy().switchover().stopWithin())
            + ", within an outage of at most "
            + seconds(move.policy().switchover().outageBudget()),
        "as the cluster file says",
        "");
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  private void load(MemberObserved from) {
    rows.row(
        PreflightRule.LONG_TRANSACTIONS,
        from.load().longestSeconds() <= LONGEST_TRANSACTION_SECONDS,
        "longest transaction on " + move.from().id(),
        from.load().longestSeconds() + " s",
        "at most " + LONGEST_TRANSACTION_SECONDS + " s",
        "wait for its end, or end it: the stop will");
    rows.row(
        PreflightRule.PREPARED_TRANSACTIONS,
        from.load().prepared() == 0,
        "prepared transactions on " + move.from().id(),
        String.valueOf(from.load().prepared()),
        "none",
        "let their manager end them: COMMIT PREPARED or ROLLBACK PREPARED");
    List<String> logical =
        from.slots().stream().filter(slot -> !slot.plugin().isEmpty()).map(Slot::name).toList();
    rows.row(
        PreflightRule.LOGICAL_SLOTS,
        logical.isEmpty(),
        "logical slots on " + move.from().id(),
        logical.isEmpty() ? "none" : String.join(", ", logical),
        "none: they do not move with the primary",
        "end their subscriptions first, or make them anew afterwards");
  }
}
