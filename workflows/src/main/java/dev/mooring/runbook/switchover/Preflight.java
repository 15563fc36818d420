package dev.mooring.runbook.switchover;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Receiver;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What must hold before a primary is moved, judged by what was seen: one row for each thing looked
 * at. The list is that of repmgr's and pg_auto_failover's checks, and of what was measured to hold
 * a stop up: every walsender, also that of an asynchronous standby, and the archiver.
 */
final class Preflight {
  private static final long LONGEST_TRANSACTION_SECONDS = 60;
  private static final long SILENT_SECONDS = 15;
  private static final int SPARE = 1;

  private final Move move;
  private final SwitchoverSight sight;
  private final PreflightRows rows;

  private Preflight(Move move, SwitchoverSight sight, List<String> overrides) {
    this.move = move;
    this.sight = sight;
    this.rows = new PreflightRows(overrides);
  }

  /** All rows, in the order they are read in. */
  static List<PreflightRow> of(Move move, SwitchoverSight sight, List<String> overrides) {
    Preflight preflight = new Preflight(move, sight, overrides);
    preflight.hosts();
    preflight.siblings();
    Optional<MemberObserved> from = sight.member(move.from());
    Optional<MemberObserved> to = sight.member(move.to());
    if (from.isPresent() && to.isPresent()) {
      preflight.target(from.get(), to.get());
      preflight.stop(from.get());
      preflight.load(from.get());
      preflight.afterwards(from.get(), to.get());
    }
    for (Instance one : List.of(move.from(), move.to())) {
      boolean answers = sight.member(one).isPresent();
      preflight.rows.row(
          answers,
          one.id() + " answers",
          answers ? "yes" : sight.whySilent(one),
          "over SQL",
          "mend it: nothing is known of what it would do");
    }
    new EndpointChecks(move, sight, preflight.rows).all();
    return preflight.rows.all();
  }

  // ---- hosts

  private void hosts() {
    for (Instance member : move.cluster().members()) {
      Optional<InstanceRole> role = sight.role(member);
      String unread =
          sight.unread().stream()
              .filter(failure -> failure.instance().equals(member.id()))
              .map(InstanceFailure::message)
              .findFirst()
              .orElse("not seen");
      rows.row(
          role.isPresent(),
          member.id() + " on its host",
          role.map(r -> r.process() + ", " + r.control().state()).orElse(unread),
          "readable, with its authority file",
          "let the worker of its site reach its host; a state that can't be read stops a move");
      role.ifPresent(this::authority);
    }
  }

  private void authority(InstanceRole role) {
    String writer = role.authority().writer();
    boolean agrees = writer.isEmpty() || writer.equals(move.from().id().value());
    boolean own =
        !role.instance().equals(move.from().id()) && !role.instance().equals(move.to().id());
    rows.row(
        agrees || own || !writer.equals(role.instance().value()),
        role.instance() + "'s authority file",
        writer.isEmpty() ? "nothing was moved yet" : "writer " + writer,
        "not to name it beside " + move.from().id(),
        "find out who promoted it, and resilver it");
    rows.row(
        role.start().fencedEpoch() == 0,
        role.instance() + "'s fence",
        role.start().fencedEpoch() == 0 ? "none" : "epoch " + role.start().fencedEpoch(),
        "none",
        "an earlier move left it fenced: resilver it first");
  }

  // ---- the target

  private void target(MemberObserved from, MemberObserved to) {
    rows.row(
        to.standing().inRecovery(),
        move.to().id() + " is a standby",
        to.standing().inRecovery() ? "in recovery" : "takes writes",
        "in recovery",
        "name a standby");
    rows.row(
        from.system().equals(to.system()),
        move.to().id() + "'s system identifier",
        to.system().toString(),
        from.system().toString(),
        "it is another database system: correct the cluster file");
    rows.row(
        from.standing().timeline().equals(to.standing().timeline()),
        move.to().id() + "'s timeline",
        to.standing().timeline().toString(),
        from.standing().timeline().toString(),
        "resilver it");
    attached(from, to);
    replay(to);
    version(from, to);
    directory(from, move.from());
    directory(to, move.to());
  }

  private void directory(MemberObserved one, Instance declared) {
    String directory = one.setting("data_directory").orElse("not told");
    rows.row(
        directory.equals(declared.dataDirectory()),
        declared.id() + "'s data directory",
        directory,
        declared.dataDirectory(),
        "correct dataDirectory in the cluster file, or the instance's port");
  }

  private void replay(MemberObserved to) {
    rows.row(
        !to.standing().paused(),
        move.to().id() + "'s replay",
        to.standing().paused() ? "paused" : "goes on",
        "not paused",
        "SELECT pg_wal_replay_resume() there");
    String delay = to.setting("recovery_min_apply_delay").orElse("0");
    rows.row(
        delay.equals("0"),
        move.to().id() + "'s recovery_min_apply_delay",
        delay,
        "0",
        "a standby that is late on purpose takes long to promote: name another one");
  }

