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
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What every runbook has around its steps: the cluster file, the lock, the plan, the receipt, the
 * messages of people.
 */
public final class RunContext {
  /** How {@code by} of a request begins that a hook made. */
  public static final String BY_HOOK = "hook ";

  private static final SearchAttributeKey<String> SCHEDULED_BY =
      SearchAttributeKey.forKeyword("TemporalScheduledById");

  /** A person who waits for a plan does not wait for a store that is gone with its site. */
  private static final Duration A_PLANS = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String runbook;
  private final ClusterName name;
  private final RunbookRun run;
  private final List<String> steps = new ArrayList<>();
  private final List<ClusterLock.Held> locks = new ArrayList<>();
  private final List<Receipt.PlanRecord> plans = new ArrayList<>();
  private @Nullable Cluster cluster;
  private @Nullable SitesAgreement agreement;
  private Plan plan = Plan.UNKNOWN;

  /**
   * The surroundings of a run of that runbook, for the cluster that the raw request names. One that
   * changes who may write is rolled back by a failure before its point of no return, and after it
   * the run can't be stopped.
   */
  public RunContext(Runbook runbook, @Nullable RawRequest raw, Class<? extends Step> steps) {
    this(runbook.type(), raw, steps);
    if (runbook.changesRoles()) {
      run.rollsBackOnFailure();
    }
  }

  /** The surroundings of a run that only looks, by its workflow type. */
  public RunContext(String runbook, @Nullable RawRequest raw, Class<? extends Step> steps) {
    this.runbook = runbook;
    this.name = named(raw);
    this.run = new RunbookRun(runbook, name, steps, this::leaveLocks, isByHook(raw));
    for (Step step : steps.getEnumConstants()) {
      this.steps.add(step.name() + ": " + step.sentence());
    }
  }

  private static boolean isByHook(@Nullable RawRequest raw) {
    return raw != null && raw.json().path("by").asText("").startsWith(BY_HOOK);
  }

  private static ClusterName named(@Nullable RawRequest raw) {
    try {
      return new ClusterName(
          raw == null ? "unknown" : raw.json().path("cluster").asText("unknown"));
    } catch (IllegalArgumentException e) {
      return new ClusterName("unknown");
    }
  }

  /** What people are asked, and what they decided. */
  public Deciding deciding() {
    return run.deciding;
  }

  /** The run itself. */
  public RunbookRun run() {
    return run;
  }

