package dev.mooring.runbook.checks;

import dev.mooring.port.PatroniActivities.Fact;
import dev.mooring.port.PatroniActivities.Lag;
import dev.mooring.port.PatroniActivities.ListedMember;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniFailure;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Role;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.PatroniPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The checks of Patroni before it moves its leader. */
public final class PatroniChecks {
  /** The subject of rows about the whole cluster as Patroni manages it. */
  public static final String PATRONI = "Patroni";

  /** Whether the store with Patroni's leader lock answers. */
  public static final String STORE = "dcs";

  static final String MEMBER = "patroni";
  static final String ROLE = "patroni-role";
  static final String LAG = "patroni-lag";
  static final String TAG = "nofailover";
  static final String SYNC_STATE = "sync-state";
  static final String SYNC_STANDBY = "sync-standby";

  private final Move move;
  private final ObservedMembers observed;
  private final ObservedPatroni patroni;
  private final CheckRows rows;

  private PatroniChecks(
      Move move, ObservedMembers observed, ObservedPatroni patroni, List<String> overrides) {
    this.move = move;
    this.observed = observed;
    this.patroni = patroni;
    this.rows = new CheckRows(overrides);
  }

  /** The checks before a planned move. */
  public static List<CheckRow> ofSwitchover(
      Move move, ObservedMembers observed, ObservedPatroni patroni, List<String> overrides) {
    PatroniChecks checks = new PatroniChecks(move, observed, patroni, overrides);
    checks.store();
    checks.runs(move.from());
    checks.runs(move.to());
    checks.leader();
    checks.settings();
    checks.lock();
    checks.target();
    checks.streams();
    checks.siblings();
    checks.notDetached();
    return checks.rows.all();
  }

  /** The checks before a move whose old leader may be gone: the leader and the candidate. */
  public static List<CheckRow> ofFailover(
      Move move, ObservedMembers observed, ObservedPatroni patroni) {
    PatroniChecks checks = new PatroniChecks(move, observed, patroni, List.of());
    checks.store();
    checks.runs(move.to());
    checks.noOtherLeader();
    checks.settings();
    checks.promotable();
    return checks.rows.all();
  }

  private void store() {
    Optional<PatroniFailure> silent = patroni.storeSilent();
    rows.must(
        patroni.cluster().isPresent(),
        STORE,
        PATRONI,
        patroni.cluster().isPresent()
            ? "answers"
            : silent.map(PatroniFailure::message).orElse("not known: no Patroni answers"),
        "answers: without it Patroni promotes no member",
        silent.map(failure -> failure.code().hint()).orElse("start Patroni of a member"));
  }

  private void runs(Instance member) {
    rows.must(
        patroni.runs(member.id()),
        MEMBER,
        member.id(),
        state(member),
        "answers, its server running",
        "read the log of Patroni on its host");
  }

  private String state(Instance member) {
    return patroni
        .member(member.id())
        .map(seen -> "'" + seen.state() + "'")
        .orElseGet(() -> patroni.whySilent(member.id()));
  }

  private void leader() {
    InstanceId from = move.from().id();
    rows.must(
        patroni.leaders().equals(List.of(from)) && patroni.lock().filter(from::equals).isPresent(),
        "leader",
        PATRONI,
        String.format(
            "%s by their own word, %s by the lock",
            patroni.leaders(), patroni.lock().map(InstanceId::value).orElse("no member")),
        from + ", which accepts writes, by both",
        "`patronictl list`; read the logs of Patroni");
  }

  private void noOtherLeader() {
    InstanceId old = move.from().id();
    List<InstanceId> others =
        patroni.leaders().stream().filter(leader -> !leader.equals(old)).toList();
    boolean another = patroni.lock().filter(lock -> !lock.equals(old)).isPresent();
    rows.must(
        others.isEmpty() && !another,
        "other-leaders",
        PATRONI,
        others.isEmpty() && !another
            ? "none"
            : String.format(
                "%s by their own word, %s by the lock",
                others, patroni.lock().map(InstanceId::value).orElse("no member")),
        "none beside " + old,
        "Patroni promoted it: `mooring status` shows the cluster");
  }

  private void settings() {
    patroni.settings().ifPresent(this::settings);
  }

  private void settings(PatroniSettings settings) {
    rows.must(
        !settings.paused(),
        "pause",
        PATRONI,
        settings.paused() ? "paused" : "not paused",
        "not paused: nothing stops an old leader then",
        "`patronictl resume`, once the reason for the pause is gone");
    List<InstanceId> without =
        patroni.seen().members().stream()
            .filter(member -> member.has(Fact.FAILSAFE))
            .map(MemberSeen::instance)
            .toList();
    rows.must(
        without.isEmpty(),
        "failsafe",
        PATRONI,
        without.isEmpty() ? "no leader keeps its role without the store" : without + " does",
        "no leader keeps its role without the store",
        "make the store reachable first: a move needs it");
  }

  /** In a planned move the old leader is stopped cleanly, and its lock does not expire. */
  private void lock() {
    patroni
        .settings()
        .map(PatroniSettings::times)
        .ifPresent(
            times ->
                rows.wanted(
                    times.letsAnOldLeaderStop(),
                    "leader-lock",
                    PATRONI,
                    "ttl " + times.ttl().toSeconds() + " s",
                    "at least loop_wait + 2 * retry_timeout, " + times.needed().toSeconds() + " s",
                    "an old leader may still write when a new one begins: `mooring check` says"
                        + " more"));
  }

