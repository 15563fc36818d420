package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.lock.ClusterLock;
import dev.mooring.runbook.lock.LockHeld;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.Digest;
import dev.mooring.wire.RawRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every run has around its steps: the cluster file, the lock, the plan, the receipt, people's
 * decisions.
 */
public final class RunContext {
  /** The beginning of {@code by} in a request from a hook. */
  public static final String BY_HOOK = "hook ";

  private static final SearchAttributeKey<String> SCHEDULED_BY =
      SearchAttributeKey.forKeyword("TemporalScheduledById");

  /** An operator who waits for a plan must not wait for a store that is lost with its site. */
  private static final Duration A_PLANS = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration LOCKS_AGAIN_AFTER = Duration.ofSeconds(2);

  private final String runbook;
  private final ClusterName name;
  private final RunbookRun run;
  private final boolean onlyObserves;
  private final List<String> steps = new ArrayList<>();
  private final List<ClusterLock.Held> locks = new ArrayList<>();
  private final List<Receipt.PlanRecord> plans = new ArrayList<>();
  private final List<Receipt.Fact> planFacts = new ArrayList<>();
  private @Nullable Cluster cluster;
  private @Nullable SitesAgreement agreement;
  private Plan plan = Plan.UNKNOWN;

  /**
   * The context of a run of that runbook, for the cluster that the raw request names. A runbook
   * that changes who may write rolls back on a failure before its point of no return, and can't be
   * stopped after it.
   */
  public RunContext(Runbook runbook, @Nullable RawRequest raw, Class<? extends Step> steps) {
    this(runbook.type(), raw, steps, false);
    if (runbook.changesRoles()) {
      run.rollsBackOnFailure();
    }
  }

  /** The context of a run that only observes, by its workflow type. */
  public RunContext(String runbook, @Nullable RawRequest raw, Class<? extends Step> steps) {
    this(runbook, raw, steps, true);
  }

  private RunContext(
      String runbook, @Nullable RawRequest raw, Class<? extends Step> steps, boolean onlyObserves) {
    this.runbook = runbook;
    this.onlyObserves = onlyObserves;
    this.name = named(raw);
    this.run =
        new RunbookRun(runbook, name, steps, this::leaveLocks, isByHook(raw), () -> plan.lines());
    for (Step step : steps.getEnumConstants()) {
      this.steps.add(step.name() + ": " + step.sentence());
    }
  }

  /** Also by a watch, for an incident: no person is at a terminal. */
  private static boolean isByHook(@Nullable RawRequest raw) {
    return raw != null
        && (isByNoPerson(raw.json().path("by").asText("")) || raw.json().has("incident"));
  }

  /** Whether the requester is a hook, or the setting by which a watch starts a Failover. */
  public static boolean isByNoPerson(String by) {
    return by.startsWith(BY_HOOK) || by.equals(FailoverReaction.SETTING);
  }

  private static ClusterName named(@Nullable RawRequest raw) {
    try {
      return new ClusterName(
          raw == null ? "unknown" : raw.json().path("cluster").asText("unknown"));
    } catch (IllegalArgumentException e) {
      return new ClusterName("unknown");
    }
  }

  /** The questions to people, and their decisions. */
  public Deciding deciding() {
    return run.deciding;
  }

  /** The run itself. */
  public RunbookRun run() {
    return run;
  }

