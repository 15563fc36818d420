package dev.mooring.runbook.failover;

import dev.mooring.port.PatroniHooks;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.Runbook;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.EndpointRows;
import dev.mooring.runbook.checks.SettingRows;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.checks.SurroundingsChecks;
import dev.mooring.runbook.checks.TargetAuthorityRow;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.members.Move;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** The checks before a standby is promoted in the place of a primary that is gone. */
final class FailoverChecks {
  private final FailoverRequest request;
  private final ObservedFailover observed;
  private final Move move;

  /** Whether the approval overrides rules that the request could not override. */
  private final boolean byApproval;

  private FailoverChecks(
      FailoverRequest request, ObservedFailover observed, Move move, boolean byApproval) {
    this.request = request;
    this.observed = observed;
    this.move = move;
    this.byApproval = byApproval;
  }

  static List<CheckRow> of(FailoverRequest request, ObservedFailover observed, Move move) {
    FailoverChecks checks =
        new FailoverChecks(request, observed, move, request.isOverriddenByApproval());
    List<CheckRow> rows = new ArrayList<>();
    rows.add(checks.gone());
    rows.addAll(checks.fence());
    request.from().ifPresent(named -> rows.add(checks.nobodyElse(named)));
    rows.addAll(
        SurroundingsChecks.otherManagers(
            FailoverRule.OTHER_MANAGERS.text(),
            request.overrides(FailoverRule.OTHER_MANAGERS),
            move.cluster().members(),
            observed.all()));
    if (!FetchMissingWal.isPlanned(observed, move)) {
      rows.addAll(checks.lossIsKnown());
    }
    rows.addAll(checks.others());
    return rows;
  }

  /** The checks for a cluster that Patroni manages: Patroni fences the old primary. */
  static List<CheckRow> whereDriven(FailoverRequest request, ObservedFailover observed, Move move) {
    FailoverChecks checks = new FailoverChecks(request, observed, move, false);
    List<CheckRow> rows = new ArrayList<>(List.of(checks.gone()));
    rows.addAll(checks.others());
    return rows;
  }

  /**
   * The checks of what a promotion loses, judged by what the standbys have now.
   *
   * @param claimed whether the plan says that no acknowledged commit is lost
   * @param reported whether the loss is known from another source than the standbys, or was
   *     accepted
   */
  static List<CheckRow> ofItsLoss(
      FailoverRequest request,
      ObservedFailover observed,
      Move move,
      boolean claimed,
      boolean reported) {
    FailoverChecks checks = new FailoverChecks(request, observed, move, false);
    List<CheckRow> rows = new ArrayList<>(List.of(checks.waitedFor()));
    if (claimed) {
      rows.add(checks.asClaimed());
    }
    boolean judged = claimed && !request.overrides(FailoverRule.WAITED_FOR);
    if (!reported && !judged) {
      rows.addAll(checks.lossIsKnown());
    }
    rows.add(checks.loss(Candidate::lacksBytes));
    return rows;
  }

  /** The approval of a plan that loses no acknowledged commit is none of another loss. */
  private CheckRow asClaimed() {
    Optional<Candidate> one = observed.candidate(move.to());
    return CheckRow.by(
        FailoverRule.WAITED_FOR.text(),
        request.overrides(FailoverRule.WAITED_FOR),
        one.filter(Candidate::hasAll).isPresent(),
        "lost-commits",
        move.to().id(),
        one.map(candidate -> candidate.loss().words()).orElse("it does not answer"),
        "no commit that was acknowledged, as the plan says",
        "plan again");
  }

  /** The checks that do not depend on who fences the old primary. */
  private List<CheckRow> others() {
    List<CheckRow> rows = new ArrayList<>();
    observed.all().role(observed.old()).ifPresent(role -> rows.addAll(wasTheLast(role)));
    rows.add(nobodyWrites());
    rows.addAll(nobodyStarts());
    if (!observed.isTimelineKnown()) {
      rows.add(timeline());
    }
    rows.add(lineage());
    rows.add(onItsHost());
    if (!DrivenFromOutside.is(move.cluster())) {
      observed.all().role(move.to()).ifPresent(to -> rows.add(TargetAuthorityRow.of(move, to)));
    }
    rows.add(waitedFor());
    rows.addAll(unwaited());
    rows.addAll(CandidateChecks.of(request, observed, move));
    rows.add(excluded());
    rows.add(loss(this::lacksAfterwards));
    observed
        .all()
        .member(move.to())
        .ifPresent(seen -> rows.addAll(List.of(untilItWrites(seen), SettingRows.writable(seen))));
    if (move.cluster().approvals().persons(Runbook.FAILOVER.type()) > 1) {
      rows.add(persons());
    }
    for (Instance sibling : move.siblings()) {
      rows.add(sibling(sibling));
      observed.all().member(sibling).map(StreamingRows::late).ifPresent(rows::addAll);
    }
    // what only fails later does not block a promotion
    move.cluster().members().stream()
        .flatMap(member -> SurroundingsChecks.later(member, move, observed.all()).stream())
        .forEach(row -> rows.add(row.unblocking()));
    // no endpoint keeps a primary from being promoted
    EndpointRows.of(move.policy(), observed.all().endpoints())
        .forEach(row -> rows.add(row.unblocking()));
    rows.addAll(addresses());
    return rows;
  }