  /** Reads the cluster file where the queue {@code mooring} is served. */
  public Cluster readCluster() {
    ClusterActivities files =
        Workflow.newActivityStub(
            ClusterActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.SHARED_QUEUE, "read " + name + ".yaml"));
    Cluster read = files.readCluster(new ClusterActivities.ReadCluster(name));
    cluster = read;
    run.noticesBy(read.policies().notices());
    agreement = new SitesAgreement(read);
    return read;
  }

  /**
   * Refuses the run when a site goes by another cluster file.
   *
   * @return one sentence for each site whose file could not be compared
   */
  public List<String> oneFileEverywhere() {
    return Objects.requireNonNull(agreement, "the cluster file was not read yet").refuseUnless();
  }

  /** The cluster file, once it was read. */
  public Cluster cluster() {
    return Objects.requireNonNull(cluster, "the cluster file was not read yet");
  }

  /** Whether a schedule started the run of this workflow. */
  public static boolean isScheduled() {
    return Workflow.getTypedSearchAttributes().containsKey(SCHEDULED_BY);
  }

  /**
   * Takes the lock at a site. A scheduled run that finds it held ends as skipped; a typed run is
   * refused.
   *
   * @return whether the lock is held by this run now
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
   * Takes the locks of all sites, in the order of their names. Who looks at restore points or
   * rehearses is waited for; another run that changes who may write refuses this one.
   */
  public void lockedEverywhere() {
    lockedEverywhere(ClusterLock.Stopping.NOBODY);
  }

  /**
   * The same in an emergency: a run that handles restore points or rehearses is stopped, not waited
   * for. A run that changes who may write is ended by a person alone, in its own words: it knows
   * what it began.
   *
   * @param takesOver whether a resilver is stopped too, as a person named it
   * @param tookOver run after each of these
   * @return who was, one sentence each
   */
  public List<String> lockedInEmergency(boolean takesOver, Runnable tookOver) {
    List<String> stopped = new ArrayList<>();
    lockedEverywhere(
        new ClusterLock.Stopping() {
          @Override
          public boolean isOf(Holder holder) {
            if (!isHolder(holder, Runbook::isWaitedFor)
                && !(takesOver && isHolder(holder, Runbook::isTakenOver))) {
              throw refusedBeside(holder);
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

  /** With what ends that run: a person alone does. */
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

  private void lockedEverywhere(ClusterLock.Stopping stopping) {
    try {
      cluster().sites().stream()
          .map(Site::name)
          .sorted()
          .forEach(
              site ->
                  locks.add(
                      ClusterLock.take(
                          cluster().name(), site, runbook, RunContext::patienceWith, stopping)));
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

  /** Whether this run took locks, and did not give them back. */
  public boolean isLocked() {
    return !locks.isEmpty();
  }

  /** Gives back the locks, and sees that they are free: what follows needs none, or takes them. */
  public void unlocked() {
    while (!locks.isEmpty()) {
      ClusterLock.release(locks.remove(0));
    }
  }

  /** At the end of the run: a lock that does not close soon is closed with it by Temporal. */
  public void leaveLocks() {
    while (!locks.isEmpty()) {
      ClusterLock.leave(locks.remove(0));
    }
  }

  /** The digest of a plan that is made of this. */
  public String digestOf(String request, List<String> objects) {
    return Digest.ofPlan(request, cluster().digest(), objects, steps);
  }

  /** What the run means to do, now that it has looked. */
  public void planned(String request, List<String> objects, List<Receipt.Fact> measured) {
    plan = new Plan(digestOf(request, objects), objects, steps, measured, List.of(), List.of());
    plans.removeIf(earlier -> earlier.digest().equals(plan.digest()));
    plans.add(plan.record(request));
  }

  /**
   * What the run means to do, now that it looked once more: nothing else than what was approved.
   */
  public void plannedAgain(String request, List<String> objects, List<Receipt.Fact> measured) {
    Plan approved = plan;
    planned(request, objects, measured);
    if (!plan.digest().equals(approved.digest())) {
      throw RunbookStop.refused(
          FailureCode.PLAN_CHANGED,
          String.format(
              "plan %s was approved and is now %s: %s",
              approved.digest(), plan.digest(), plan.differenceFrom(approved)));
    }
  }

  /** What of it is compared side by side; shown with the plan. */
  public void planTable(PlanTable table) {
    plan = plan.with(table);
  }

  /** How a person does what is planned without Mooring; shown with the plan. */
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
   * @param brings what the request brings towards that
   */
  public void approved(Approval brings) {
    approved(brings, Workflow::newPromise);
  }

  /**
   * The same of a plan that may come to nothing meanwhile.
   *
   * @param pointless begins to look for that, and completes with the end of the run then; called
   *     only if a person is waited for
   */
  public void approved(Approval brings, Supplier<Promise<RunbookStop>> pointless) {
    run.deciding.approved(plan, brings, pointless);
  }

  /** How the receipt is written: that of a run that a person stopped waits for no worker. */
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
   * Writes the receipt of an ending, at that site.
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
                run.receiptCall(), cluster().policies().evidence().at(site), receipt))
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

  /** Refuses a decision this run can't take now. */
  public void validate(RawRequest raw) {
    run.deciding.refuse(Decision.of(raw));
  }

  /** Takes a decision that {@link #validate} let pass. */
  public String decide(RawRequest raw) {
    return run.deciding.take(Decision.of(raw), plan);
  }

  /** Takes a decision from those who can only signal; a bad one is shown, not thrown. */
  public void decideBySignal(RawRequest raw) {
    try {
      decide(raw);
    } catch (ApplicationFailure e) {
      run.say("a decision was refused: " + e.getOriginalMessage());
    }
  }

  /**
   * What was asked, as a receipt keeps it.
   *
   * @param scope the site the run is for
   * @param request the request in words
   */
  public record Asked(String scope, String request, String by, String reason) {
    /** Before the request was read. */
    public static final Asked NOTHING = new Asked("", "", "", "");
  }
}