  /**
   * Reads the cluster file, by a worker of the queue {@code mooring}. A run that acts also asks all
   * sites for theirs.
   */
  public Cluster readCluster() {
    ClusterActivities files =
        Workflow.newActivityStub(
            ClusterActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.SHARED_QUEUE, "read " + name + ".yaml"));
    Cluster read = files.readCluster(new ClusterActivities.ReadCluster(name));
    cluster = read;
    run.deciding.by(approvals());
    run.noticesBy(read.policies().notices());
    if (!onlyObserves) {
      agreement = new SitesAgreement(read);
    }
    return read;
  }

  /**
   * The cluster file as all sites have it now; this run goes on by the one that it read. Unseen if
   * it can't be read within seconds, or if a site has another one.
   */
  public Observed<Cluster> clusterFileNow() {
    return Observations.despiteLoss(A_PLANS)
        .begin(
            new Observations.At(
                name + ".yaml", ActivityPolicies.SHARED_QUEUE, FailureCode.CLUSTER_FILE),
            ClusterActivities.class,
            port -> port::readCluster,
            new ClusterActivities.ReadCluster(name))
        .get()
        .match(RunContext::ofAllSites, unseen -> unseen);
  }

  /**
   * Whether a cluster file that was read later differs from the one of this run in what it needs.
   */
  public boolean isOther(Observed<Cluster> later) {
    return later.seen().filter(now -> !now.needed().equals(cluster().needed())).isPresent();
  }

  private static Observed<Cluster> ofAllSites(Cluster read) {
    try {
      new SitesAgreement(read).refuseUnless();
      return new Observed.Seen<>(read);
    } catch (RunbookStop differs) {
      return new Observed.Unseen<>(differs.code(), differs.reason());
    }
  }

  /**
   * Refuses the run if a site uses another cluster file.
   *
   * @return one sentence for each site whose file could not be compared
   */
  public List<String> oneFileEverywhere() {
    return Objects.requireNonNull(agreement, "no site was asked for its cluster file")
        .refuseUnless();
  }

  /** The cluster file, after it was read. */
  public Cluster cluster() {
    return Objects.requireNonNull(cluster, "the cluster file was not read yet");
  }

  /** Whether a schedule started this workflow's run. */
  public static boolean isScheduled() {
    return Workflow.getTypedSearchAttributes().containsKey(SCHEDULED_BY);
  }

  /**
   * Takes the lock at a site. If it is held, a scheduled run ends as skipped, and a typed run is
   * refused.
   *
   * @return whether this run holds the lock now
   */
  public boolean locked(SiteName site, Duration patience) {
    try {
      locks.add(ClusterLock.take(cluster().name(), site, runbook, patience));
      return true;
    } catch (LockHeld held) {
      if (isScheduled()) {
        return false;
      }
      throw RunbookStop.refused(FailureCode.LOCK_HELD, held.sentence());
    }
  }

  /**
   * Takes the locks of all sites, in the order of their names. A run that handles restore points or
   * rehearses is waited for; another run that changes who may write refuses this one.
   */
  public void lockedEverywhere() {
    lockedEverywhere(RunContext::patienceWith, ClusterLock.Stopping.NOBODY);
  }

  /**
   * The same for a run that is started only once. While it waits it keeps no lock, which another
   * run may need.
   *
   * @param patience how long another run that changes who may write is waited for
   */
  public void lockedEverywhereWithin(Duration patience) {
    long until = Workflow.currentTimeMillis() + patience.toMillis();
    while (!isLockedEverywhere(Workflow.currentTimeMillis() < until)) {
      unlocked();
      Workflow.sleep(LOCKS_AGAIN_AFTER);
    }
  }

  private boolean isLockedEverywhere(boolean again) {
    try {
      lockedEverywhere();
      return true;
    } catch (RunbookStop held) {
      if (again) {
        return false;
      }
      throw held;
    }
  }

  /**
   * The same in an emergency: a run that handles restore points or rehearses is stopped, not waited
   * for. Only a person may end a run that changes who may write: that run knows what it began.
   *
   * @param takesOver whether a resilver is stopped too, by an override
   * @param tookOver called after each resilver that was stopped
   * @param refusing called with a holder that refuses this run, and the refusal, before it does
   * @return the runs that were stopped, one sentence each
   */
  public List<String> lockedInEmergency(
      boolean takesOver, Runnable tookOver, BiConsumer<Holder, RunbookStop> refusing) {
    List<String> stopped = new ArrayList<>();
    lockedEverywhere(
        RunContext::patienceWith,
        new ClusterLock.Stopping() {
          @Override
          public boolean isOf(Holder holder) {
            if (!isHolder(holder, Runbook::isWaitedFor)
                && !(takesOver && isHolder(holder, Runbook::isTakenOver))) {
              RunbookStop refusal = refusedBeside(holder);
              refusing.accept(holder, refusal);
              throw refusal;
            }
            return true;
          }

          @Override
          public void stopped(Holder holder, SiteName site) {
            if (isHolder(holder, Runbook::isTakenOver)) {
              tookOver.run();
            }
            String sentence =
                String.format(
                    "%s (workflow %s) was stopped for the lock of %s; %s starts it again",
                    holder.what(),
                    holder.workflowId(),
                    site,
                    Commands.again(holder.what(), name, site.value()));
            stopped.add(sentence);
            run.leaves(sentence);
          }
        });
    return stopped;
  }

  private static boolean isHolder(Holder holder, Predicate<Runbook> of) {
    return Runbook.ofType(holder.what()).filter(of).isPresent();
  }

  /** The refusal with the command that ends the other run. */
  private static RunbookStop refusedBeside(Holder holder) {
    String id = holder.workflowId();
    String cancel =
        isHolder(holder, Runbook::copies)
            ? "`mooring cancel %1$s --reason WHY` ends it while it copies, "
            : "";
    return RunbookStop.refused(
        FailureCode.LOCK_HELD,
        String.format(
            "%2$s (workflow %1$s) has the lock: `mooring follow %1$s` shows it; "
                + (isHolder(holder, Runbook::isTakenOver)
                    ? "a new plan with `--override take-over --reason WHY` stops it"
                    : cancel + "`mooring give-up %1$s --reason WHY` ends it if it can't go on"),
            id,
            holder.what()));
  }

  private void lockedEverywhere(
      Function<String, Duration> patience, ClusterLock.Stopping stopping) {
    try {
      cluster().sites().stream()
          .map(Site::name)
          .sorted()
          .forEach(
              site ->
                  locks.add(ClusterLock.take(cluster().name(), site, runbook, patience, stopping)));
    } catch (LockHeld held) {
      throw RunbookStop.refused(FailureCode.LOCK_HELD, held.sentence());
    }
  }

  /** How long {@link #lockedEverywhere} waits for a run of that runbook which holds a lock. */
  public static Duration patienceWith(String holder) {
    return Runbook.ofType(holder).filter(Runbook::isWaitedFor).isPresent()
        ? PATIENCE
        : Duration.ZERO;
  }

  /** Whether this run holds locks. */
  public boolean isLocked() {
    return !locks.isEmpty();
  }

  /** Releases the locks and verifies that they are free; what follows needs none, or its own. */
  public void unlocked() {
    while (!locks.isEmpty()) {
      ClusterLock.release(locks.remove(0));
    }
  }

  /** At the end of the run: releases the locks; Temporal closes those that don't close in 10 s. */
  public void leaveLocks() {
    while (!locks.isEmpty()) {
      ClusterLock.leave(locks.remove(0));
    }
  }

  /** The digest of a plan with this request and these objects. */
  public String digestOf(String request, List<String> objects) {
    return Digest.ofPlan(request, cluster().digest(), objects, steps);
  }

  /** Sets the plan, after the run observed. */
  public void planned(String request, List<String> objects, List<Receipt.Fact> measured) {
    plan =
        Plan.of(new Plan.Origin(request, cluster().digest()), objects, steps, measured)
            .also(planFacts);
    plans.removeIf(earlier -> earlier.digest().equals(plan.digest()));
    plans.add(plan.record());
  }

  /** Sets the plan again after another observation; refuses unless its digest is the same. */
  public void plannedAgain(String request, List<String> objects, List<Receipt.Fact> measured) {
    Plan earlier = plan;
    planned(request, objects, measured);
    if (!plan.digest().equals(earlier.digest())) {
      throw RunbookStop.refused(
          FailureCode.PLAN_CHANGED,
          String.format(
              "plan %s was %s and is now %s: %s",
              earlier.digest(),
              run.deciding.approvers(earlier.digest()).isEmpty() ? "planned" : "approved",
              plan.digest(),
              plan.differenceFrom(earlier)));
    }
  }

  /** Adds a measured fact to each plan that is set from now on. */
  public void planFact(Receipt.Fact fact) {
    planFacts.add(fact);
  }

  /** Shows a table with the plan. */
  public void planTable(PlanTable table) {
    plan = plan.with(table);
  }

  /** Shows the procedure without Mooring with the plan. */
  public void planByHand(List<String> words) {
    plan = plan.with(words);
  }

  /** The plan, for the query. */
  public Plan plan() {
    return plan;
  }

  /**
   * Waits until a person approves the plan, or refuses the run.
   *
   * @param brings the approval that the request brings
   */
  public void approved(Approval brings) {
    approved(brings, Workflow::newPromise);
  }

  /**
   * The same for a plan that may become pointless.
   *
   * @param pointless begins to observe that, and then completes with the end of the run; called
   *     only if the run waits for a person
   */
  public void approved(Approval brings, Supplier<Promise<RunbookStop>> pointless) {
    run.deciding.approved(plan, brings, approvals(), pointless);
    plans.stream()
        .filter(one -> one.digest().equals(plan.digest()))
        .forEach(one -> shown(one).shownFromNowOn());
  }

  private PlanApprovals shown(Receipt.PlanRecord approved) {
    return new PlanApprovals(
        approvals().run(),
        cluster().digest(),
        new Receipt.PlanRecord(
            approved.digest(), approved.request(), approved.objects(), approved.steps(), List.of()),
        run.deciding.records().stream()
            .filter(one -> one.isApprovalOf(approved.digest()))
            .toList());
  }

  /** The same for a plan that is observed again while it waits. */
  public void approved(Approval brings, ObservationWhileWaiting looks) {
    try {
      approved(brings, looks::begin);
    } finally {
      looks.leave();
    }
  }

  /** Whether the digest in the request is the only approval that the plan needs. */
  public boolean isApprovedByDigest(Approval brings) {
    return brings.persons() == 1 && approvals().isApproval(brings);
  }

  /** How many persons must approve a plan of this runbook by the cluster file. */
  public int persons() {
    return cluster().approvals().persons(runbook);
  }

  /** Why too few persons could approve the plan; empty if enough can. */
  public Optional<String> notApprovable(Approval brings) {
    return approvals()
        .missing(brings, plan.digest())
        .match(
            proceed -> Optional.empty(),
            notYet -> Optional.of(notYet.awaiting()),
            never -> Optional.of(never.reason()));
  }

  /** Refuses a run whose plan too few persons could approve, before it waits for anything else. */
  public void refuseUnlessApprovable(Approval brings) {
    refuseUnless(approvals().missing(brings, plan.digest()));
  }

  /** Whether only a signature approves. */
  public boolean refusesUnsigned() {
    return !cluster().approvals().allowsUnsigned();
  }

  private ApprovalCheck approvals() {
    return new ApprovalCheck(
        cluster().approvals(),
        name.value(),
        Workflow.getInfo().getWorkflowId(),
        Workflow.getInfo().getOriginalExecutionRunId());
  }

  /** The policy for writing a receipt: after a person's stop it does not wait for a worker. */
  public static ActivityPolicies receiptPolicy(Receipt receipt) {
    return receipt.ending().code().equals(FailureCode.CANCELLED.name())
        ? ActivityPolicies.LAST_WORD
        : ActivityPolicies.ENSURE;
  }

  /** The receipt of an ending. */
  public Receipt receipt(Asked asked, Receipt.Ending ending, Receipt.Seen seen) {
    return new Receipt(
        new Receipt.RunReference(
            runbook,
            name,
            asked.scope(),
            Workflow.getInfo().getWorkflowId(),
            Workflow.getInfo().getOriginalExecutionRunId()),
        new Receipt.Asked(
            asked.request(),
            asked.by(),
            asked.reason(),
            cluster == null ? "" : cluster.digest(),
            run.isPlanOnly()),
        ending,
        run.steps(),
        seen,
        run.deciding.records(),
        plans);
  }

  /**
   * Writes the receipt of an ending at that site.
   *
   * @return its path
   */
  public String writeReceipt(SiteName site, Receipt receipt) {
    String queue = ActivityPolicies.queueOf(site);
    String summary = "write the receipt";
    return Workflow.newActivityStub(
            ReceiptActivities.class,
            run.isPlanOnly()
                ? ActivityPolicies.look(queue, summary, A_PLANS)
                : receiptPolicy(receipt).options(queue, summary))
        .ensureReceipt(
            new ReceiptActivities.EnsureReceipt(
                run.receiptCall(),
                cluster().policies().evidence().at(site),
                receipt,
                WorkLists.heads(cluster(), site)))
        .inWords();
  }

  /** The receipt of a run that has not ended. */
  public Receipt receiptSoFar(Asked asked, Receipt.Seen seen) {
    Receipt.Ending open =
        new Receipt.Ending(
            "", "", run.progress().headline(), run.progress().point(), RunbookRun.now());
    return receipt(asked, open, seen);
  }

  /** The conclusion of a verdict; anything else refuses the run. */
  public static <T> T refuseUnless(Verdict<T> verdict) {
    return verdict.match(
        Verdict.Proceed::conclusion,
        notYet -> {
          throw RunbookStop.refused(FailureCode.BUG, notYet.awaiting());
        },
        never -> {
          throw RunbookStop.refused(never.code(), never.reason());
        });
  }

  /** The conclusion of a verdict; anything else fails the run. */
  public static <T> T failUnless(Verdict<T> verdict) {
    return verdict.match(
        Verdict.Proceed::conclusion,
        notYet -> {
          throw RunbookStop.failed(FailureCode.BUG, notYet.awaiting());
        },
        never -> {
          throw RunbookStop.failed(never.code(), never.reason());
        });
  }

  /** Refuses a decision that this run can't take now. */
  public void validate(RawRequest raw) {
    run.deciding.refuse(Decision.of(raw));
  }

  /** Takes a decision that {@link #validate} accepted. */
  public String decide(RawRequest raw) {
    return run.deciding.take(Decision.of(raw), plan);
  }

  /** Takes a decision by signal; a bad one is shown in the progress, not thrown. */
  public void decideBySignal(RawRequest raw) {
    try {
      decide(raw);
    } catch (ApplicationFailure e) {
      run.say("a decision was refused: " + e.getOriginalMessage());
    }
  }

  /**
   * The request for a receipt.
   *
   * @param scope the site the run is for
   * @param request the request in words
   */
  public record Asked(String scope, String request, String by, String reason) {
    /** Before the request was read. */
    public static final Asked NOTHING = new Asked("", "", "", "");
  }
}