  /** A row whose id is the name of its rule. */
  private CheckRow by(
      FailoverRule rule, boolean holds, Object subject, String seen, String limit, String remedy) {
    boolean overridden = request.overrides(rule) || (byApproval && rule.isOverriddenByApproval());
    return CheckRow.by(rule.text(), overridden, holds, rule.text(), subject, seen, limit, remedy);
  }

  /** How an operator overrides the rule. */
  private String overriding(FailoverRule rule) {
    return String.format(
        byApproval
            ? "approve this plan, which overrides %s, with a reason"
            : "plan with `--override %s --reason WHY`",
        rule.text());
  }

  private CheckRow gone() {
    return by(
        FailoverRule.PRIMARY_GONE,
        observed.verdict().state().isGone(),
        observed.old().id(),
        observed.verdict().state() + ": " + observed.verdict().why(),
        "gone, as its witnesses saw",
        "use `mooring switchover` for a primary that answers; a primary that is unreachable or"
            + " hangs, and may accept writes, is fenced first: "
            + overriding(FailoverRule.PRIMARY_GONE));
  }

  private List<CheckRow> fence() {
    Optional<FenceCommand> command = FenceMeans.command(observed, move, request);
    FenceMeans means = FenceMeans.of(observed, command, request.lost());
    CheckRow row =
        CheckRow.must(
            means != FenceMeans.NONE,
            "fence-method",
            observed.old().id(),
            FenceMeans.inWords(observed, move, request),
            "a proof that it can't write any more",
            observed.old().host()
                + " does not answer: let its SSH answer; or name a command that powers it off in"
                + " failover.fences; or power it off, keep it off, and run with `--lost '"
                + observed.old().id()
                + " is lost: WHY' --override "
                + (observed.verdict().state().isGone()
                    ? ""
                    : FailoverRule.PRIMARY_GONE.text() + ",")
                + "after-reboot --reason WHY`, which the receipt keeps under your name");
    return means == FenceMeans.COMMAND || means == FenceMeans.ATTESTED
        ? List.of(row, afterReboot())
        : List.of(row);
  }

  /** A power-off or an attested loss leaves no fence on the disks; the host may boot again. */
  private CheckRow afterReboot() {
    boolean staysDown = observed.before().staysDown(move.policy().failover());
    String unshown =
        move.policy().failover().startsAfterReboot()
            ? "starts automatically, because guard.afterReboot is start"
            : "nothing shows that its launcher asks `mooring-guard --this-boot`";
    return by(
        FailoverRule.AFTER_REBOOT,
        staysDown,
        observed.old().id(),
        staysDown ? "kept down by the guard, as its rehearsal showed" : unshown,
        "started by `mooring start-primary` alone once its host is on again",
        String.format(
            "make sure that host %s stays off (or off the network), and that nothing starts %s as a"
                + " primary when it is on again, then %s",
            observed.old().host(), observed.old().id(), overriding(FailoverRule.AFTER_REBOOT)));
  }

  /** The named instance may be the wrong one while the real primary still writes unobserved. */
  private CheckRow nobodyElse(InstanceId named) {
    List<String> others = OldPrimary.othersThanNamed(move.cluster(), observed.all(), named);
    return CheckRow.must(
        others.isEmpty(),
        "old-primary",
        "",
        others.isEmpty() ? named + ", as named" : String.join("; ", others),
        "no other silent member that authority files or standbys name",
        "make its server or its host reachable, or name it with --from");
  }