  private void attached(MemberObserved from, MemberObserved to) {
    Optional<Sender> sender = sender(from, move.to());
    rows.row(
        sender.filter(s -> s.state().equals("streaming")).isPresent(),
        move.to().id() + " is attached",
        sender.map(Sender::state).orElse("no walsender of " + move.from().id() + " serves it"),
        "streaming from " + move.from().id(),
        "let it follow the primary: its log says what keeps it");
    Optional<Receiver> receiver = to.receivers().stream().findFirst();
    rows.row(
        receiver.filter(r -> r.senderPort() == move.from().port()).isPresent(),
        move.to().id() + "'s upstream",
        receiver.map(r -> r.senderHost() + ":" + r.senderPort()).orElse("none"),
        "port " + move.from().port() + " of " + move.from().id(),
        "a standby of a standby can't be promoted without loss: name one that follows the primary");
  }

  private static Optional<Sender> sender(MemberObserved from, Instance standby) {
    return from.senders().stream()
        .filter(sender -> sender.application().equals(standby.replicationName()))
        .findFirst();
  }

  private void version(MemberObserved from, MemberObserved to) {
    String ours = from.setting("server_version_num").orElse("?");
    String theirs = to.setting("server_version_num").orElse("?");
    rows.row(
        PreflightRule.MINOR_VERSIONS,
        ours.equals(theirs),
        move.to().id() + "'s version",
        theirs,
        ours,
        "run the same minor version on both, the standby updated first");
  }

  // ---- what holds a stop up

  private void stop(MemberObserved from) {
    StreamingPolicy.Limits limits = move.policy().replication().limits();
    for (Sender sender : from.senders()) {
      String name = sender.application().isEmpty() ? sender.address() : sender.application();
      rows.row(
          sender.lagBytes() <= limits.lagBytes(),
          "lag of " + name,
          sender.lagBytes() + " bytes",
          "at most " + limits.lagBytes(),
          "a stop waits for every walsender: wait, or take that standby off first");
      rows.row(
          sender.silentSeconds() >= 0 && sender.silentSeconds() <= SILENT_SECONDS,
          "last word of " + name,
          sender.silentSeconds() < 0 ? "never" : sender.silentSeconds() + " s ago",
          "at most " + SILENT_SECONDS + " s ago",
          "a standby that stands still holds a stop up: mend it or take it off first");
    }
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

  // ---- what is needed afterwards

  private void afterwards(MemberObserved from, MemberObserved to) {
    int standbys = move.slots().size();
    room(to, "max_wal_senders", standbys + SPARE);
    long kept = to.slots().stream().filter(slot -> !move.slots().contains(slot.name())).count();
    room(to, "max_replication_slots", standbys + (int) kept);
    boolean rewindable =
        to.setting("full_page_writes").filter("on"::equals).isPresent()
            && (from.setting("data_checksums").filter("on"::equals).isPresent()
                || from.setting("wal_log_hints").filter("on"::equals).isPresent());
    rows.row(
        PreflightRule.REWIND_LATER,
        rewindable,
        "pg_rewind of " + move.from().id() + " later",
        rewindable ? "possible" : "not possible",
        "data checksums or wal_log_hints, and full_page_writes",
        "pg_checksums --enable on a stopped server, or wal_log_hints = on");
    String archiving = to.setting("archive_mode").orElse("off");
    rows.row(
        !archiving.equals("off"),
        move.to().id() + "'s archive_mode",
        archiving,
        "on or always",
        "set it and restart that standby: WAL of the new primary would reach no archive");
    String listen = to.setting("listen_addresses").orElse("*");
    rows.row(
        !listen.isBlank() && !listen.equals("localhost"),
        move.to().id() + "'s listen_addresses",
        "'" + listen + "'",
        "reached by the other members",
        "set it and restart that standby");
  }

  private void room(MemberObserved to, String setting, int needed) {
    int there = number(to.setting(setting).orElse("0"));
    rows.row(
        there >= needed,
        move.to().id() + "'s " + setting,
        String.valueOf(there),
        "at least " + needed,
        "raise it and restart that standby");
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  private void siblings() {
    for (Instance sibling : move.siblings()) {
      boolean seen = sight.member(sibling).isPresent();
      rows.row(
          PreflightRule.SIBLINGS,
          seen,
          sibling.id() + " answers",
          seen ? "yes" : sight.whySilent(sibling),
          "to be led to the new primary",
          "mend it, or move without it: it is resilvered afterwards");
    }
  }
}
