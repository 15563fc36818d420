package dev.mooring.runbook.failover;

import static java.util.Locale.ROOT;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.Failsafe;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.PatroniActivities.Synchronous;
import dev.mooring.port.PatroniWatchdog;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.PatroniChecks;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.runbook.patroni.PatroniHandProcedure;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A failover by Patroni: its leader lock is the fence, with its watchdog. */
final class PatroniFailover implements FailoverMeans {
  private final Cluster cluster;
  private final FailoverRequest request;
  private final PatroniCalls calls;
  private @Nullable ObservedPatroni observed;

  PatroniFailover(Cluster cluster, FailoverRequest request) {
    this.cluster = cluster;
    this.request = request;
    this.calls = new PatroniCalls(cluster);
  }

  PatroniCalls calls() {
    return calls;
  }

  private ObservedPatroni seen() {
    return Objects.requireNonNull(observed, "nothing was observed yet");
  }

  /** The times of the leader lock; the store answered, or the run was refused. */
  LockTimes times() {
    return seen().settings().map(PatroniSettings::times).orElseThrow();
  }

  /** The time limit for Patroni: the lock of a dead leader must expire first. */
  Duration within(Move move) {
    return move.policy().failover().promoteWithin().plus(times().ttl()).plus(times().loopWait());
  }

  /** While the store is silent no member is promoted, and a plan shows the procedure by hand. */
  @Override
  public Verdict<Instance> old(Call call, ObservedMembers all) {
    ObservedPatroni now = calls.observe(call, cluster.policies().publish().site());
    observed = now;
    Verdict<Instance> found = OldPrimary.of(cluster, all, request.from().or(now::ledLast));
    boolean planned = request.mode() == Mode.PLAN && found instanceof Verdict.Proceed<Instance>;
    if (now.storeSilent().isPresent() && !planned) {
      return Verdict.never(
          FailureCode.PATRONI_STORE_SILENT,
          String.format(
              "Patroni promotes no member of %s while its store is silent, and Mooring does not act"
                  + " beside it: %s; `mooring plan failover %s --from INSTANCE`, with the last"
                  + " leader, prints the steps by hand",
              cluster.name(), now.storeSilent().get().message(), cluster.name()));
    }
    return found;
  }

  @Override
  public List<CheckRow> checks(ObservedFailover looked, Move move) {
    List<CheckRow> rows = new ArrayList<>(FailoverChecks.whereDriven(request, looked, move));
    rows.add(leads(move.from().id()));
    rows.addAll(PatroniChecks.ofFailover(move, looked.all(), seen()));
    seen().settings().ifPresent(settings -> rows.addAll(fence(settings)));
    rows.add(watchdog(move.from(), looked.all()));
    if (seen().synchronous() != Synchronous.OFF) {
      rows.add(waitedFor(move.to().id()));
    }
    return rows;
  }

  /** Patroni promotes the member that is named; commits that only others have are lost. */
  private CheckRow waitedFor(InstanceId to) {
    boolean waited = seen().waitedFor(to);
    return CheckRow.by(
        FailoverRule.WAITED_FOR.text(),
        request.overrides(FailoverRule.WAITED_FOR),
        waited,
        "sync-standby",
        to,
        waited ? "sync_standby" : "no commit is known to have waited for it",
        "sync_standby, as synchronous_mode is " + seen().synchronous().name().toLowerCase(ROOT),
        "choose the standby that `patronictl list` calls Sync Standby with --to: another may lack"
            + " commits that were acknowledged");
  }

  /** What stops an old leader that can't reach the store. */
  private List<CheckRow> fence(PatroniSettings settings) {
    LockTimes times = settings.times();
    boolean on = settings.failsafe() == Failsafe.ON;
    return List.of(
        CheckRow.by(
            FailoverRule.LEADER_LOCK.text(),
            request.overrides(FailoverRule.LEADER_LOCK),
            times.letsAnOldLeaderStop(),
            FailoverRule.LEADER_LOCK.text(),
            PatroniChecks.PATRONI,
            "ttl " + DurationText.of(times.ttl()),
            "at least loop_wait + 2 * retry_timeout, " + DurationText.of(times.needed()),
            "raise ttl by `patronictl edit-config`: an old leader may still write when a new one"
                + " begins"),
        CheckRow.wanted(
            on,
            "failsafe-mode",
            PatroniChecks.PATRONI,
            on ? "on" : "off",
            "on: without the store the leader stays the leader while it reaches every member",
            "once this is over set failsafe_mode: true by `patronictl edit-config`"));
  }

  /** Only the watchdog stops a leader whose Patroni hangs. */
  private static CheckRow watchdog(Instance old, ObservedMembers observed) {
    List<PatroniWatchdog> seen = watchdogOf(old, observed);
    return CheckRow.wanted(
        seen.stream().anyMatch(PatroniWatchdog::stands),
        "watchdog",
        old.id(),
        PatroniWatchdog.inWords(seen),
        "required, and its device can be written",
        "verify on its host that no process of its server runs: only a watchdog stops a leader"
            + " whose Patroni hangs");
  }

  /** The watchdog as its host reports it; empty if the host does not. */
  static List<PatroniWatchdog> watchdogOf(Instance member, ObservedMembers observed) {
    return observed.role(member).stream()
        .flatMap(role -> role.hooks().stream())
        .flatMap(hooks -> hooks.watchdog().stream())
        .toList();
  }

  private CheckRow leads(InstanceId old) {
    boolean leads = seen().leaders().contains(old);
    return CheckRow.by(
        FailoverRule.PRIMARY_GONE.text(),
        request.overrides(FailoverRule.PRIMARY_GONE),
        !leads,
        "old-leader",
        PatroniChecks.PATRONI,
        old
            + (leads
                ? " is the leader by its own report"
                : seen()
                    .member(old)
                    .map(member -> ": '" + member.state() + "'")
                    .orElseGet(() -> ": " + seen().whySilent(old))),
        "no leader that runs",
        "a leader that runs is moved by `mooring switchover`; if the rule is overridden Patroni"
            + " stops it first");
  }

  @Override
  public List<String> objects(ObservedFailover looked, Move move, List<Instance> followers) {
    List<String> objects = new ArrayList<>();
    objects.add(
        String.format(
            "%s: the leader, system %s, timeline %s; kept from writing by Patroni's leader lock%s",
            looked.old().id(),
            looked.lineage().system(),
            looked.lineage().timeline(),
            seen()
                .settings()
                .map(s -> " (ttl " + DurationText.of(s.times().ttl()) + ")")
                .orElse("")));
    objects.add(
        "the authority of " + move.to().id() + "'s host allows its promotion, and names it");
    objects.addAll(FailoverPlan.whereDriven(looked, move, followers));
    return objects;
  }

  @Override
  public List<String> byHand(ObservedFailover looked, Move move) {
    boolean answers = !looked.hostAnswersTo().isEmpty();
    PatroniHandProcedure acts = new PatroniHandProcedure(move, seen().policy());
    return seen().storeSilent().isPresent() ? acts.withoutStore(answers) : acts.failover(answers);
  }

  /** If the store is silent, the procedure by hand keeps Patroni from acting. */
  @Override
  public boolean isLeftOutByHand(CheckRow row) {
    return seen().storeSilent().isPresent() && row.is(PatroniChecks.STORE, PatroniChecks.PATRONI);
  }
}
