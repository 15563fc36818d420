package dev.mooring.runbook.replication;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccountActivities.AccountObserved;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.AnsweringRun;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Mode;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.replication.ReplicationRequest.Act;
import dev.mooring.runbook.replication.ReplicationResult.Health;
import dev.mooring.runbook.replication.ReplicationResult.SlotRow;
import dev.mooring.runbook.replication.ReplicationResult.StandbyRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runbook ReplicationSetup; see {@link ReplicationSetupWorkflow}. */
public final class ReplicationSetupImpl extends AnsweringRun<ReplicationStep>
    implements ReplicationSetupWorkflow {
  private static final Duration APPROVED_WITHIN = Duration.ofHours(1);

  /** Removals that began before went by what they had seen before their approval. */
  private static final String LOOKS_AGAIN = "looks-again-under-the-lock";

  private final List<String> degraded = new ArrayList<>();
  private List<String> changed = List.of();
  private @Nullable ReplicationRequest asked;
  private boolean acts;

  @WorkflowInit
  public ReplicationSetupImpl(@Nullable RawRequest raw) {
    super(new RunContext<>("ReplicationSetup", raw, ReplicationStep.class));
  }

  @Override
  public ReplicationResult setUp(@Nullable RawRequest raw) {
    ReplicationRequest request = ReplicationRequest.of(raw);
    asked = request;
    return run.toTheEnd(
        () -> acted(request), ReplicationResult::headline, ending -> writeReceipt(request, ending));
  }

  private ReplicationResult acted(ReplicationRequest request) {
    Cluster cluster = run.observe(ReplicationStep.RESOLVE, context::readCluster);
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.CLUSTER_FILE,
          "no standby of " + cluster.name() + " streams: its cluster file has no `replication`");
    }
    if (request.act() == Act.VERIFY) {
      return verified("verified", observeMembers(cluster), "");
    }
    SetupCalls calls = new SetupCalls(cluster);
    acts = true;
    degraded.addAll(context.oneFileEverywhere());
    if (request.mode() == Mode.EXECUTE && request.act() == Act.SETUP) {
      context.lockedEverywhere();
    }
    Members members = observeMembers(cluster);
    return request.act() == Act.SETUP
        ? setUp(request, calls, members)
        : removed(request, calls, members);
  }

  private Members observeMembers(Cluster cluster) {
    return run.observe(
        ReplicationStep.OBSERVE_MEMBERS,
        () ->
            RunContext.orFail(
                new ReplicationCalls(cluster).members(run.call(ReplicationStep.OBSERVE_MEMBERS))));
  }

  private ReplicationResult setUp(ReplicationRequest request, SetupCalls calls, Members members) {
    Instance primary = members.primary();
    AccountObserved account =
        run.observe(
            ReplicationStep.OBSERVE_ACCOUNT,
            () -> calls.account(primary, run.call(ReplicationStep.OBSERVE_ACCOUNT)));
    List<DirectorySeen> directories = observeDirectories(calls);
    List<String> linesBefore = observeAccess(calls, primary);
    SetupPlan plan =
        RunContext.orRefuse(
            new SetupCheck(context.cluster(), members, directories)
                .judge(chosen(request, members), account, linesBefore));
    context.planned(request.inWords(), plan.objects(), List.of());
    degraded.addAll(plan.waiting());
    if (request.mode() == Mode.PLAN) {
      return verified("planned", members, plan.objects().size() + " things would be changed; ");
    }
    refuseOtherDigest(request);
    takeEpoch(calls);
    changed = new SettingUp(context, calls, plan, tablespaces(directories, primary)).done();
    degraded.addAll(run.lateStop());
    return verified(
        "Completed", afterwards(), changed.isEmpty() ? "nothing was to be changed; " : "set up; ");
  }

  private Members afterwards() {
    return RunContext.orFail(
        new ReplicationCalls(context.cluster()).members(run.call(ReplicationStep.VERIFY)));
  }

  private void refuseOtherDigest(ReplicationRequest request) {
    String digest = context.plan().digest();
    if (!request.digest().isEmpty() && !request.digest().equals(digest)) {
      throw RunbookStop.refused(
          FailureCode.PLAN_CHANGED,
          "plan " + request.digest() + " was looked at, and the plan is now " + digest);
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

  private List<DirectorySeen> observeDirectories(SetupCalls calls) {
    return run.observe(
        ReplicationStep.OBSERVE_HOSTS,
        () -> {
          List<DirectorySeen> seen = new ArrayList<>();
          for (DirectoriesObserved host :
              calls.directories(run.call(ReplicationStep.OBSERVE_HOSTS))) {
            FanOut.failOn(host.failures());
            seen.addAll(host.seen());
          }
          return seen;
        });
  }

  private List<String> observeAccess(SetupCalls calls, Instance primary) {
    return run.observe(
        ReplicationStep.OBSERVE_ACCESS,
        () -> lines(calls, primary, run.call(ReplicationStep.OBSERVE_ACCESS)));
  }

  private static List<String> lines(SetupCalls calls, Instance primary, Call call) {
    AccessObserved seen = calls.access(primary, call);
    FanOut.failOn(seen.failures());
    return seen.seen().get(0).lines();
  }

  private void takeEpoch(SetupCalls calls) {
    run.observe(
        ReplicationStep.OBSERVE_EPOCHS,
        () -> {
          Epoch highest = Epoch.NONE;
          for (RolesObserved host : calls.roles(run.call(ReplicationStep.OBSERVE_EPOCHS))) {
            highest = host.highestEpoch().compareTo(highest) > 0 ? host.highestEpoch() : highest;
          }
          run.holdEpoch(Epoch.after(highest, Workflow.currentTimeMillis()));
          return highest;
        });
  }

  private static List<Elsewhere> tablespaces(List<DirectorySeen> directories, Instance primary) {
    return directories.stream()
        .filter(d -> d.instance().equals(primary.id()))
        .flatMap(d -> d.space().tablespaces().stream())
        .toList();
  }

  private ReplicationResult removed(ReplicationRequest request, SetupCalls calls, Members members) {
    RemovalPlan plan = removal(request, members, observeAccess(calls, members.primary()));
    context.planned(request.inWords(), plan.objects(), List.of());
    if (request.mode() == Mode.PLAN) {
      return ended(
          "planned",
          plan.objects().size() + " things would be taken out",
          members,
          List.of(),
          List.of());
    }
    context
        .deciding()
        .approved(
            context.plan(), request.digest(), request.by(), request.reason(), APPROVED_WITHIN);
    context.lockedEverywhere();
    if (Workflow.getVersion(LOOKS_AGAIN, Workflow.DEFAULT_VERSION, 1) == 1) {
      lookedAgain(request, calls);
    }
    takeEpoch(calls);
    changed = takenOut(plan, calls, members.primary());
    degraded.addAll(run.lateStop());
    return ended(
        "Completed",
        changed.isEmpty() ? "nothing was there to be taken out" : String.join("; ", changed),
        members,
        List.of(),
        List.of());
  }

  private RemovalPlan removal(ReplicationRequest request, Members members, List<String> lines) {
    return RunContext.orRefuse(
        RemovalPlan.judge(context.cluster(), members, chosen(request, members), lines));
  }

  /** Until it was approved, and the locks were taken, others may have changed what it is about. */
  private void lookedAgain(ReplicationRequest request, SetupCalls calls) {
    Call call = run.call(ReplicationStep.OBSERVE_EPOCHS);
    Members members = RunContext.orFail(new ReplicationCalls(context.cluster()).members(call));
    RemovalPlan plan = removal(request, members, lines(calls, members.primary(), call));
    context.plannedAgain(request.inWords(), plan.objects(), List.of());
  }

  private List<String> takenOut(RemovalPlan plan, SetupCalls calls, Instance primary) {
    List<String> done = new ArrayList<>();
    if (!plan.slots().isEmpty()) {
      SlotsSet dropped =
          run.step(
              ReplicationStep.DROP_SLOTS,
              () ->
                  calls.slots(
                      ActivityPolicies.ENSURE,
                      primary,
                      List.of(),
                      plan.slots(),
                      run.call(ReplicationStep.DROP_SLOTS)),
              Undo.nothing("what a slot kept may be gone at once"));
      dropped.dropped().forEach(name -> done.add(primary.id() + ": dropped slot " + name));
      dropped.kept().forEach(name -> degraded.add("slot " + name + " is in use and stays"));
    }
    if (!plan.linesBefore().equals(plan.lines())) {
      run.step(
          ReplicationStep.CLOSE_ACCESS,
          () ->
              calls.setAccess(
                  List.of(primary), plan.lines(), run.call(ReplicationStep.CLOSE_ACCESS)),
          Undo.by(
              () ->
                  calls.revertAccess(
                      primary, plan.linesBefore(), run.call(ReplicationStep.CLOSE_ACCESS))));
      done.add(primary.id() + ": access lines taken out");
    }
    if (plan.dropsAccount()) {
      dropAccount(calls, primary, done);
    }
    return done;
  }

  private void dropAccount(SetupCalls calls, Instance primary, List<String> done) {
    var dropped =
        run.step(
            ReplicationStep.DROP_ACCOUNT,
            () ->
                calls.dropAccount(
                    ActivityPolicies.ENSURE, primary, run.call(ReplicationStep.DROP_ACCOUNT)),
            Undo.nothing("a role without members is made anew by a setup"));
    switch (dropped.dropped()) {
      case DROPPED -> done.add(primary.id() + ": dropped the role");
      case NOT_OURS -> degraded.add("the role was not made by Mooring and stays");
      case GONE -> run.note(ReplicationStep.DROP_ACCOUNT, "it was not there");
    }
  }

  private ReplicationResult verified(String outcome, Members members, String before) {
    Cluster cluster = context.cluster();
    ReplicationTable table = new ReplicationTable(cluster, members);
    List<StandbyRow> rows =
        run.observe(
            ReplicationStep.VERIFY,
            () ->
                table.rows(
                    new ReplicationCalls(cluster)
                        .caughtUp(run.call(ReplicationStep.VERIFY), members)));
    List<SlotRow> slots = table.slots();
    degraded.addAll(ReplicationTable.unused(slots));
    return ended(outcome, before + headline(cluster, members, rows), members, rows, slots);
  }

  private ReplicationResult ended(
      String outcome,
      String headline,
      Members members,
      List<StandbyRow> rows,
      List<SlotRow> slots) {
    return new ReplicationResult(
        outcome,
        headline,
        ReplicationTable.worst(rows),
        members.primary().id(),
        rows,
        slots,
        changed,
        degraded,
        run.progress().steps());
  }

  private static String headline(Cluster cluster, Members members, List<StandbyRow> rows) {
    long healthy = rows.stream().filter(row -> row.health() == Health.HEALTHY).count();
    return String.format(
        "%s: %s is the primary on timeline %s, %d of %d standbys healthy",
        cluster.name(),
        members.primary().id(),
        members.primarySeen().standing().timeline(),
        healthy,
        rows.size());
  }

  private String writeReceipt(ReplicationRequest request, Receipt.Ending ending) {
    return acts
        ? context.writeReceipt(
            context.cluster().policies().publish().site(),
            context.receipt(asked(request), ending, seen()))
        : "no receipt: who only looks leaves none";
  }

  private Receipt.Seen seen() {
    return new Receipt.Seen(
        changed.isEmpty()
            ? List.of()
            : List.of(
                new Receipt.ProofRecord(
                    "changed",
                    changed.stream().map(one -> new Receipt.Fact("done", one)).toList())),
        degraded,
        new ConsumeRecord.None());
  }

  private RunContext.Asked asked(ReplicationRequest request) {
    return new RunContext.Asked(
        acts ? context.cluster().policies().publish().site().value() : "",
        request.inWords(),
        request.by(),
        request.reason());
  }

  @Override
  public Receipt receipt() {
    ReplicationRequest request = asked;
    return context.receiptSoFar(
        request == null ? RunContext.Asked.NOTHING : asked(request), seen());
  }
}
