package dev.mooring.runbook.checks;

import dev.mooring.port.FailureCode;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.ReplayLimits;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checks before a primary is moved, one row each. They are those of repmgr and
 * pg_auto_failover, and what a stop was measured to wait for: every walsender, even that of an
 * asynchronous standby, and the archiver.
 */
public final class Preflight {
  static final String ANSWERS = "answers";
  static final String UPSTREAM = "upstream";
  private static final String FOLLOW = "make it follow the primary: its log shows the cause";

  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  private Preflight(Move move, ObservedMembers observed, List<String> overrides) {
    this.move = move;
    this.observed = observed;
    this.rows = new CheckRows(overrides);
  }

  /** All rows, in reading order. */
  public static List<CheckRow> of(Move move, ObservedMembers observed, List<String> overrides) {
    Preflight preflight = new Preflight(move, observed, overrides);
    new HostChecks(move, observed, preflight.rows).all();
    Optional<MemberObserved> from = observed.member(move.from());
    Optional<MemberObserved> to = observed.member(move.to());
    if (from.isPresent() && to.isPresent()) {
      preflight.target(from.get(), to.get());
      preflight.late();
      new StopChecks(move, observed, preflight.rows).all(from.get());
      new SynchronousChecks(move, preflight.rows).all(from.get(), to);
      preflight.afterwards(from.get(), to.get());
    } else if (from.isPresent()) {
      new SynchronousChecks(move, preflight.rows).all(from.get(), to);
    }
    preflight.bothAnswer();
    new SurroundingsChecks(move, observed, preflight.rows).all();
    new ArchiveChecks(move, observed, preflight.rows).all();
    new EndpointChecks(move, observed, preflight.rows).all();
    return preflight.rows.all();
  }

  /** The checks that also hold if Patroni stops and promotes the servers. */
  public static List<CheckRow> whereDriven(
      Move move, ObservedMembers observed, List<String> overrides) {
    Preflight preflight = new Preflight(move, observed, overrides);
    new HostChecks(move, observed, preflight.rows).all();
    Optional<MemberObserved> from = observed.member(move.from());
    Optional<MemberObserved> to = observed.member(move.to());
    if (from.isPresent() && to.isPresent()) {
      preflight.sameSystem(from.get(), to.get());
      preflight.ownServer(from.get(), to.get());
      preflight.late();
      new StopChecks(move, observed, preflight.rows).whereDriven(from.get());
      preflight.rows.add(SettingRows.writable(to.get()));
    }
    preflight.bothAnswer();
    new EndpointChecks(move, observed, preflight.rows).lead();
    return preflight.rows.all();
  }

  private void bothAnswer() {
    for (Instance one : List.of(move.from(), move.to())) {
      boolean answers = observed.answers(one);
      rows.must(
          answers,
          ANSWERS,
          one.id(),
          answers ? "yes" : observed.whySilent(one),
          "yes, over SQL and over a new connection",
          "fix it: nothing is known of what it would do");
    }
  }

  /**
   * The checks that may have changed during the last checkpoint of the old primary: what its stop
   * would wait for, and whether the target streams. Rules that a person may override are checked
   * only under the locks.
   *
   * @param observed the members only
   * @return not yet, if every failed check may pass within seconds: a member is silent, or a
   *     standby is not attached to its walsender
   */
  public static Verdict<Move> atLastLook(Move move, ObservedMembers observed) {
    Optional<MemberObserved> from = observed.member(move.from());
    Optional<MemberObserved> to = observed.member(move.to());
    if (from.isEmpty() || to.isEmpty()) {
      Instance silent = from.isEmpty() ? move.from() : move.to();
      return Verdict.notYet(silent.id() + " does not answer: " + observed.whySilent(silent));
    }
    Preflight passing = new Preflight(move, observed, List.of());
    passing.attached(from.get(), to.get());
    new StopChecks(move, observed, passing.rows).senders(from.get());
    Preflight lasting = new Preflight(move, observed, List.of());
    lasting.replay(from.get(), to.get());
    new StopChecks(move, observed, lasting.rows).archiver(from.get());
    boolean elsewhere =
        to.get().receivers().stream().anyMatch(r -> r.senderPort() != move.from().port());
    List<String> lasts = lasting.wrongOfNoRule();
    List<String> all = new ArrayList<>(passing.wrongOfNoRule());
    all.addAll(lasts);
    if (all.isEmpty()) {
      return Verdict.proceed(move);
    }
    return lasts.isEmpty() && !elsewhere
        ? Verdict.notYet(String.join("; ", all))
        : Verdict.never(FailureCode.PREFLIGHT, String.join("; ", all));
  }

