package dev.mooring.runbook.replication;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.ArchiverRow;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.Relaxation;
import dev.mooring.runbook.replication.ReplicationRequest.Act;
import dev.mooring.runbook.replication.ReplicationTable.Caught;
import dev.mooring.runbook.replication.SetupCheck.PrimaryObservations;
import dev.mooring.runbook.resilver.CopyCheck;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The runbook ReplicationSetup; see {@link ReplicationSetupWorkflow}. */
public final class ReplicationSetupImpl extends AnsweringRun implements ReplicationSetupWorkflow {
  private final List<String> changed = new ArrayList<>();
  private final ActOrder order = new ActOrder();
  private @Nullable ReplicationRequest asked;
  private boolean acts;

  /** Whether a setup observes under the locks what was approved before. */
  private boolean again;

  /** What a setup observed, and its plan. */
  private record SetupLooked(SetupPlan plan, List<String> broken, List<DirectorySeen> directories) {
    SetupLooked {
      broken = List.copyOf(broken);
      directories = List.copyOf(directories);
    }
  }

  @WorkflowInit
  public ReplicationSetupImpl(@Nullable RawRequest raw) {
    super(new RunContext(Runbook.REPLICATION_SETUP, raw, ReplicationStep.class));
  }

  @Override
  public ReplicationResult setUp(@Nullable RawRequest raw) {
    ReplicationRequest request = run.bound(() -> ReplicationRequest.of(raw));
    asked = request;
    asked("", request.inWords(), request.by(), request.reason());
    return runToEnding(() -> acted(request));
  }

  private ReplicationResult acted(ReplicationRequest request) {
    Cluster cluster = run.observe(ReplicationStep.RESOLVE, context::readCluster);
    refuseUnlessFor(cluster, request);
    if (request.act() == Act.VERIFY) {
      return verified("verified", observeMembers(), "");
    }
    if (request.act() != Act.ADOPT) {
      DrivenFromOutside.require(
          cluster,
          request.act() == Act.SYNCHRONOUS
              ? "by synchronous_mode Patroni sets synchronous_standby_names itself"
              : "Patroni makes a standby on each host where it is started, and there is one less"
                  + " once it is stopped there");
    }
    SetupCalls calls = new SetupCalls(cluster, order);
    acts = true;
    SiteName site = cluster.policies().publish().site();
    asked(site.value(), request.inWords(), request.by(), request.reason());
    receiptAt(() -> site);
    run.inMode(request.mode());
    degraded.addAll(context.oneFileEverywhere());
    if (request.act() == Act.ADOPT) {
      return adopted(request, calls, observeMembersOrExplain());
    }
    if (request.mode() == Mode.EXECUTE && request.act() == Act.SETUP && !waitsForPersons()) {
      context.lockedEverywhere();
    }
    Members members = observeMembers();
    return switch (request.act()) {
      case SETUP -> setUp(request, calls, members);
      case SYNCHRONOUS -> synchronous(request, calls, members);
      default -> removed(request, calls, members);
    };
  }

