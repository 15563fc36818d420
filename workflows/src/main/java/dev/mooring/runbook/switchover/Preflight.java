package dev.mooring.runbook.switchover;

import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.runbook.ReplayLimits;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What must hold before a primary is moved, judged by what was seen: one row for each thing looked
 * at. The list is that of repmgr's and pg_auto_failover's checks, and of what was measured to hold
 * a stop up: every walsender, also that of an asynchronous standby, and the archiver.
 */
final class Preflight {
  private static final int SPARE = 1;
  private static final int MINORS = 10_000;
  static final String VERSION = "'s version";
  static final String ONE_VERSION = "run the same minor version on both, the standby updated first";
  static final String ARCHIVE_MODE = "'s archive_mode";
  private static final String FOLLOW = "let it follow the primary: its log says what keeps it";

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
    new HostChecks(move, sight, preflight.rows).all();
    Optional<MemberObserved> from = sight.member(move.from());
    Optional<MemberObserved> to = sight.member(move.to());
    if (from.isPresent() && to.isPresent()) {
      preflight.target(from.get(), to.get());
      new StopChecks(move, sight, preflight.rows).all(from.get());
      new SynchronousChecks(move, preflight.rows).all(from.get(), to.get());
      preflight.afterwards(from.get(), to.get());
    }
    preflight.bothAnswer();
    new AroundChecks(move, sight, preflight.rows).all();
    new ArchiveChecks(move, sight, preflight.rows).all();
    new EndpointChecks(move, sight, preflight.rows).all();
    return preflight.rows.all();
  }

  /** Those that hold whoever stops and promotes the servers, where that is Patroni. */
  static List<PreflightRow> whereDriven(Move move, SwitchoverSight sight, List<String> overrides) {
    Preflight preflight = new Preflight(move, sight, overrides);
    new HostChecks(move, sight, preflight.rows).all();
    Optional<MemberObserved> from = sight.member(move.from());
    Optional<MemberObserved> to = sight.member(move.to());
    if (from.isPresent() && to.isPresent()) {
      preflight.sameSystem(from.get(), to.get());
      preflight.ownServer(from.get(), to.get());
      new StopChecks(move, sight, preflight.rows).whereDriven(from.get());
    }
    preflight.bothAnswer();
    new EndpointChecks(move, sight, preflight.rows).lead();
    return preflight.rows.all();
  }

  private void bothAnswer() {
    for (Instance one : List.of(move.from(), move.to())) {
      boolean answers = sight.answers(one);
      rows.row(
          answers,
          one.id() + " answers",
          answers ? "yes" : sight.whySilent(one),
          "over SQL, also when it is asked anew",
          "mend it: nothing is known of what it would do");
    }
  }

  /**
   * What stands against a move at its last look.
   *
   * @param rows in words; empty where nothing does
   * @param mayPass whether all of it may pass by itself within seconds: a member that is silent, a
   *     standby that is away from its sender
   */
  record Against(List<String> rows, boolean mayPass) {
    Against {
      rows = List.copyOf(rows);
    }
  }

  /**
   * What of it may have changed while the old primary ended its last checkpoint: what would hold
   * its stop up, and whether the target is there. Rules that a person may break are judged under
   * the locks alone.
   *
   * @param sight of the members alone
   */
  static Against against(Move move, SwitchoverSight sight) {
    Optional<MemberObserved> from = sight.member(move.from());
    Optional<MemberObserved> to = sight.member(move.to());
    if (from.isEmpty() || to.isEmpty()) {
      Instance silent = from.isEmpty() ? move.from() : move.to();
      return new Against(
          List.of(silent.id() + " does not answer: " + sight.whySilent(silent)), true);
    }
    Preflight passing = new Preflight(move, sight, List.of());
    passing.attached(from.get(), to.get());
    new StopChecks(move, sight, passing.rows).senders(from.get());
    Preflight lasting = new Preflight(move, sight, List.of());
    lasting.replay(from.get(), to.get());
    new StopChecks(move, sight, lasting.rows).archiver(from.get());
    boolean elsewhere =
        to.get().receivers().stream().anyMatch(r -> r.senderPort() != move.from().port());
    List<String> lasts = lasting.wrongOfNoRule();
    List<String> all = new ArrayList<>(passing.wrongOfNoRule());
    all.addAll(lasts);
    return new Against(all, lasts.isEmpty() && !elsewhere);
  }

  private List<String> wrongOfNoRule() {
    return SwitchoverPlan.against(rows.all().stream().filter(row -> row.rule().isEmpty()).toList());
  }

  // ---- the target

  private void target(MemberObserved from, MemberObserved to) {
    sameSystem(from, to);
    attached(from, to);
    ownServer(from, to);
  }

  private void sameSystem(MemberObserved from, MemberObserved to) {
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
  }

  private void ownServer(MemberObserved from, MemberObserved to) {
    replay(from, to);
    version(from, to);
    directory(from, move.from());
    directory(to, move.to());
    move.siblings().forEach(one -> sight.member(one).ifPresent(seen -> directory(seen, one)));
  }

  private void directory(MemberObserved one, Instance declared) {
    String directory = one.setting("data_directory").orElse("not told");
    boolean holds = directory.equals(declared.dataDirectory());
    String looked = declared.id() + "'s data directory";
    String remedy = "correct dataDirectory in the cluster file, or the instance's port";
    if (move.siblings().contains(declared)) {
      rows.row(PreflightRule.SIBLINGS, holds, looked, directory, declared.dataDirectory(), remedy);
    } else {
      rows.row(holds, looked, directory, declared.dataDirectory(), remedy);
    }
  }

  private void replay(MemberObserved from, MemberObserved to) {
    rows.row(
        !to.standing().paused(),
        move.to().id() + "'s replay",
        to.standing().paused() ? "paused" : "goes on",
        "not paused",
        ReplayLimits.mend(to, from, "SELECT pg_wal_replay_resume() there"));
    Standing at = to.standing();
    long behind =
        at.replayed().isBefore(at.received()) ? at.received().bytesSince(at.replayed()) : 0;
    long limit = move.policy().replication().limits().lagBytes();
    rows.row(
        behind <= limit,
        move.to().id() + " has replayed",
        "all but " + behind + " bytes of what it received",
        "all but " + limit + " at most",
        "a promotion replays the rest first, clients wait for it: wait, or end the query there that"
            + " holds replay up (max_standby_streaming_delay)");
    String delay = to.setting("recovery_min_apply_delay").orElse("not told");
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
        FOLLOW);
    Optional<Receiver> receiver = to.receivers().stream().findFirst();
    rows.row(
        receiver.filter(r -> r.senderPort() == move.from().port()).isPresent(),
        move.to().id() + "'s upstream",
        receiver.map(r -> r.senderHost() + ":" + r.senderPort()).orElse("none"),
        "port " + move.from().port() + " of " + move.from().id(),
        receiver.isPresent()
            ? "a standby of a standby can't be promoted without loss: name one that follows the"
                + " primary"
            : FOLLOW);
    String address = move.cluster().host(move.from().host()).access().address();
    rows.row(
        PreflightRule.UPSTREAM_ADDRESS,
        receiver.filter(r -> r.senderHost().equals(address)).isPresent(),
        move.to().id() + "'s upstream address",
        receiver.map(Receiver::senderHost).orElse("none"),
        address + ", that of " + move.from().id(),
        receiver.isPresent()
            ? "see that both are addresses of the same host, or `mooring replicate setup` sets it"
            : FOLLOW);
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
        number(ours) / MINORS == number(theirs) / MINORS,
        move.to().id() + "'s major version",
        String.valueOf(number(theirs) / MINORS),
        String.valueOf(number(ours) / MINORS),
        "streaming works within one major version: correct the cluster file");
    rows.row(
        PreflightRule.MINOR_VERSIONS,
        ours.equals(theirs),
        move.to().id() + VERSION,
        theirs,
        ours,
        ONE_VERSION);
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
    archiveMode(rows, move.to(), to.setting("archive_mode").orElse("off"));
    String listen = to.setting("listen_addresses").orElse("");
    rows.row(
        isReached(listen, move.cluster().host(move.to().host()).access().address()),
        move.to().id() + "'s listen_addresses",
        "'" + listen + "'",
        "reached by the other members",
        "set it and restart that standby");
  }

  static void archiveMode(PreflightRows rows, Instance to, String mode) {
    rows.row(
        !mode.equals("off"),
        to.id() + ARCHIVE_MODE,
        mode,
        "on or always",
        "set it and restart that standby: WAL of the new primary would reach no archive");
  }

  /**
   * The names of the loopback are no way in for others, unless it is theirs: hosts of one machine.
   */
  private static boolean isReached(String listen, String address) {
    return Arrays.stream(listen.split(","))
        .map(String::strip)
        .anyMatch(at -> at.equals(address) || !at.matches("|localhost|127\\..*|::1"));
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

  static int number(String text) {
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }
}
