package dev.mooring.runbook.failover;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.switchover.SwitchoverStep;

/**
 * The steps of Failover in order. Before FENCE no instance is changed. From FENCE to PROMOTE each
 * step can be undone; no undo starts an instance. After PROMOTE nothing is rolled back.
 */
public enum FailoverStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  WATCH(StepVerb.OBSERVE, "wait until the primary is gone, if the run was started for that"),
  OBSERVE(StepVerb.OBSERVE, "observe the primary from several witnesses, and rank the standbys"),
  APPROVE(StepVerb.OBSERVE, "wait until a person approves the plan"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites"),
  OBSERVE_AGAIN(StepVerb.OBSERVE, "observe all of it again, and compare it with what was approved"),
  FENCE(StepVerb.STEP, "fence the old primary, and prove it"),
  CUT_OFF(StepVerb.STEP, "disconnect clients of PgBouncer and HAProxy from the old primary"),
  FETCH_WAL(StepVerb.STAYS, "fetch WAL that only the old primary has"),
  PREPARE_SLOTS(SwitchoverStep.PREPARE_SLOTS),
  PREPARE_SYNCHRONOUS(SwitchoverStep.PREPARE_SYNCHRONOUS),
  LAST_LOOK(SwitchoverStep.LAST_LOOK, "verify that no member accepts writes"),
  PROMOTE(StepVerb.PIVOT, "promote the candidate"),
  FOLLOW(SwitchoverStep.FOLLOW),
  ROUTE(SwitchoverStep.ROUTE),
  STREAMING(SwitchoverStep.STREAMING),
  VERIFY(SwitchoverStep.VERIFY);

  private final StepVerb verb;
  private final String sentence;
  private final Enum<?> part;

  FailoverStep(StepVerb verb, String sentence) {
    this.verb = verb;
    this.sentence = sentence;
    this.part = this;
  }

  FailoverStep(SwitchoverStep part) {
    this(part, part.sentence());
  }

  FailoverStep(SwitchoverStep part, String sentence) {
    this.verb = part.verb();
    this.sentence = sentence;
    this.part = part;
  }

  @Override
  public boolean is(Step step) {
    return equals(step) || part.equals(step);
  }

  @Override
  public StepVerb verb() {
    return verb;
  }

  @Override
  public String sentence() {
    return sentence;
  }
}
