package dev.mooring.runbook.checks;

import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the stop of the old primary would wait for, or end. */
final class StopChecks {
  private static final long LONGEST_TRANSACTION_SECONDS = 60;
  private static final long SILENT_SECONDS = 15;

  static final String WALSENDER_LAG = "walsender-lag";
  static final String WALSENDER_REPLY = "walsender-reply";
  static final String DETACH = "detach";

  /** The state of a walsender that sends a base backup. */
  static final String TAKES_BACKUP = "backup";

  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  StopChecks(Move move, ObservedMembers observed, CheckRows rows) {
    this.move = move;
    this.observed = observed;
    this.rows = rows;
  }

  /** The checks of a primary that Mooring stops. */
  void all(MemberObserved from) {
    held(from);
    clocks(from);
    detached(from);
    stop();
    load(from);
    new ForeignSlots(move, from).check(rows);
  }

  /** The checks of a primary that Patroni stops. */
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

  void senders(MemberObserved from) {
    StreamingPolicy.Limits limits = move.policy().replication().limits();
    List<String> off = move.detached().stream().map(move.cluster()::applicationName).toList();
    for (Sender sender : from.senders()) {
      if (sender.state().equals(TAKES_BACKUP)) {
        continue; // it confirms no WAL, and has a row of its own
      }
      String name = nameOf(sender);
      boolean detached = off.contains(sender.application());
      rows.must(
          detached || sender.lagBytes() <= limits.lagBytes(),
          WALSENDER_LAG,
          name,
          sender.lagBytes() == Long.MAX_VALUE ? "not known" : sender.lagBytes() + " bytes",
          detached ? "any: it is detached first" : "at most " + limits.lagBytes(),
          "a stop waits for every walsender: wait, or " + off(sender));
      long silent = sender.silentSeconds(standing(sender));
      rows.must(
          detached || (silent >= 0 && silent <= SILENT_SECONDS),
          WALSENDER_REPLY,
          name,
          silent < 0 ? "never" : silent + " s ago",
          detached
              ? "whenever it was: it is detached first"
              : "at most " + SILENT_SECONDS + " s ago",
          "a stop waits for a walsender that hangs: fix it, or " + off(sender));
    }
  }

  /** The member that streams, or the server's name for a client that is no member. */
  private String nameOf(Sender sender) {
    String listed = sender.application().isEmpty() ? sender.address() : sender.application();
    return member(sender).map(member -> member.id().value()).orElse(listed);
  }

  private String off(Sender sender) {
    return member(sender).isPresent()
        ? "take that standby off with --detach"
        : "end it, it is no member's: a backup, an archiver of WAL or a subscription";
  }

  private Optional<Standing> standing(Sender sender) {
    return member(sender).flatMap(observed::member).map(MemberObserved::standing);
  }

  private Optional<Instance> member(Sender sender) {
    return move.cluster().members().stream()
        .filter(member -> move.cluster().replicationNames(member).contains(sender.application()))
        .findFirst();
  }

  /** The move depends on no clock of the members; logs and applications do. */
  private void clocks(MemberObserved from) {
    long here = from.standing().clockMillis();
    for (Instance standby : move.cluster().members()) {
      Optional<Long> there =
          observed.member(standby).map(seen -> seen.standing().clockMillis()).filter(at -> at != 0);
      if (standby.equals(move.from()) || here == 0 || there.isEmpty()) {
        continue;
      }
      long ahead = (there.get() - here) / 1000;
      rows.wanted(
          Math.abs(ahead) <= SILENT_SECONDS,
          "clock",
          standby.id(),
          ahead == 0
              ? "as that of " + move.from().id()
              : "about "
                  + Math.abs(ahead)
                  + " s "
                  + (ahead > 0 ? "ahead of " : "behind ")
                  + move.from().id(),
          "within " + SILENT_SECONDS + " s of that of " + move.from().id(),
          "set the clock: the move uses neither, but now() will jump on the new primary");
    }
  }

  /** Commits continue without the standbys that are detached. */
  private void detached(MemberObserved from) {
    List<String> off = move.detached().stream().map(move.cluster()::applicationName).toList();
    long left =
        from.senders().stream()
            .filter(sender -> sender.sync().equals("quorum"))
            .filter(sender -> !off.contains(sender.application()))
            .count();
    int needed =
        SynchronousStandbyNames.of(from.setting("synchronous_standby_names").orElse("")).number();
    for (Instance member : move.detached()) {
      String sync =
          from.senders().stream()
              .filter(sender -> sender.application().equals(move.cluster().applicationName(member)))
              .map(Sender::sync)
              .findFirst()
              .orElse("not attached");
      rows.must(
          !sync.equals("sync") && (!sync.equals("quorum") || left >= needed),
          DETACH,
          member.id(),
          sync.equals("quorum") ? "quorum, beside " + left + " others" : sync,
          "not needed by commits" + (needed == 0 ? "" : ", which wait for " + needed),
          "commits would hang: take it out of replication.synchronous first");
    }
  }

  /** The archiver and base backups. */
  void archiver(MemberObserved from) {
    StreamingPolicy.Limits limits = move.policy().replication().limits();
    rows.must(
        from.load().unarchived() <= limits.archiveFiles(),
        "archive-backlog",
        move.from().id(),
        from.load().unarchived() + " files",
        "at most " + limits.archiveFiles(),
        "a stop waits for the archiver: look at its last error");
    rows.must(
        from.load().backups() == 0,
        "base-backups",
        move.from().id(),
        String.valueOf(from.load().backups()),
        "none",
        "wait for their end");
  }

  private void stop() {
    rows.good(
        "stop",
        move.from().id(),
        "pg_ctl stop -m fast, at most "
            + seconds(move.policy().switchover().stopWithin())
            + ", within an outage of at most "
            + seconds(move.policy().switchover().outageBudget()),
        "as the cluster file says");
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  private void load(MemberObserved from) {
    rule(
        PreflightRule.LONG_TRANSACTIONS,
        from.load().longestSeconds() <= LONGEST_TRANSACTION_SECONDS,
        from.load().longestSeconds() + " s",
        "at most " + LONGEST_TRANSACTION_SECONDS + " s",
        "wait for its end, or end it: the stop will");
    rule(
        PreflightRule.PREPARED_TRANSACTIONS,
        from.load().prepared() == 0,
        String.valueOf(from.load().prepared()),
        "none",
        "end them by their transaction manager: COMMIT PREPARED or ROLLBACK PREPARED");
    List<String> logical =
        from.slots().stream().filter(slot -> !slot.plugin().isEmpty()).map(Slot::name).toList();
    rule(
        PreflightRule.LOGICAL_SLOTS,
        logical.isEmpty(),
        logical.isEmpty() ? "none" : String.join(", ", logical),
        "none: they do not move with the primary",
        "end their subscriptions first, or make them anew afterwards");
  }

  /** A row whose id is the name of its rule. */
  private void rule(PreflightRule rule, boolean holds, String seen, String limit, String remedy) {
    rows.by(rule.text(), holds, rule.text(), move.from().id(), seen, limit, remedy);
  }
}
