package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One run of a runbook: keeps the order of its steps, their undo, the progress and the receipt, and
 * turns each result into an ending. It makes no decisions. Replay rebuilds it.
 */
public final class RunbookRun implements Steps {
  private static final Logger LOG = Workflow.getLogger(RunbookRun.class);
  private static final Undo STAYS =
      Undo.nothing("what a step group made is valid without the rest");

  private final String runbook;
  private final ClusterName cluster;
  private final List<Step> steps;
  final ProgressView view;
  final Deciding deciding = new Deciding(this);
  private final StepLog log;
  private final Deque<Registered> undos = new ArrayDeque<>();
  private final SearchAttributes attributes = new SearchAttributes();
  private final HeldEpoch authority = new HeldEpoch();
  private final Runnable atItsEnd;
  private final Notices notices;
  private boolean neededAtFirst;
  private boolean pivotPassed;
  private boolean acted;
  private int next;
  private @Nullable CancellationScope scope;
  private String stopped = "";
  private FailureCode stoppedFor = FailureCode.CANCELLED;
  private boolean rollsBack;
  private boolean onlyForward;
  private boolean planOnly;
  private String unreceipted = "";
  private String left = "";
  private boolean stays;

  /**
   * A run of that runbook for that cluster.
   *
   * @param atItsEnd called after its receipt is written, however the run ends
   * @param byHook whether a hook started it
   * @param observed the lines of its plan, for notices
   */
  public RunbookRun(
      String runbook,
      ClusterName cluster,
      Class<? extends Step> steps,
      Runnable atItsEnd,
      boolean byHook,
      Supplier<List<String>> observed) {
    this.runbook = runbook;
    this.cluster = cluster;
    this.steps = List.of(steps.getEnumConstants());
    this.view = new ProgressView(runbook, this.steps);
    this.log = new StepLog(view);
    this.atItsEnd = atItsEnd;
    this.notices = new Notices(runbook, cluster, byHook, observed);
  }