  private List<String> wrongOfNoRule() {
    return CheckRows.against(rows.all().stream().filter(row -> row.rule().isEmpty()).toList());
  }

  // ---- the target

  private void target(MemberObserved from, MemberObserved to) {
    sameSystem(from, to);
    attached(from, to);
    ownServer(from, to);
  }

  private void sameSystem(MemberObserved from, MemberObserved to) {
    rows.must(
        to.standing().inRecovery(),
        "role",
        move.to().id(),
        to.standing().inRecovery() ? "in recovery" : "accepts writes",
        "in recovery",
        "name a standby");
    rows.must(
        from.system().equals(to.system()),
        "system-identifier",
        move.to().id(),
        to.system().toString(),
        from.system().toString(),
        "it is another database system: correct the cluster file");
    rows.must(
        from.standing().timeline().equals(to.standing().timeline()),
        "timeline",
        move.to().id(),
        to.standing().timeline().toString(),
        from.standing().timeline().toString(),
        "resilver it");
  }

  private void ownServer(MemberObserved from, MemberObserved to) {
    replay(from, to);
    version(from, to);
    directory(from, move.from());
    directory(to, move.to());
    move.siblings().forEach(one -> observed.member(one).ifPresent(seen -> directory(seen, one)));
  }

  private void directory(MemberObserved one, Instance declared) {
    String directory = one.setting("data_directory").orElse("not known");
    boolean holds = observed.around().dataDirectories(declared).contains(directory);
    String id = "data-directory";
    String limit = declared.dataDirectory();
    String remedy = "correct dataDirectory in the cluster file, or the instance's port";
    if (move.siblings().contains(declared)) {
      String rule = PreflightRule.SIBLINGS.text();
      rows.by(rule, holds, id, declared.id(), directory, limit, remedy);
    } else {
      rows.must(holds, id, declared.id(), directory, limit, remedy);
    }
  }

  private void replay(MemberObserved from, MemberObserved to) {
    rows.must(
        !to.standing().replay().paused(),
        "replay",
        move.to().id(),
        to.standing().replay().paused() ? "paused" : "running",
        "not paused",
        ReplayLimits.mend(to, from, "SELECT pg_catalog.pg_wal_replay_resume() there"));
    Standing at = to.standing();
    long behind =
        at.replayed().isBefore(at.received()) ? at.received().bytesSince(at.replayed()) : 0;
    long limit = move.policy().replication().limits().lagBytes();
    rows.must(
        behind <= limit,
        "replay-lag",
        move.to().id(),
        behind + " bytes received and not replayed",
        "at most " + limit + " bytes",
        "a promotion replays the rest first, clients wait for it: wait, or end the query there that"
            + " delays replay (max_standby_streaming_delay)");
    String delay = to.setting("recovery_min_apply_delay").orElse("not known");
    rows.must(
        delay.equals("0"),
        StreamingRows.DELAY,
        move.to().id(),
        delay,
        "0",
        "a standby that is late on purpose takes long to promote: name another one");
  }

  private void late() {
    move.standbys().stream()
        .flatMap(standby -> observed.member(standby).stream())
        .flatMap(seen -> StreamingRows.late(seen).stream())
        .forEach(rows::add);
  }