  /**
   * A former primary is easily fenced while the instance that replaced it still writes unobserved.
   */
  private List<CheckRow> wasTheLast(InstanceRole role) {
    InstanceId old = observed.old().id();
    boolean superseded =
        role.start().fencedEpoch() != 0
            || role.start().standbySignal()
            || !PatroniHooks.lets(role.authority(), old);
    List<InstanceId> unread =
        move.cluster().members().stream()
            .filter(member -> observed.all().role(member).isEmpty())
            .map(Instance::id)
            .toList();
    TimelineId wrote = role.control().timelineReached();
    return List.of(
        CheckRow.must(
            !superseded || unread.isEmpty(),
            "right-to-write",
            old,
            superseded
                ? "taken from it before; the hosts of " + unread + " are silent"
                : "not taken from it",
            "not taken from it, or every other host read",
            "another may have been promoted since, and accept writes: make "
                + unread
                + " reachable, or name the last primary with --from"),
        CheckRow.must(
            wrote.equals(observed.lineage().timeline()),
            "timeline",
            old,
            wrote + " by its host",
            "that of the standbys, " + observed.lineage().timeline(),
            "on a higher timeline it has commits that no standby has, and on a lower one another"
                + " instance took its place: `mooring start-primary` starts the right one"));
  }

  private CheckRow nobodyWrites() {
    List<String> writing =
        observed.all().members().stream()
            .filter(member -> !member.standing().inRecovery())
            .map(member -> member.instance().value())
            .filter(id -> !id.equals(observed.old().id().value()))
            .toList();
    return CheckRow.must(
        writing.isEmpty(),
        "other-writers",
        "",
        writing.isEmpty() ? "none" : String.join(", ", writing),
        "none that accepts writes beside " + observed.old().id(),
        "a person or another run promoted it. Decide which primary stays: `mooring adopt` keeps"
            + " that one and fences the other");
  }

  /** A run promoted it, it stopped since, and its host would start it as a primary. */
  private List<CheckRow> nobodyStarts() {
    return move.cluster().members().stream()
        .filter(member -> !member.equals(observed.old()))
        .filter(
            member ->
                observed
                    .all()
                    .role(member)
                    .filter(InstanceRole::wouldWrite)
                    .filter(role -> role.authority().writer().equals(member.id().value()))
                    .isPresent())
        .map(
            member ->
                CheckRow.must(
                    false,
                    "next-start",
                    member.id(),
                    "as a primary: its host says that it may write",
                    "as a standby",
                    "create standby.signal in its data directory, then plan again"))
        .toList();
  }

  /**
   * The row passes in a run that waits: a row of {@link UnattendedChecks} asks a person instead.
   */
  private CheckRow timeline() {
    return CheckRow.must(
        request.to().isPresent() || request.waits(),
        "last-timeline",
        "",
        observed.timelines()
            + " by the standbys, and the host of "
            + observed.old().id()
            + " is silent",
        "one timeline by all of them, or read on that host, or the timeline of a standby that a"
            + " person names",
        "find out which of them followed the primary last, and name one on the highest timeline"
            + " with --to");
  }

  private CheckRow lineage() {
    Optional<Candidate> candidate = observed.candidate(move.to());
    String against = candidate.map(Candidate::against).orElse("it does not answer");
    return CheckRow.must(
        against.isEmpty(),
        "candidate",
        move.to().id(),
        against.isEmpty() ? "a standby on timeline " + observed.lineage().timeline() : against,
        "a standby of system "
            + observed.lineage().system()
            + " on timeline "
            + observed.lineage().timeline(),
        "choose another with --to");
  }

  private CheckRow onItsHost() {
    Optional<InstanceRole> role = observed.all().role(move.to());
    boolean good = role.filter(InstanceRole::standsBy).isPresent();
    return CheckRow.must(
        good,
        "role-on-host",
        move.to().id(),
        role.map(seen -> seen.standsBy() ? "standby" : "no standby: " + seen.control().state())
            .orElse("not read"),
        "read, and a standby",
        "choose another with --to");
  }

  private CheckRow waitedFor() {
    Optional<Candidate> one = observed.candidate(move.to());
    return by(
        FailoverRule.WAITED_FOR,
        one.filter(Candidate::mayTakeItsPlace).isPresent(),
        move.to().id(),
        one.map(seen -> seen.waits().words()).orElse("it does not answer"),
        "a standby that every commit waited for, or one that has all WAL that enough of those have",
        "choose one of replication.synchronous with --to");
  }

  /** If commits wait for standbys: roles and databases whose commits don't may lose theirs. */
  private List<CheckRow> unwaited() {
    List<String> unwaited = Candidates.unwaited(observed.all().members());
    return unwaited.isEmpty()
            || observed.standbys().ranked().stream().noneMatch(Candidate::someWait)
        ? List.of()
        : List.of(
            CheckRow.wanted(
                false,
                "asynchronous-commits",
                "",
                String.join(", ", unwaited),
                "set for no role or database, because commits of others wait for standbys",
                "what they committed last may be lost with any candidate; afterwards ALTER ROLE or"
                    + " ALTER DATABASE ... RESET synchronous_commit if that is not intended"));
  }

