package dev.mooring.runbook.failover;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities.LastWrite;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.MeantSystem;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.ObservedFailover.Lineage;
import dev.mooring.runbook.failover.ObservedFailover.Standbys;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Observes and judges a failover: for the plan, and again under the locks. */
final class FailoverLook {
  /** How long the silence observed for the plan counts towards the silence under the locks. */
  private static final Duration A_MOMENT = Duration.ofMinutes(2);

  private final RunContext context;
  private final FailoverRequest request;
  private final FailoverCalls ports;
  private final FailoverMeans means;
  private final Unattended unattended;
  private final Ranking ranking;
  private final ObservationsBeside beside;
  private @Nullable ObservedFailover observed;
  private @Nullable Move move;
  private boolean briefly;
  private boolean claimed;
  private long locked;
  private long looked;
  private Duration silentFor = Duration.ZERO;
  private Optional<Instant> silentSince = Optional.empty();
  private List<ReplayPace> paces = List.of();
  private List<WalHeld> held = List.of();
  private List<CheckRow> checks = List.of();
  private List<CheckRow> byApproval = List.of();
  private List<String> objects = List.of();

  FailoverLook(RunContext context, FailoverRequest request, FailoverMeans means) {
    this.context = context;
    this.means = means;
    this.unattended = new Unattended(context, request);
    this.request = request;
    this.ports = new FailoverCalls(context.cluster());
    this.ranking = new Ranking(context.cluster());
    this.beside = ports.beside();
  }

  ObservedFailover observed() {
    return Objects.requireNonNull(observed, "nothing was observed yet");
  }

  Move move() {
    return Objects.requireNonNull(move, "nothing was observed yet");
  }

  /** All rows, with those that require a person. */
  List<CheckRow> checks() {
    return Stream.concat(checks.stream(), unattended.rows().stream()).toList();
  }

  /** The receipt is kept at the candidate's site, because the old primary's site may be lost. */
  SiteName receiptSite() {
    Move wanted = move;
    return wanted == null ? context.cluster().policies().publish().site() : wanted.to().site();
  }

  /** The standbys that answer and follow the candidate after its promotion. */
  List<Instance> followers() {
    return move().siblings().stream().filter(observed()::canFollow).toList();
  }

  /**
   * The followers that have more of the old primary's WAL than the candidate: they are past the
   * fork, and a wait for one of them would never end.
   */
  List<Instance> ahead() {
    long behind = observed().candidate(move().to()).map(one -> one.lag().bytes()).orElse(0L);
    return followers().stream()
        .filter(
            one ->
                observed()
                    .candidate(one)
                    .filter(Candidate::mayBePromoted)
                    .filter(other -> other.lag().bytes() < behind)
                    .isPresent())
        .toList();
  }

  /**
   * Observes everything. Under the locks one observation is enough if the primary's host reports
   * its state; silence counts only if it lasts.
   */
  private void look(FailoverStep step) {
    int atLeast = step == FailoverStep.OBSERVE_AGAIN ? 1 : WitnessCheck.LOOKS;
    Cluster cluster = context.cluster();
    List<String> notCompared = context.oneFileEverywhere();
    briefly = isSilentSinceThePlan(step);
    Optional<Witnesses.Asked> before = askedAgain(step, atLeast);
    ObservedMembers around = around(step);
    Instance old = RunContext.refuseUnless(means.old(context.run().call(step), around));
    briefly = briefly && observed().old().equals(old) && nobodyStreamsAnew(around);
    requireLossOf(old.id());
    boolean toPlan = step == FailoverStep.OBSERVE;
    if (toPlan) {
      beside.beginHeld(context.run().call(step), around, old);
    }
    Witnesses.Heard heard = heard(step, atLeast, old, before);
    ObservedMembers all = beside.heard(around);
    if (toPlan) {
      paces = paces(context.run().call(step), all);
      held = beside.held();
    }
    ObservedFailover seen = ranked(step, all, old, heard);
    MeantSystem.refuseUnless(
        cluster.name(), seen.lineage().system(), request.systemIdentifierEnds());
    looked = Workflow.currentTimeMillis();
    unattended.looksAnew();
    judge(step, seen);
    context.run().note(step, looked(seen, notCompared));
  }

