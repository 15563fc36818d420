package dev.mooring.runbook.failback;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;

/**
 * The steps of Failback, in order: those of a Resilver, then those of a Switchover, whose point of
 * no return is the only one. Instances that the first half resilvered stay so.
 */
public enum FailbackStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(ResilverStep.OBSERVE, StepVerb.OBSERVE),
  PLAN(ResilverStep.PLAN, StepVerb.OBSERVE),
  LOOK_AHEAD(StepVerb.OBSERVE, "check what refuses the move before the rejoin"),
  APPROVE_RESILVER(StepVerb.OBSERVE, "wait until a person approves the removal of data"),
  LOCK_FOR_RESILVER(ResilverStep.LOCK, StepVerb.OBSERVE),
  AUTHORITY(ResilverStep.AUTHORITY, StepVerb.STAYS),
  RUN_BEFORE(ResilverStep.RUN_BEFORE, StepVerb.STAYS),
  SLOTS(ResilverStep.SLOTS, StepVerb.STEP),
  KEEP_WAL(ResilverStep.KEEP_WAL, StepVerb.STAYS),
  COPY(ResilverStep.COPY, StepVerb.STEP),
  REPLACE(ResilverStep.REPLACE, StepVerb.STAYS),
  COPY_INSTEAD(ResilverStep.COPY_INSTEAD, StepVerb.STAYS),
  START(ResilverStep.FOLLOW, StepVerb.STAYS),
  UNLOCK(StepVerb.OBSERVE, "release the locks while they catch up"),
  CATCH_UP(ResilverStep.STREAMING, StepVerb.STAYS),
  RESILVERED(ResilverStep.VERIFY, StepVerb.STAYS),
  TIDY(ResilverStep.TIDY, StepVerb.STAYS),
  RUN_AFTER(ResilverStep.RUN_AFTER, StepVerb.STAYS),
  CHECK(SwitchoverStep.OBSERVE),
  APPROVE(SwitchoverStep.APPROVE),
  LOCK(SwitchoverStep.LOCK),
  OBSERVE_AGAIN(SwitchoverStep.OBSERVE_AGAIN),
  PREPARE_SLOTS(SwitchoverStep.PREPARE_SLOTS),
  PREPARE_SYNCHRONOUS(SwitchoverStep.PREPARE_SYNCHRONOUS),
  CHECKPOINT(SwitchoverStep.CHECKPOINT),
  DETACH(SwitchoverStep.DETACH),
  PREPARE_ENDPOINTS(SwitchoverStep.PREPARE_ENDPOINTS),
  LAST_LOOK(SwitchoverStep.LAST_LOOK),
  PAUSE(SwitchoverStep.PAUSE),
  HAND_OVER(SwitchoverStep.HAND_OVER),
  TAKE_OVER(SwitchoverStep.TAKE_OVER),
  ROUTE(SwitchoverStep.ROUTE),
  REJOIN(SwitchoverStep.REJOIN),
  FOLLOW(SwitchoverStep.FOLLOW),
  STREAMING(SwitchoverStep.STREAMING),
  VERIFY(SwitchoverStep.VERIFY),
  CLEAN_UP(SwitchoverStep.CLEAN_UP);

  private final StepVerb verb;
  private final String sentence;
  private final Enum<?> part;

  FailbackStep(StepVerb verb, String sentence) {
    this.verb = verb;
    this.sentence = sentence;
    this.part = this;
  }

  FailbackStep(ResilverStep part, StepVerb verb) {
    this.verb = verb;
    this.sentence = part.sentence();
    this.part = part;
  }

  FailbackStep(SwitchoverStep part) {
    this.verb = part.verb();
    this.sentence = part.sentence();
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