  private static void refuseUnlessFor(Cluster cluster, ReplicationRequest request) {
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.CLUSTER_FILE,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    if (request.incident().isPresent() && !request.isAsOfWatch()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "incident: is for act synchronous and mode execute, without digest and overrides, and"
              + " comes from no hook");
    }
  }

  private Members observeMembers() {
    return run.observe(
        ReplicationStep.OBSERVE_MEMBERS, () -> members(run.call(ReplicationStep.OBSERVE_MEMBERS)));
  }

  /**
   * Of a run that ended before any instance accepted writes, perhaps only the hosts have a record.
   */
  private Members observeMembersOrExplain() {
    return run.observe(
        ReplicationStep.OBSERVE_MEMBERS,
        () -> {
          Call call = run.call(ReplicationStep.OBSERVE_MEMBERS);
          return RunContext.failUnless(
              Adoption.explained(context.cluster(), asking().members(call), call));
        });
  }

  private Members members(Call call) {
    return RunContext.failUnless(asking().members(call));
  }

  private ReplicationCalls asking() {
    ReplicationRequest request = asked;
    boolean executes = acts && request != null && request.mode() == Mode.EXECUTE;
    return new ReplicationCalls(context.cluster(), executes, kept(request));
  }

  /** Patroni promotes one at a time, and fences another by itself. */
  private Optional<InstanceId> kept(@Nullable ReplicationRequest request) {
    if (request == null || request.act() != Act.ADOPT || request.instances().size() != 1) {
      return Optional.empty();
    }
    return DrivenFromOutside.is(context.cluster())
        ? Optional.empty()
        : Optional.of(request.instances().get(0));
  }

  private ReplicationResult setUp(ReplicationRequest request, SetupCalls calls, Members members) {
    PrimaryCalls primaries = new PrimaryCalls(context.cluster());
    int before = degraded.size();
    SetupLooked seen = look(request, calls, primaries, members);
    context.planned(request.inWords(), seen.plan().objects(context.cluster()), told(seen));
    if (request.mode() == Mode.PLAN) {
      return verified(
          "planned",
          members,
          seen.plan().objects(context.cluster()).size() + " things would be changed; ");
    }
    approved(request, seen);
    if (!context.isLocked()) {
      context.lockedEverywhere();
      degraded.subList(before, degraded.size()).clear();
      again = true;
      Members now = members(run.call(ReplicationStep.OBSERVE_EPOCHS));
      seen = look(request, calls, primaries, now);
      context.plannedAgain(request.inWords(), seen.plan().objects(context.cluster()), told(seen));
      refuseUnlessApproved(seen.broken());
    }
    make(request, calls, primaries, seen);
    degraded.addAll(run.lateStop());
    return verified(
        "Completed",
        members(run.call(ReplicationStep.VERIFY)),
        changed.isEmpty() ? "nothing was to be changed; " : "set up; ");
  }

  private SetupLooked look(
      ReplicationRequest request, SetupCalls calls, PrimaryCalls primaries, Members members) {
    Instance primary = members.primary();
    AccountObserved account =
        observed(ReplicationStep.OBSERVE_ACCOUNT, call -> calls.account(primary, call));
    List<DirectorySeen> directories = observeDirectories(members);
    PrimaryObservations looks =
        new PrimaryObservations(
            account,
            observed(ReplicationStep.OBSERVE_ACCESS, call -> calls.lines(primary, call)),
            observed(ReplicationStep.OBSERVE_PRIMARY, call -> primaries.archive(members, call)),
            request.mayRestart());
    List<String> broken = observeRoles(request, members, directories);
    SetupPlan plan =
        RunContext.refuseUnless(
            new SetupCheck(context.cluster(), members, directories)
                .judge(chosen(request, members), looks));
    degraded.addAll(plan.standbys().waiting());
    degraded.addAll(plan.raised().reported());
    degraded.addAll(AccessRules.lost(primary.id(), plan.access().before()));
    return new SetupLooked(plan, broken, directories);
  }

  /** Observes in a step of its own; under the locks, after an approval, in that of the epochs. */
  private <T> T observed(ReplicationStep step, Function<Call, T> look) {
    return again
        ? look.apply(run.call(ReplicationStep.OBSERVE_EPOCHS))
        : run.observe(step, () -> look.apply(run.call(step)));
  }

  private void make(
      ReplicationRequest request, SetupCalls calls, PrimaryCalls primaries, SetupLooked seen) {
    SetupPlan plan = seen.plan();
    Instance primary = plan.members().primary();
    overridden(request, seen.broken());
    overridden(request, plan.raised().overridden());
    takeEpoch(primary);
    new PrimarySettings(context, primaries, plan, changed).makeDone();
    changed.addAll(
        new SetUpReplication(context, calls, order, plan, tablespaces(seen.directories(), primary))
            .done());
    if (context.deciding().approvers(context.plan().digest()).isEmpty()) {
      degraded.addAll(plan.slots().left().reported(context.cluster()));
    } else {
      plan.slots().left().drop(run, new MemberActs(context.cluster()), changed, degraded);
    }
  }

  /** Whether a setup that needs an approval waits for persons, and so looks before it locks. */
  private boolean waitsForPersons() {
    return context.refusesUnsigned() || context.persons() > 1;
  }

  /**
   * A plan that moves data aside, restarts the primary or sets its archive_command needs the plan's
   * digest in the request: a person has read it then, and the run holds the locks. If that is not
   * enough, such a plan, and one that overrides a rule or drops a slot, waits for persons.
   */
  private void approved(ReplicationRequest request, SetupLooked seen) {
    List<String> grave = new ArrayList<>(seen.plan().grave());
    if (waitsForPersons()) {
      grave.addAll(seen.broken());
      if (!request.digest().isEmpty()) {
        grave.addAll(seen.plan().slots().left().objects());
      }
    } else if (!grave.isEmpty() && request.digest().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.NOT_APPROVED,
          String.join("; ", grave)
              + ". Start it again with --digest "
              + context.plan().digest()
              + ", which approves that plan");
    }
    if (!grave.isEmpty() || !request.digest().isEmpty()) {
      boolean needsNone = grave.isEmpty() && waitsForPersons();
      context.approved(needsNone ? request.ofThatPlan() : request.approval(context.persons()));
    }
  }

  /** What the plan overrides, and what its copies may bring an archiver, for who approves it. */
  private static List<Receipt.Fact> told(SetupLooked seen) {
    SetupPlan plan = seen.plan();
    return Stream.concat(
            overriding(seen.broken()).stream(),
            plan.standbys().copies().copied().stream()
                .flatMap(
                    one ->
                        ArchiverRow.afterRewind(one.id(), plan.members().primarySeen()).stream()))
        .toList();
  }

  /** What the plan overrides, for the persons who approve it. */
  private static List<Receipt.Fact> overriding(List<String> broken) {
    return broken.stream().map(rule -> new Receipt.Fact("overrides", rule)).toList();
  }

  /** The digest covers the overrides, not whether a rule needs them. */
  private void refuseUnlessApproved(List<String> broken) {
    int approvers = context.deciding().approvers(context.plan().digest()).size();
    if (!broken.isEmpty() && approvers < context.persons()) {
      throw RunbookStop.refused(
          FailureCode.NOT_APPROVED,
          String.join("; ", broken)
              + ". That was not so before the locks were taken: start the run again, and it waits"
              + " for the approval of it");
    }
  }

  private static List<Instance> chosen(ReplicationRequest request, Members members) {
    for (InstanceId id : request.instances()) {
      if (members.standbys().stream().noneMatch(i -> i.id().equals(id))) {
        throw RunbookStop.refused(
            FailureCode.BAD_INPUT, id + " is no standby of " + members.primary().id());
      }
    }
    return members.standbys().stream()
        .filter(i -> request.instances().isEmpty() || request.instances().contains(i.id()))
        .toList();
  }

  /** The primary's first: where it has tablespaces a copy would have them too. */
  private List<DirectorySeen> observeDirectories(Members members) {
    return observed(
        ReplicationStep.OBSERVE_HOSTS,
        call -> {
          MemberObservations looks = new MemberObservations(context.cluster());
          List<Instance> primary = List.of(members.primary());
          List<DirectorySeen> seen =
              new ArrayList<>(reported(looks.directoriesWhereAnswered(call, primary, List.of())));
          List<String> places =
              seen.stream().flatMap(one -> CopyCheck.locations(one).stream()).toList();
          seen.addAll(reported(looks.directoriesWhereAnswered(call, members.standbys(), places)));
          return seen;
        });
  }

  private List<DirectorySeen> reported(List<DirectoriesObserved> hosts) {
    hosts.forEach(host -> report("its data directory was not read: ", host.failures()));
    return hosts.stream().flatMap(host -> host.seen().stream()).toList();
  }

  private void report(String what, List<InstanceFailure> failures) {
    failures.forEach(one -> degraded.add(one.instance() + ": " + what + one.message()));
  }

  private List<String> observeRoles(
      ReplicationRequest request, Members members, List<DirectorySeen> seen) {
    return observed(
        ReplicationStep.OBSERVE_ROLES,
        call -> {
          WhoMayWrite hosts = WhoMayWrite.asked(context.cluster(), members.primary(), call);
          hosts.hosts().forEach(host -> MemberRoles.refuseShared(host.failures()));
          tellRelaxed(members, hosts);
          return hosts.broken(members, seen, request.overrides());
        });
  }

  /** A setup lets commits wait again, and leaves that record: it awaits no standby after that. */
  private void tellRelaxed(Members members, WhoMayWrite hosts) {
    Relaxation.of(
            members.primary().id(), members.primarySeen().standing().timeline(), hosts.roles())
        .map(
            record ->
                String.format(
                    "since epoch %d it is recorded that commits may wait for no standby:"
                        + " `mooring replicate synchronous %s` removes that",
                    record.epoch(), context.cluster().name()))
        .filter(sentence -> !degraded.contains(sentence))
        .ifPresent(degraded::add);
  }

  private void overridden(ReplicationRequest request, List<String> broken) {
    context.deciding().overridden(broken, request.by(), request.reason());
  }

  private void takeEpoch(Instance primary) {
    run.observe(
        ReplicationStep.OBSERVE_EPOCHS,
        () -> {
          WhoMayWrite hosts =
              WhoMayWrite.asked(
                  context.cluster(), primary, run.call(ReplicationStep.OBSERVE_EPOCHS));
          hosts
              .hosts()
              .forEach(host -> report("its authority file was not read: ", host.failures()));
          run.holdEpoch(Epoch.after(hosts.highest(), Workflow.currentTimeMillis()));
        });
  }

  private static List<Elsewhere> tablespaces(List<DirectorySeen> directories, Instance primary) {
    return directories.stream()
        .filter(d -> d.instance().equals(primary.id()))
        .flatMap(d -> d.space().tablespaces().stream())
        .toList();
  }

  private ReplicationResult removed(ReplicationRequest request, SetupCalls calls, Members members) {
    List<AccessObserved> access =
        run.observe(
            ReplicationStep.OBSERVE_ACCESS,
            () -> access(request, calls, members, run.call(ReplicationStep.OBSERVE_ACCESS)));
    RemovalPlan plan = removal(request, members, access);
    List<String> broken =
        run.observe(
            ReplicationStep.OBSERVE_ROLES,
            () -> broken(request, members, run.call(ReplicationStep.OBSERVE_ROLES)));
    context.planned(request.inWords(), plan.objects(), overriding(broken));
    if (request.mode() == Mode.PLAN) {
      degraded.addAll(plan.reported());
      return ended("planned", plan.objects().size() + " things would be removed", members);
    }
    context.approved(request.approval(context.persons()));
    context.lockedEverywhere();
    Members now = lookedAgain(request, calls);
    overridden(request, broken);
    takeEpoch(now.primary());
    new RemoveReplication(
            context, calls, plan, SynchronousNames.on(now.primarySeen()), changed, degraded)
        .makeDone();
    degraded.addAll(run.lateStop());
    return ended(
        "Completed", changed.isEmpty() ? "nothing to remove" : String.join("; ", changed), members);
  }

  private List<String> broken(ReplicationRequest request, Members members, Call call) {
    return WhoMayWrite.asked(context.cluster(), members.primary(), call)
        .broken(context.cluster(), members, call, request.overrides());
  }

  private List<AccessObserved> access(
      ReplicationRequest request, SetupCalls calls, Members members, Call call) {
    List<Instance> staying = RemovalPlan.staying(context.cluster(), chosen(request, members));
    return calls.accessOf(staying, call);
  }

  private RemovalPlan removal(
      ReplicationRequest request, Members members, List<AccessObserved> access) {
    return RunContext.refuseUnless(
        RemovalPlan.judge(context.cluster(), members, chosen(request, members), access));
  }

  /** Until it was approved, and the locks were taken, others may have changed what it is about. */
  private Members lookedAgain(ReplicationRequest request, SetupCalls calls) {
    Call call = run.call(ReplicationStep.OBSERVE_EPOCHS);
    Members members = members(call);
    RemovalPlan plan = removal(request, members, access(request, calls, members, call));
    List<String> broken = broken(request, members, call);
    context.plannedAgain(request.inWords(), plan.objects(), overriding(broken));
    return members;
  }

  private ReplicationResult synchronous(
      ReplicationRequest request, SetupCalls calls, Members members) {
    SynchronousReplication synchronous = new SynchronousReplication(context, calls, request);
    SynchronousReplication.Looked seen =
        run.observe(
            ReplicationStep.OBSERVE_ROLES,
            () -> synchronous.look(members, run.call(ReplicationStep.OBSERVE_ROLES)));
    SynchronousPlan plan = seen.plan();
    context.planned(request.inWords(), plan.objects(), measured(synchronous, seen));
    if (request.mode() == Mode.PLAN || plan.objects().isEmpty()) {
      return ended(
          request.mode().done(),
          plan.objects().isEmpty() ? "nothing was to be changed" : plan.planned(),
          members);
    }
    synchronous.approved(seen);
    context.lockedEverywhere();
    Call call = run.call(ReplicationStep.OBSERVE_EPOCHS);
    Members now = members(call);
    SynchronousReplication.Looked again = synchronous.look(now, call);
    context.plannedAgain(request.inWords(), again.plan().objects(), measured(synchronous, again));
    synchronous.refuseUnlessApproved(again);
    overridden(request, again.broken());
    takeEpoch(now.primary());
    synchronous.make(again.plan(), changed, degraded);
    degraded.addAll(run.lateStop());
    return ended("Completed", again.plan().headline(), now);
  }

  private static List<Receipt.Fact> measured(
      SynchronousReplication synchronous, SynchronousReplication.Looked seen) {
    List<Receipt.Fact> measured = new ArrayList<>(overriding(seen.broken()));
    measured.addAll(synchronous.measured(seen));
    return measured;
  }

  private ReplicationResult adopted(ReplicationRequest request, SetupCalls calls, Members members) {
    Adoption adopting = new Adoption(context, calls, request);
    Adoption.Looked seen =
        run.observe(
            ReplicationStep.OBSERVE_ROLES,
            () -> adopting.look(members, run.call(ReplicationStep.OBSERVE_ROLES)));
    context.planned(request.inWords(), seen.plan().objects(), overriding(seen.broken()));
    if (request.mode() == Mode.PLAN || seen.plan().reported().isEmpty()) {
      degraded.addAll(seen.plan().unseen());
      return ended(
          request.mode().done(),
          seen.plan().reported().size() + " hosts would get an authority file",
          members);
    }
    context.approved(request.approval(context.persons()));
    context.lockedEverywhere();
    Call call = run.call(ReplicationStep.OBSERVE_EPOCHS);
    Members now = members(call);
    Adoption.Looked again = adopting.look(now, call);
    context.plannedAgain(request.inWords(), again.plan().objects(), overriding(again.broken()));
    overridden(request, again.broken());
    takeEpoch(now.primary());
    run.onlyForward(
        ReplicationStep.FENCE,
        () -> {
          adopting.fence(again.plan(), now.primarySeen(), changed);
          adopting.make(again.plan(), changed, degraded);
        });
    degraded.addAll(run.lateStop());
    return ended("Completed", String.join("; ", changed), now);
  }

  private ReplicationResult verified(String outcome, Members members, String before) {
    Cluster cluster = context.cluster();
    ReplicationTable table = new ReplicationTable(cluster, members);
    List<Caught> caught =
        run.observe(
            ReplicationStep.VERIFY,
            () -> asking().caughtUp(run.call(ReplicationStep.VERIFY), members));
    List<CheckRow> checks = table.checks(caught);
    ObservedStandbys observed = table.observed(caught);
    degraded.addAll(ReplicationTable.unused(observed.slots()));
    return ended(outcome, before + headline(cluster, members, checks), checks, observed);
  }

  private ReplicationResult ended(String outcome, String headline, Members members) {
    return ended(outcome, headline, List.of(), ObservedStandbys.unasked(members.primary().id()));
  }

  private ReplicationResult ended(
      String outcome, String headline, List<CheckRow> checks, ObservedStandbys observed) {
    return new ReplicationResult(
        outcome, headline, checks, changed, degraded, run.atItsEnd().steps(), observed);
  }

  private static String headline(Cluster cluster, Members members, List<CheckRow> checks) {
    long healthy =
        members.standbys().stream()
            .filter(one -> ReplicationResult.worst(checks, one.id()) == Judged.GOOD)
            .count();
    return String.format(
        "%s: %s is the primary on timeline %s, %d of %d standbys healthy",
        cluster.name(),
        members.primary().id(),
        members.primarySeen().standing().timeline(),
        healthy,
        members.standbys().size());
  }

  @Override
  protected String writeReceipt(Receipt.Ending ending) {
    return acts ? super.writeReceipt(ending) : "no receipt: a run that only reads writes none";
  }

  @Override
  protected List<Receipt.ProofRecord> proofs() {
    return changed.isEmpty()
        ? List.of()
        : List.of(
            new Receipt.ProofRecord(
                "changed", changed.stream().map(one -> new Receipt.Fact("done", one)).toList()));
  }
}