  private void judge(FailoverStep step, ObservedFailover seen) {
    observed = seen;
    move =
        Move.withoutOld(
                context.cluster(),
                seen.old(),
                CandidateChoice.of(context.cluster(), request.to(), seen))
            .among(context.cluster().members().stream().filter(seen::canFollow).toList());
    checks = with(seen.heard().machines().row(seen.old()), means.checks(seen, move()));
    unattended.judge(seen, move(), checks);
    byApproval = overriddenByApproval(step == FailoverStep.OBSERVE_AGAIN ? byApproval : List.of());
    objects =
        Stream.concat(
                means.objects(seen, move(), followers()).stream(),
                byApproval.stream().map(FailoverLook::overrides))
            .toList();
  }

  /**
   * The rows that the approval of the plan overrides, each rule once.
   *
   * @param approved those of the plan that was approved: they stay even if the rule holds now, as
   *     otherwise the plan would differ from the approved one
   */
  private List<CheckRow> overriddenByApproval(List<CheckRow> approved) {
    List<CheckRow> rows = new ArrayList<>(approved);
    checks.stream()
        .filter(row -> request.isOverriddenByApproval() && row.verdict() == Judged.OVERRIDDEN)
        .filter(row -> rows.stream().noneMatch(before -> before.rule().equals(row.rule())))
        .forEach(rows::add);
    return rows;
  }

  private static String overrides(CheckRow row) {
    return String.format(
        "approving this plan overrides %s of %s: must be %s",
        row.rule(), row.subject(), row.limit());
  }

  List<String> overriddenByApproval() {
    return byApproval.stream().map(CheckRow::rule).toList();
  }

  /**
   * Whether the loss is known from the primary's last write position, or the approver accepted it:
   * then the standbys need not prove it again.
   */
  boolean isLossLetBe() {
    return request.isOverriddenByApproval()
        && !FetchMissingWal.isPlanned(observed(), move())
        && (overriddenByApproval().contains(FailoverRule.FETCH_WAL.text())
            || new LossUnattended(observed(), move()).isSeen());
  }

  private String looked(ObservedFailover seen, List<String> notCompared) {
    return String.format(
        "%s: %s; %s is the candidate; %d of %d checks hold%s",
        seen.old().id(),
        seen.verdict().state(),
        move().to().id(),
        checks.size() - against().size(),
        checks.size(),
        notCompared.isEmpty() ? "" : "; " + String.join("; ", notCompared));
  }

  /** The instance last taken for the primary is observed together with everything else. */
  private Optional<Witnesses.Asked> askedAgain(FailoverStep step, int atLeast) {
    return Optional.ofNullable(observed)
        .map(
            last ->
                new Witnesses(context.cluster(), last.old())
                    .ask(
                        context.run().call(step),
                        last.hostAnswersTo().isEmpty() && !briefly ? WitnessCheck.LOOKS : atLeast));
  }