  /** The run's step that stands for a step group's step; its own step is returned unchanged. */
  Step own(Step step) {
    return steps.stream()
        .filter(own -> own.is(step))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(step + " is no step of " + runbook));
  }

  @Override
  public Call call(Step step) {
    String run = Workflow.getInfo().getOriginalExecutionRunId();
    Step own = own(step);
    return new Call(cluster, run, own.name(), own.ordinal(), authority.epoch());
  }

  /** The call of the receipt's writer: the act after the last step. */
  public Call receiptCall() {
    String run = Workflow.getInfo().getOriginalExecutionRunId();
    return new Call(cluster, run, "RECEIPT", steps.size(), authority.epoch());
  }

  @Override
  public void holdEpoch(Epoch taken) {
    authority.take(taken);
  }

  /** Sets the restore point of the run. */
  public void about(RestorePointName name) {
    view.about(name.value());
    attributes.restorePoint(name);
  }

  /** From here on a failure before the point of no return ends the run as rolled back. */
  public void rollsBackOnFailure() {
    rollsBack = true;
  }

  /**
   * Sets the mode. A run in mode plan that completes is {@link Outcome#PLANNED}, and its receipt
   * marks every ending as that of a plan.
   */
  public void inMode(Mode mode) {
    planOnly = mode == Mode.PLAN;
  }

  /** Whether the run only plans. */
  boolean isPlanOnly() {
    return planOnly;
  }

  /** Whether the run can't be stopped any more. */
  boolean goesForwardOnly() {
    return onlyForward || (rollsBack && pivotPassed);
  }

  @Override
  public void onlyForward(Step first, Runnable rest) {
    CancellationScope.throwCanceled();
    onlyForward = true;
    Workflow.newDetachedCancellationScope(rest).run();
    if (!own(first).equals(first)) {
      onlyForward = false;
      CancellationScope.throwCanceled();
    }
  }

  @Override
  public <T> T observe(Step step, Supplier<T> act) {
    return perform(own(step), StepVerb.OBSERVE, act);
  }

  @Override
  public <T> T step(Step step, Supplier<T> act, Undo undo) {
    Step own = own(step);
    if (pivotPassed) {
      throw new IllegalStateException(own + ": no step may follow the point of no return");
    }
    if (own.verb() == StepVerb.STAYS && undo instanceof Undo.By) {
      throw new IllegalStateException(own + " is declared as one that stays, and has an undo");
    }
    undos.push(new Registered(own, undo));
    return perform(own, StepVerb.STEP, act);
  }

  @Override
  public <T> T pivot(Step step, Supplier<T> act) {
    Step own = own(step);
    if (!own.equals(step) && own.verb() != StepVerb.PIVOT) {
      return settle(own, act);
    }
    if (pivotPassed) {
      throw new IllegalStateException(own + ": a runbook has one point of no return");
    }
    CancellationScope.throwCanceled();
    pivotPassed = true;
    List<Registered> undoable = List.copyOf(undos);
    undos.clear();
    try {
      return perform(own, StepVerb.PIVOT, act);
    } catch (RunbookStop e) {
      if (e.outcome() == Outcome.ROLLED_BACK) {
        pivotPassed = false;
        undos.addAll(undoable);
      }
      throw e;
    }
  }

  /**
   * From here on what a step group did is valid on its own: it is not undone, even if the rest
   * fails.
   */
  private <T> T settle(Step step, Supplier<T> act) {
    CancellationScope.throwCanceled();
    undos.clear();
    return perform(step, StepVerb.STEP, act);
  }

  @Override
  public boolean isPivotPassed() {
    return pivotPassed;
  }

  @Override
  public <T> T forward(Step step, Supplier<T> act) {
    Step own = own(step);
    if (!own.equals(step) && own.verb() != StepVerb.FORWARD) {
      return step(own, act, STAYS);
    }
    if (!pivotPassed) {
      throw new IllegalStateException(own + ": forward only follows the point of no return");
    }
    return perform(own, StepVerb.FORWARD, act);
  }

  private <T> T perform(Step step, StepVerb verb, Supplier<T> act) {
    if (step.verb().done() != verb || step.ordinal() < next) {
      throw new IllegalStateException(
          step + " is declared as " + step.verb() + " and can't be done now as " + verb);
    }
    skipUpTo(step);
    acted |= verb != StepVerb.OBSERVE;
    next = step.ordinal() + 1;
    attributes.step(step.name());
    Instant began = log.begins(step);
    try {
      T result = act.get();
      log.done(step, began);
      return result;
    } catch (TemporalFailure e) {
      log.failed(step, began, Explained.of(e).sentence());
      throw e;
    } catch (RunbookStop e) {
      log.failed(step, began, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private void skipUpTo(Step step) {
    for (int i = next; i < step.ordinal(); i++) {
      view.mark(steps.get(i), "skipped");
    }
  }

  @Override
  public void note(Step step, String note) {
    view.note(own(step), note);
  }

  @Override
  public void leaves(String sentence) {
    if (!left.contains(sentence)) {
      left = left + "; " + sentence;
    }
  }

  @Override
  public void stays(String sentence) {
    stays = true;
    leaves(sentence);
  }

  /** What {@link #leaves} was called with, as the end of a headline. */
  public String left() {
    return left;
  }

  @Override
  public <T> T untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act) {
    return deciding.untilDone(own(step), stands, hold, act);
  }

  /** Sets the headline of the run. */
  public void say(String sentence) {
    view.say(sentence);
  }

  /** Stops the run by a person's decision; before the point of no return everything is undone. */
  public void stop(Decision decision) {
    String why = decision.reason().isEmpty() ? "" : ": " + decision.reason();
    stop(FailureCode.CANCELLED, "stopped by " + decision.by() + why);
  }

  /** Whether a person stopped it. */
  public boolean isStoppedByAPerson() {
    return !stopped.isEmpty() && stoppedFor == FailureCode.CANCELLED;
  }

  @Override
  public void stop(FailureCode code, String sentence) {
    stopped = sentence;
    stoppedFor = code;
    if (scope != null) {
      scope.cancel(stopped);
    }
  }

  /** Reports that a step can't continue until a person decides, and why. */
  public void holds(Step step, String sentence) {
    view.mark(step, "held", sentence);
    say(sentence);
    attributes.needsOperator(true);
    notices.holds(step.name(), sentence, "mooring follow " + Workflow.getInfo().getWorkflowId());
    LOG.error("{} holds: {}", step.name(), sentence);
  }

  /** From here on notices are sent by this policy; none if empty. */
  public void noticesBy(List<NoticePolicy> channels) {
    notices.by(channels);
  }

  /** Sends a notice of a diagnosis of that severity that a watch found. */
  public void opened(Severity severity, Message diagnosis) {
    notices.opened(severity, diagnosis);
  }

  /** Sends a notice that a diagnosis of that severity is over. */
  public void over(Severity severity, Message diagnosis) {
    notices.over(severity, diagnosis);
  }

  /** Before another run continues this one: notices that Temporal has not started are lost. */
  public void leaveNotices() {
    notices.leave();
  }

  /** Reports that a plan waits for an approval, and the command to give it. */
  void waits(String sentence, List<String> unlessBy, String next) {
    view.asks(sentence);
    notices.waits(unlessBy, next);
  }

  /** Reports that the approval is no longer requested, because the cause of the plan is gone. */
  void needsNoApproval(String digest, String why) {
    notices.needsNoApproval(digest, why);
  }

  /**
   * The run acts without an approval.
   *
   * @param completed the severity of the notice that it did
   */
  public void actsAlone(Severity completed) {
    notices.actsAlone(completed);
  }

  /** For a run that continues another: it needs an operator from its first moment. */
  public void needsOperatorAtFirst() {
    neededAtFirst = true;
  }

  /** Sets whether the run needs an operator, independent of its steps. */
  public void needsOperator(boolean needed) {
    attributes.needsOperator(needed);
  }

  /** Reports that the step continues. */
  public void goesOn(Step step) {
    attributes.needsOperator(false);
    notices.goesOn(step.name());
    view.mark(step, "running", "");
  }

  /**
   * Runs an act to its end, because others rely on what it writes. A cancellation before the act
   * still counts; one during it comes too late if the act succeeds.
   */
  public static <T> T untilOutcomeKnown(Supplier<T> act) {
    CancellationScope.throwCanceled();
    List<T> result = new ArrayList<>();
    Workflow.newDetachedCancellationScope(() -> result.add(act.get())).run();
    return result.get(0);
  }

  /** The sentence about a stop that came during the last act of a completed run. */
  public List<String> lateStop() {
    return scope != null && scope.isCancelRequested()
        ? List.of((stopped.isEmpty() ? "the run was cancelled" : stopped) + "; that came too late")
        : List.of();
  }

  /** Workflow time. */
  public static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  /** The progress of the run. */
  public Progress progress() {
    return view.progress();
  }

  /** The progress of a run that begins no further step. */
  public Progress atItsEnd() {
    view.markNotReached();
    return progress();
  }

  /**
   * Reads a typed request. If it can't be read, the run does nothing and has no receipt; it is
   * found as refused.
   */
  public <T> T bound(Supplier<T> request) {
    try {
      return request.get();
    } catch (ApplicationFailure wrong) {
      view.markNotReached();
      view.say(wrong.getOriginalMessage());
      attributes.cluster(cluster, false);
      attributes.ended(Outcome.REFUSED, false);
      throw wrong;
    }
  }

  /** The steps done so far. */
  public List<StepRecord> steps() {
    return log.all();
  }

  /**
   * Runs the body to one of its endings, each with a receipt; every outcome but COMPLETED and
   * PLANNED fails the run with the outcome as failure type. If a completed run can't write its
   * receipt it fails too, with a sentence that begins with what was done. A plan, which changed
   * nothing, says so in its headline.
   *
   * @param conclusion the headline of a result
   * @param receipt writes the receipt of an ending and returns its place
   */
  public <R> R runToEnding(
      Supplier<R> body, Function<R, String> conclusion, Function<Receipt.Ending, String> receipt) {
    attributes.cluster(cluster, neededAtFirst);
    List<R> result = new ArrayList<>();
    Ended ended;
    try {
      scope = Workflow.newCancellationScope(() -> result.add(body.get()));
      if (!stopped.isEmpty()) {
        scope.cancel(stopped);
      }
      scope.run();
      ended = new Ended(done(), null, conclusion.apply(result.get(0)));
      view.markNotReached();
    } catch (RunbookStop e) {
      Outcome outcome =
          e.outcome() != Outcome.STUCK && rollsBack && acted && !pivotPassed
              ? Outcome.ROLLED_BACK
              : e.outcome();
      ended = undone(new Ended(outcome, e.code(), String.valueOf(e.getMessage())));
    } catch (TemporalFailure e) {
      ended = undone(ofFailure(e));
    }
    String written;
    try {
      written = writeReceipt(ended, receipt);
    } catch (ApplicationFailure unreceipted) {
      end();
      notices.leave();
      throw unreceipted;
    }
    end();
    if (ended.code() == null) {
      done(ended);
      return result.get(0);
    }
    ApplicationFailure failure = failure(ended, ended.code(), written);
    notices.leave();
    throw failure;
  }

  private void done(Ended ended) {
    view.say(ended.headline() + unreceipted);
    attributes.ended(ended.outcome(), false);
    notices.completed(ended.outcome(), ended.headline());
    notices.leave();
  }

  /** If a lock can't be released, Temporal closes it with the run. */
  private void end() {
    try {
      Workflow.newDetachedCancellationScope(atItsEnd).run();
    } catch (TemporalFailure e) {
      LOG.warn("{} did not give its locks back: {}", runbook, Explained.of(e).sentence());
    }
  }

  private Outcome done() {
    return planOnly ? Outcome.PLANNED : Outcome.COMPLETED;
  }

  private Ended ofFailure(TemporalFailure failure) {
    Explained why = Explained.of(failure);
    boolean cancelled = failure instanceof CanceledFailure || why.code() == FailureCode.CANCELLED;
    Outcome outcome = Outcome.FAILED;
    if (!pivotPassed && (cancelled || (rollsBack && acted))) {
      outcome = Outcome.ROLLED_BACK;
    } else if (!acted && why.code().isRefusal()) {
      outcome = Outcome.REFUSED;
    }
    return cancelled && !stopped.isEmpty()
        ? new Ended(outcome, stoppedFor, stopped)
        : new Ended(outcome, why.code(), why.sentence());
  }

  /** Undoes everything that can be undone, even if another undo failed. */
  private Ended undone(Ended ended) {
    view.markNotReached();
    Ended end = ended;
    while (!undos.isEmpty()) {
      Registered last = undos.pop();
      if (last.undo() instanceof Undo.By by) {
        Instant began = now();
        try {
          stays = false;
          Workflow.newDetachedCancellationScope(by.act()).run();
          log.undone(last.step(), began, stays);
        } catch (TemporalFailure e) {
          end = stuck(end, last.step(), began, Explained.of(e));
        } catch (RunbookStop e) {
          end = stuck(end, last.step(), began, new Explained(e.code(), e.reason()));
        }
      }
    }
    return new Ended(end.outcome(), end.code(), end.headline() + left);
  }

  private Ended stuck(Ended ended, Step step, Instant began, Explained why) {
    log.failed(step, began, "could not be undone: " + why.sentence());
    return new Ended(
        Outcome.STUCK,
        why.code(),
        ended.headline() + "; " + step + " could not be undone: " + why.sentence());
  }

  private String writeReceipt(Ended ended, Function<Receipt.Ending, String> receipt) {
    Receipt.Ending ending =
        new Receipt.Ending(
            ended.outcome().name(),
            ended.code() == null ? "" : ended.code().name(),
            ended.headline(),
            view.point(),
            now());
    List<String> where = new ArrayList<>();
    try {
      Workflow.newDetachedCancellationScope(() -> where.add(receipt.apply(ending))).run();
    } catch (TemporalFailure e) {
      String why =
          String.format(
              "no receipt could be written: %s; what was done is in Temporal's history of run"
                  + " %s of %s",
              Explained.of(e).sentence(),
              Workflow.getInfo().getOriginalExecutionRunId(),
              Workflow.getInfo().getWorkflowId());
      if (ended.code() == null && !planOnly) {
        FailureCode code = FailureCode.EVIDENCE_UNREADABLE;
        throw failure(
            new Ended(Outcome.FAILED, code, ended.headline() + "; but " + why), code, why);
      }
      where.add(why);
      unreceipted = "; " + why;
    }
    return where.get(0);
  }

  private ApplicationFailure failure(Ended ended, FailureCode code, String receipt) {
    view.say(ended.headline() + unreceipted);
    boolean needsOperator = !planOnly && ended.outcome().needsOperator(code);
    attributes.ended(ended.outcome(), needsOperator);
    if (!planOnly) {
      notices.ended(ended.outcome(), needsOperator, ended.headline(), code);
    }
    EndingRecord record =
        new EndingRecord(
            ended.outcome().failureType(), code.name(), ended.headline(), code.hint(), receipt);
    LOG.error("{} ends {}: {}", runbook, ended.outcome().failureType(), ended.headline());
    return ApplicationFailure.newNonRetryableFailure(
        ended.headline() + " HINT: " + code.hint(), ended.outcome().failureType(), record);
  }

  private record Registered(Step step, Undo undo) {}

  private record Ended(Outcome outcome, @Nullable FailureCode code, String headline) {}
}