  private CheckRow excluded() {
    boolean excluded = observed.candidate(move.to()).filter(Candidate::excluded).isPresent();
    return by(
        FailoverRule.EXCLUDED,
        !excluded,
        move.to().id(),
        excluded ? "named in failover.exclude" : "not named in failover.exclude",
        "not named there",
        "choose another with --to");
  }

  /** A candidate that replays longer than that is given up before it accepts writes. */
  private CheckRow untilItWrites(MemberObserved seen) {
    Duration within = move.policy().failover().promoteWithin();
    return CheckRow.wanted(
        ReplayPace.left(observed.standbys().paces(), seen)
            .filter(takes -> takes.compareTo(within) <= 0)
            .isPresent(),
        "replay-time",
        move.to().id(),
        ReplayPace.inWords(observed.standbys().paces(), seen),
        "less than failover.promoteWithin, " + DurationText.of(within),
        "wait until it has replayed, raise failover.promoteWithin, or choose another with --to");
  }

  private CheckRow persons() {
    boolean broken = request.overrides(FailoverRule.SECOND_PERSON);
    return by(
        FailoverRule.SECOND_PERSON,
        !broken,
        "",
        broken ? "approved by 1 person" : "approved by 2 persons",
        "approved by 2, as approvals.persons.failover says",
        "");
  }

  /** WAL to be fetched from the old primary's disk is judged after the fetch. */
  private long lacksAfterwards(Candidate one) {
    return FetchMissingWal.isPlanned(observed, move) && !request.overrides(FailoverRule.FETCH_WAL)
        ? one.lag().bytes()
        : one.lacksBytes();
  }

  private CheckRow loss(ToLongFunction<Candidate> counts) {
    long limit = move.policy().failover().maxLossBytes();
    long behind = observed.candidate(move.to()).map(one -> one.lag().bytes()).orElse(-1L);
    long lacks = observed.candidate(move.to()).map(counts::applyAsLong).orElse(-1L);
    return by(
        FailoverRule.LOSS_LIMIT,
        behind >= 0 && (limit < 0 || lacks <= limit),
        move.to().id(),
        behind < 0
            ? "not comparable"
            : behind + " bytes behind the furthest standby that was read" + onTheOldDisk(),
        limit < 0 ? "comparable" : "at most " + limit + " bytes",
        "choose the furthest with --to, or start the old primary if its disk is intact");
  }

  /** An unknown loss counts as more than any limit. */
  private List<CheckRow> lossIsKnown() {
    LossUnattended beforeSilence = new LossUnattended(observed, move);
    return move.policy().failover().maxLossBytes() < 0
        ? List.of()
        : List.of(
            by(
                FailoverRule.FETCH_WAL,
                observed.isLossKnown(move.to()) || beforeSilence.isSeen(),
                move.to().id(),
                request.waits()
                    ? beforeSilence.seen()
                    : observed
                        .candidate(move.to())
                        .map(one -> one.loss().words())
                        .orElse("it does not answer"),
                request.waits()
                    ? "a loss that is known, and at most failover.maxLossBytes"
                    : "a loss that is known from the standbys, or from the old primary's disk",
                String.format(
                    "make host %s reachable, or standbys that commits waited for; if you may accept"
                        + " the loss, %s",
                    observed.old().host(), overriding(FailoverRule.FETCH_WAL))));
  }

  private String onTheOldDisk() {
    long more = observed.candidate(move.to()).map(one -> one.lag().onTheOldDisk()).orElse(0L);
    return more == 0
        ? ""
        : String.format(", at least %d bytes behind the disk of %s", more, observed.old().id());
  }

  private CheckRow sibling(Instance sibling) {
    boolean follows = observed.canFollow(sibling);
    String seen =
        observed
            .all()
            .member(sibling)
            .map(MemberObserved::standing)
            .map(standing -> standing.inRecovery() ? "a standby" : "accepts writes")
            .orElse("silent");
    return CheckRow.wanted(
        follows,
        "role",
        sibling.id(),
        seen,
        "a standby that answers, over SQL and on its host",
        "it does not follow " + move.to().id() + ": `mooring resilver` afterwards");
  }

  /** An address can't move between two instances on one host; this does not block the promotion. */
  private List<CheckRow> addresses() {
    return move.addressesThatStay().stream()
        .map(
            address ->
                CheckRow.wanted(
                    false,
                    "shared-hosts",
                    address.name(),
                    observed.old().id() + " and " + move.to().id() + " on " + move.to().host(),
                    "a host for each: an address points at a host, on every port",
                    "connect clients to the port of " + move.to().id() + " afterwards"))
        .toList();
  }
}