  /**
   * Refuses an attestation that names another instance than the primary, and one by a schedule: a
   * person attests a loss, names the instance, and knows it now.
   */
  private void requireLossOf(InstanceId primary) {
    String lost = request.lost();
    if (lost.isEmpty()) {
      return;
    }
    if (RunContext.isScheduled()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT, "lost: a schedule attests no loss, a person does");
    }
    String begins = primary + " is lost: ";
    if (!lost.startsWith(begins) || lost.length() == begins.length()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "lost: must be '%sWHY', for %s was the primary; got '%s'", begins, primary, lost));
    }
  }

  private Witnesses.Heard heard(
      FailoverStep step, int atLeast, Instance old, Optional<Witnesses.Asked> before) {
    Witnesses witnesses = new Witnesses(context.cluster(), old);
    Supplier<Witnesses.Heard> look = () -> witnesses.look(context.run().call(step), atLeast);
    Witnesses.Heard first =
        before
            .filter(asked -> asked.primary().equals(old))
            .map(Witnesses.Asked::heard)
            .orElseGet(look);
    Witnesses.Heard heard = AskedAgain.untilNot(one -> one.witnesses().isEmpty(), first, look);
    if (atLeast == WitnessCheck.LOOKS || !heard.hostAnswersTo().isEmpty()) {
      return heard;
    }
    if (briefly) {
      return heard.after(observed().heard());
    }
    return heard.haveAllLookedOften()
        ? heard
        : witnesses.look(context.run().call(step), WitnessCheck.LOOKS);
  }

  /**
   * Whether every observation for the plan was silence a moment ago and a power-off is the fence:
   * then one more silent observation proves that the silence lasts. The command's own check is the
   * proof, so an attestation must not replace it.
   */
  private boolean isSilentSinceThePlan(FailoverStep step) {
    ObservedFailover last = observed;
    return step == FailoverStep.OBSERVE_AGAIN
        && last != null
        && request.lost().isEmpty()
        && !DrivenFromOutside.is(context.cluster())
        && last.verdict().state() == PrimaryVerdict.State.HOST_DEAD
        && Workflow.currentTimeMillis() - looked <= A_MOMENT.toMillis()
        && context
            .cluster()
            .streaming()
            .flatMap(policy -> policy.failover().fenceOf(last.old().host()))
            .isPresent();
  }

  /** Whether no standby began to stream since the plan, which could not compare its messages. */
  private boolean nobodyStreamsAnew(ObservedMembers around) {
    return around.members().stream()
        .filter(now -> !now.receivers().isEmpty())
        .allMatch(
            now ->
                observed().all().members().stream()
                    .anyMatch(
                        then ->
                            then.instance().equals(now.instance()) && !then.receivers().isEmpty()));
  }

  private static List<CheckRow> with(CheckRow row, List<CheckRow> rows) {
    return Stream.concat(rows.stream(), Stream.of(row)).toList();
  }

  /** Standbys with WAL left to replay went on replaying while the witnesses observed. */
  private List<ReplayPace> paces(Call call, ObservedMembers all) {
    List<Instance> behind =
        all.members().stream()
            .filter(seen -> Candidates.leftToReplay(seen.standing()) > 0)
            .flatMap(seen -> context.cluster().member(seen.instance()).stream())
            .toList();
    return behind.isEmpty()
        ? List.of()
        : ReplayPace.between(all.members(), ports.standbys(call, behind));
  }

  private ObservedMembers all(FailoverStep step) {
    Supplier<ObservedMembers> look =
        () ->
            ports.observe(
                context.run().call(step), member -> briefly && member.equals(observed().old()));
    ObservedMembers seen = AskedAgain.untilNot(AskedAgain::isOfNobody, look.get(), look);
    return step == FailoverStep.OBSERVE_AGAIN && seen.lacksOneOf(observed().all())
        ? look.get()
        : seen;
  }

  /** The surroundings of members are read once for a run, and not if Patroni manages them. */
  private ObservedMembers around(FailoverStep step) {
    ObservedFailover before = observed;
    if (before != null || DrivenFromOutside.is(context.cluster())) {
      ObservedMembers all = all(step);
      return before == null ? all : all.with(before.all().around());
    }
    Call call = context.run().call(step);
    beside.begin(call);
    return beside.around(call, all(step), step == FailoverStep.OBSERVE);
  }

  private ObservedFailover ranked(
      FailoverStep step, ObservedMembers all, Instance old, Witnesses.Heard heard) {
    List<MemberObserved> read =
        context.cluster().members().stream()
            .filter(member -> !member.equals(old))
            .flatMap(member -> all.member(member).stream())
            .toList();
    if (read.isEmpty()) {
      throw noStandby(all);
    }
    Lineage lineage = lineage(all, old, read);
    ranking.knows(
        LastSynchronousStandbys.of(context.cluster(), old, all, oldest(read, lineage)), step);
    List<MemberObserved> first = briefly ? observed().all().members() : all.members();
    PrimaryVerdict verdict =
        new StillHeard(context.cluster(), old, first, silentFor)
            .verdict(heard.witnesses(), which -> ports.standbys(context.run().call(step), which));
    return new ObservedFailover(
        all,
        old,
        verdict,
        heard,
        lineage,
        new Standbys(ranking.of(read, old, lineage, Ranking.disk(all, old, verdict)), paces, held),
        unattended.beforeSilence(old));
  }

  private static Lineage lineage(ObservedMembers all, Instance old, List<MemberObserved> read) {
    SystemIdentifier system =
        all.role(old).map(role -> role.control().systemIdentifier()).orElse(read.get(0).system());
    TimelineId timeline =
        read.stream()
            .filter(one -> one.system().equals(system))
            .map(one -> one.standing().timeline())
            .max(Comparator.comparingLong(TimelineId::value))
            .orElse(read.get(0).standing().timeline());
    return new Lineage(system, timeline);
  }

  /** The primary wrote at least this one: a newer one may be that of a standby promoted aside. */
  private static TimelineId oldest(List<MemberObserved> read, Lineage lineage) {
    return read.stream()
        .filter(one -> one.system().equals(lineage.system()))
        .map(one -> one.standing().timeline())
        .min(Comparator.comparingLong(TimelineId::value))
        .orElse(lineage.timeline());
  }

  private RunbookStop noStandby(ObservedMembers all) {
    return RunbookStop.refused(
        FailureCode.NO_PRIMARY,
        "no standby of "
            + context.cluster().name()
            + " answers: "
            + String.join(
                "; ", all.silent().stream().map(f -> f.instance() + ": " + f.message()).toList()));
  }

  /**
   * Ranks the standbys that answered, as they are once the old primary can't send WAL any more.
   *
   * @param disk the old primary's control file, read after its fence
   */
  List<Candidate> rankedNow(Call call, Optional<ControlData> disk) {
    List<Instance> asked =
        new ArrayList<>(
            move().siblings().stream()
                .filter(one -> observed().all().member(one).isPresent())
                .toList());
    asked.add(move().to());
    Supplier<List<MemberObserved>> look = () -> ports.standbys(call, asked);
    ObservedFailover before = observed();
    ranking.knowsNoMore();
    List<MemberObserved> first = AskedAgain.untilNot(List::isEmpty, look.get(), look);
    List<MemberObserved> seen = first.size() < asked.size() ? look.get() : first;
    return ranking.of(seen, before.old(), before.lineage(), disk);
  }

  /** Observes, and makes the result the run's plan. */
  void plan() {
    look(FailoverStep.OBSERVE);
    planned();
    if (nothingStandsAgainstTheCandidate()) {
      context.planByHand(means.byHand(observed(), move()));
    }
  }

  /** Makes the last observation the run's plan. */
  void planned() {
    context.planned(request.inWords(), objects, measured());
    context.planTable(CandidateTable.of(context.cluster(), observed()));
    claimed = observed().candidate(move().to()).filter(Candidate::hasAll).isPresent();
  }

  /** Whether the plan says that no acknowledged commit is lost. */
  boolean claimed() {
    return claimed;
  }

  /** The current primary, without asking the witnesses. Also reads the fence rehearsals. */
  Instance whoIsPrimary(FailoverStep step) {
    Instance primary = RunContext.refuseUnless(means.old(context.run().call(step), all(step)));
    unattended.readRehearsals(context.run().call(step));
    return primary;
  }

  /**
   * Observes after a watch heard nothing of the primary.
   *
   * @param silent how long the primary has been silent
   * @param last its last write position, if it was read
   * @return whether that primary is gone
   */
  boolean isGone(Instance primary, Duration silent, List<LastWrite> last) {
    silentFor = silent;
    silentSince = Optional.of(RunbookRun.now().minus(silent));
    unattended.found(last);
    unattended.readRehearsalUnlessKnown(context.run().call(FailoverStep.WATCH), primary);
    look(FailoverStep.WATCH);
    silentFor = Duration.ZERO;
    return observed().verdict().state().isGone() && observed().old().equals(primary);
  }

  /** Judges the last observation again, with a newer last write position of the primary. */
  void sawItLast(List<LastWrite> last) {
    unattended.found(last);
    judge(FailoverStep.WATCH, observed().with(unattended.beforeSilence(observed().old())));
  }

  Unattended unattended() {
    return unattended;
  }

  /** A plan made while the primary is well serves in an outage: checks of it don't count here. */
  private boolean nothingStandsAgainstTheCandidate() {
    String old = observed().old().id().value();
    return checks.stream()
        .filter(row -> row.verdict() == Judged.WRONG)
        .allMatch(row -> row.subject().equals(old) || means.isLeftOutByHand(row));
  }

  /** Observes again under the locks; refuses unless the plan is the approved one. */
  void lookAgain() {
    locked = Workflow.currentTimeMillis();
    look(FailoverStep.OBSERVE_AGAIN);
    context.plannedAgain(request.inWords(), objects, measured());
    context
        .run()
        .holdEpoch(Epoch.after(observed().all().hosts().highest(), Workflow.currentTimeMillis()));
  }

  /** The time since the last lock was taken, with its unit. */
  String heldFor() {
    return Workflow.currentTimeMillis() - locked + " ms";
  }

  private List<Fact> measured() {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "proposed candidate",
            CandidateChoice.inWords(context.cluster(), request.to(), observed())));
    facts.add(
        new Fact("commits waited for", ranking.waitedInWords(observed().all(), observed().old())));
    facts.addAll(FailoverPlan.measured(context.cluster(), observed(), checks()));
    observed()
        .all()
        .member(move().to())
        .flatMap(to -> ArchiverRow.afterRewind(observed().old().id(), to))
        .ifPresent(facts::add);
    silentSince.ifPresent(since -> facts.add(new Fact("silent since", since.toString())));
    return facts;
  }

  /** The checks that block the run; empty if none does. */
  List<String> against() {
    return CheckRows.against(checks);
  }

  void refuseOnChecks() {
    CheckRows.refuseOn(against());
    overridden(checks);
  }

  /**
   * Records the rows that are overridden by the name of their rule, for the receipt: here by the
   * requester, otherwise by the approver.
   */
  void overridden(List<CheckRow> rows) {
    if (!request.isOverriddenByApproval()) {
      context.deciding().overridden(CheckRows.overridden(rows), request.by(), request.reason());
    }
  }

  String planOutcome() {
    return against().isEmpty() ? Plan.PLANNED : Plan.WOULD_REFUSE;
  }

  String headline() {
    List<String> against = against();
    return against.isEmpty()
        ? String.format(
            "%s is %s; no check blocks promoting %s; plan %s",
            observed().old().id(),
            observed().verdict().state(),
            move().to().id(),
            context.plan().digest())
        : String.format(
            "%d of %d checks block promoting %s in the place of %s: %s",
            against.size(),
            checks.size(),
            move().to().id(),
            observed().old().id(),
            String.join("; ", against));
  }

  /** The verdict, the system, the timeline and the possible loss before the first act. */
  ProofRecord before() {
    Candidate candidate = observed().candidate(move().to()).orElseThrow();
    return new ProofRecord(
        observed().old().id().value(),
        List.of(
            new Fact("verdict", observed().verdict().state() + ": " + observed().verdict().why()),
            new Fact("system_identifier", observed().lineage().system().toString()),
            new Fact("timeline", observed().lineage().timeline().toString()),
            new Fact("lost_at_most", candidate.loss().words())));
  }

  FailoverCalls ports() {
    return ports;
  }
}