  /** By the file the old leader may write there: a move names its target before Patroni acts. */
  private boolean lets(Authority authority) {
    String old = move.from().id().value();
    return PatroniHooks.lets(authority, move.to().id())
        || (move.sharesHost() && authority.writer().equals(old));
  }

  /** What Patroni's hook asks before a promotion; a person may have forbidden it by hand. */
  private void promotable() {
    InstanceId to = move.to().id();
    HandProcedure words = new HandProcedure(move);
    Optional<Authority> said = observed.role(move.to()).map(InstanceRole::authority);
    rows.must(
        said.filter(this::lets).isPresent(),
        "promotion-right",
        to,
        said.map(
                authority ->
                    lets(authority) ? "allows its promotion" : PatroniStanding.named(authority))
            .orElseGet(() -> observed.whyUnread(move.to())),
        "an authority file that names it, names no writer yet, or names Patroni",
        move.fromIsGone()
            ? "if it may be promoted: " + words.typed(move.to(), words.named(move.to()))
            : "`mooring adopt` of the leader allows Patroni to promote all others again");
    rows.must(
        patroni.member(to).filter(m -> m.has(Fact.NO_FAILOVER)).isEmpty(),
        TAG,
        to,
        patroni
            .member(to)
            .map(seen -> seen.has(Fact.NO_FAILOVER) ? "nofailover" : "may be promoted")
            .orElse("not known"),
        "not nofailover",
        "name another one: Patroni refuses to promote it");
  }

  private void target() {
    promotable();
    Optional<MemberSeen> from = patroni.member(move.from().id());
    Optional<MemberSeen> to = patroni.member(move.to().id());
    rows.must(
        to.filter(seen -> seen.role() == Role.REPLICA).isPresent()
            && from.map(MemberSeen::timeline).equals(to.map(MemberSeen::timeline)),
        ROLE,
        move.to().id(),
        to.map(seen -> seen.role() + " on " + seen.timeline()).orElse("not known"),
        "REPLICA on the timeline of " + move.from().id(),
        "`mooring resilver` makes it anew");
    long limit = lagLimit();
    List<Lag> lag = patroni.listed(move.to().id()).map(ListedMember::lag).orElse(List.of());
    rows.must(
        lag.stream().anyMatch(behind -> behind.bytes() <= limit),
        LAG,
        move.to().id(),
        lag.isEmpty() ? "not known" : lag.get(0).bytes() + " bytes",
        "at most " + limit + " (replication.maxLagBytes, maximum_lag_on_failover)",
        "wait, or find out what delays it");
    synchronous();
  }

  private long lagLimit() {
    long own = move.policy().replication().limits().lagBytes();
    return patroni.settings().map(s -> Math.min(own, s.maximumLagBytes())).orElse(own);
  }

  private void synchronous() {
    Synchronous mode = patroni.synchronous();
    if (mode == Synchronous.OFF) {
      return;
    }
    String name =
        patroni.policy().member(move.to().id()).map(PatroniPolicy.Member::name).orElse("");
    String sync =
        observed.member(move.from()).stream()
            .flatMap(from -> from.senders().stream())
            .filter(sender -> sender.application().equals(name))
            .map(sender -> sender.sync())
            .findFirst()
            .orElse("not attached");
    rows.must(
        SynchronousCommits.counts(sync),
        SYNC_STATE,
        move.to().id(),
        sync,
        "sync or quorum, by synchronous_mode " + mode.name().toLowerCase(Locale.ROOT),
        "Patroni moves to a standby that commits wait for: name that standby");
    rows.must(
        mode == Synchronous.QUORUM || patroni.waitedFor(move.to().id()),
        SYNC_STANDBY,
        move.to().id(),
        patroni.waitedFor(move.to().id()) ? "sync_standby" : "no commit waits for it",
        "sync_standby by the store: Patroni refuses to move to another",
        "name the standby that `patronictl list` calls Sync Standby");
  }

  private void streams() {
    Optional<Receiver> receiver =
        observed.member(move.to()).map(MemberObserved::receivers).stream()
            .flatMap(List::stream)
            .findFirst();
    rows.must(
        receiver.filter(r -> r.senderPort() == move.from().port()).isPresent(),
        Preflight.UPSTREAM,
        move.to().id(),
        receiver.map(r -> r.senderHost() + ":" + r.senderPort()).orElse("none"),
        "port " + move.from().port() + " of " + move.from().id(),
        "make it stream from the leader: its log shows the cause");
  }

  private void siblings() {
    for (Instance sibling : move.siblings()) {
      rows.by(
          PreflightRule.SIBLINGS.text(),
          patroni.runs(sibling.id()),
          MEMBER,
          sibling.id(),
          state(sibling),
          "answers, its server running",
          "fix it, or move without it: Patroni makes it follow once it can");
    }
  }

  private void notDetached() {
    if (!move.detached().isEmpty()) {
      rows.wrong(
          StopChecks.DETACH,
          PATRONI,
          move.detached().stream().map(Instance::id).toList().toString(),
          "none: Patroni would attach it again at once",
          "stop Patroni of that member for the move");
    }
  }
}
