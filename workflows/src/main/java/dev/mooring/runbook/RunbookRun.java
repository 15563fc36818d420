package dev.mooring.runbook;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.NoticeActivities.Event;
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
 * turns each result into one of its endings. It decides nothing. Replay rebuilds it.
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

  /**
   * A run of that runbook for that cluster.
   *
   * @param atItsEnd what is done once its receipt is written, however it ends
   * @param byHook whether a hook started it
   */
  public RunbookRun(
      String runbook,
      ClusterName cluster,
      Class<? extends Step> steps,
      Runnable atItsEnd,
      boolean byHook) {
    this.runbook = runbook;
    this.cluster = cluster;
    this.steps = List.of(steps.getEnumConstants());
    this.view = new ProgressView(runbook, this.steps);
    this.log = new StepLog(view);
    this.atItsEnd = atItsEnd;
    this.notices = new Notices(runbook, cluster, byHook);
  }

  /** The step of this run that a step group's is; a step of its own is itself. */
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

  /** The restore point the run is about, once it is known. */
  public void about(RestorePointName name) {
    view.about(name.value());
    attributes.restorePoint(name);
  }

  /**
   * A failure before the point of no return leaves nothing done: the run ends rolled back by it.
   */
  public void rollsBackOnFailure() {
    rollsBack = true;
  }

  /**
   * Whether it acts. One in mode plan that comes to its end is {@link Outcome#PLANNED}, and its
   * receipt says of every ending that it was a plan.
   */
  public void inMode(Mode mode) {
    planOnly = mode == Mode.PLAN;
  }

  /** Whether it is only to say what it would do. */
  boolean isPlanOnly() {
    return planOnly;
  }

  /** Whether it can't be stopped any more. */
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
   * What a step group made is valid by itself from here on: it is not undone, also if the rest
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
    if (step.verb() != verb || step.ordinal() < next) {
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
    left = left + "; " + sentence;
  }

  @Override
  public <T> T untilDone(Step step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act) {
    return deciding.untilDone(own(step), stands, hold, act);
  }

  /** Says something about the run as a whole. */
  public void say(String sentence) {
    view.say(sentence);
  }

  /** Stops the run as a person decided; before the point of no return what was done is undone. */
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

  /** Says that a step can't go on until a person decides, and why. */
  public void holds(Step step, String sentence) {
    view.mark(step, "held", sentence);
    say(sentence);
    attributes.needsOperator(true);
    notices.holds(step.name(), sentence, "mooring follow " + Workflow.getInfo().getWorkflowId());
    LOG.error("{} holds: {}", step.name(), sentence);
  }

  /** From here on notices are sent by those channels: one policy, or none. */
  public void noticesBy(List<NoticePolicy> channels) {
    notices.by(channels);
  }

  /** Sends a notice of a diagnosis that a watch found, or that is over. */
  public void notice(
      Event event, Severity severity, String headline, List<String> lines, String next) {
    notices.found(event, severity, headline, lines, next);
  }

  /** Before another run continues this one: what Temporal does not have by then goes with it. */
  public void leaveNotices() {
    notices.leave();
  }

  /** Says that a plan waits for an approval, and what is typed to give it. */
  void waits(String sentence, Plan plan, List<String> unlessBy, String next) {
    view.asks(sentence);
    notices.waits(plan, unlessBy, next);
  }

  /** No person was asked before it acts. */
  public void actsAlone() {
    notices.actsAlone();
  }

  /** A run that continues another: a person is needed from its first moment. */
  public void needsOperatorAtFirst() {
    neededAtFirst = true;
  }

  /** Sets whether a person is needed, independent of its steps. */
  public void needsOperator(boolean needed) {
    attributes.needsOperator(needed);
  }

  /** Notes that it continues. */
  public void goesOn(Step step) {
    attributes.needsOperator(false);
    notices.goesOn(step.name());
    view.mark(step, "running", "");
  }

  /**
   * An act that is not left before its outcome is known: what it writes is what others go by. A
   * stop that came before it still counts; one during it is too late if the act succeeds.
   */
  public static <T> T untilOutcomeKnown(Supplier<T> act) {
    CancellationScope.throwCanceled();
    List<T> result = new ArrayList<>();
    Workflow.newDetachedCancellationScope(() -> result.add(act.get())).run();
    return result.get(0);
  }

  /** What a run that did all it was to do says of a stop that came while it did the last of it. */
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
   * Binds what was typed. A run that can't be bound does nothing and has no receipt; people find it
   * as refused.
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
   * Runs the body to one of its endings, each with a receipt; any but COMPLETED and PLANNED fails
   * the run with the outcome as failure type. A run that did what it was to do and has no receipt
   * fails too, with a sentence that begins with what was done; a plan, which changed nothing, says
   * so beside its headline.
   *
   * @param conclusion the headline of a result
   * @param receipt writes the receipt of an ending and says where it stands
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

  /** What it could not give back Temporal takes with the run. */
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

  /** All that can be undone is, also where something else could not be. */
  private Ended undone(Ended ended) {
    view.markNotReached();
    Ended end = ended;
    while (!undos.isEmpty()) {
      Registered last = undos.pop();
      if (last.undo() instanceof Undo.By by) {
        Instant began = now();
        try {
          Workflow.newDetachedCancellationScope(by.act()).run();
          log.undone(last.step(), began);
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