  private void attached(MemberObserved from, MemberObserved to) {
    List<Sender> senders = senders(from, move.to());
    String state =
        senders.size() > 1
            ? "several by its name: " + senders.stream().map(Sender::address).toList()
            : senders.stream()
                .map(Sender::state)
                .findFirst()
                .orElse("no walsender of " + move.from().id() + " serves it");
    rows.must(
        state.equals("streaming"),
        "walsender",
        move.to().id(),
        state,
        "streaming from " + move.from().id(),
        senders.size() > 1 ? onlyOne(senders) : FOLLOW);
    Optional<Receiver> receiver = to.receivers().stream().findFirst();
    rows.must(
        receiver.filter(r -> r.senderPort() == move.from().port()).isPresent(),
        UPSTREAM,
        move.to().id(),
        receiver.map(r -> r.senderHost() + ":" + r.senderPort()).orElse("none"),
        "port " + move.from().port() + " of " + move.from().id(),
        receiver.isPresent()
            ? "a standby of a standby can't be promoted without loss: name a standby that follows"
                + " the primary"
            : FOLLOW);
    String address = move.cluster().host(move.from().host()).access().address();
    rows.by(
        PreflightRule.UPSTREAM_ADDRESS.text(),
        receiver.filter(r -> r.senderHost().equals(address)).isPresent(),
        PreflightRule.UPSTREAM_ADDRESS.text(),
        move.to().id(),
        receiver.map(Receiver::senderHost).orElse("none"),
        address + ", that of " + move.from().id(),
        receiver.isPresent()
            ? "check that both are addresses of the same host, or `mooring replicate setup` sets it"
            : FOLLOW);
  }

  private static String onlyOne(List<Sender> senders) {
    String stop = "stop what streams by its name and is no member, such as a copy of its machine";
    return senders.stream().map(Sender::address).distinct().count() > 1
        ? stop
        : "wait for wal_sender_timeout, which ends that of an earlier connection; else " + stop;
  }

  /** One that sends a base backup serves no standby. */
  private List<Sender> senders(MemberObserved from, Instance standby) {
    return from.senders().stream()
        .filter(sender -> !sender.state().equals(StopChecks.TAKES_BACKUP))
        .filter(sender -> move.cluster().replicationNames(standby).contains(sender.application()))
        .toList();
  }

  private void version(MemberObserved from, MemberObserved to) {
    Optional<Integer> ours = from.version().map(ServerVersion::major);
    Optional<Integer> theirs = to.version().map(ServerVersion::major);
    rows.must(
        ours.isPresent() && ours.equals(theirs),
        "major-version",
        move.to().id(),
        theirs.map(String::valueOf).orElse("not known"),
        ours.map(String::valueOf).orElse("not known"),
        "streaming works within one major version: correct the cluster file");
    rows.by(
        PreflightRule.MINOR_VERSIONS.text(),
        VersionRow.of(move.to().id(), to.version(), from.version()));
  }

  // ---- after the move

  private void afterwards(MemberObserved from, MemberObserved to) {
    rows.add(SettingRows.senders(to, move.slots()));
    rows.add(SettingRows.slots(to, move.slots()));
    rows.add(SettingRows.writable(to));
    rows.add(SettingRows.readable(from));
    boolean rewindable = SettingRows.isRewindable(from, to);
    rows.by(
        PreflightRule.REWIND_LATER.text(),
        rewindable,
        PreflightRule.REWIND_LATER.text(),
        move.from().id(),
        rewindable ? "pg_rewind is possible" : "pg_rewind is not possible",
        SettingRows.REWINDABLE,
        SettingRows.MAKE_REWINDABLE);
    rows.add(ArchivingRow.mode(move.to(), to.setting("archive_mode")));
    rows.add(SettingRows.listens(to, move.cluster().host(move.to().host()).access().address()));
  }
}
