package dev.mooring.runbook.switchover;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/**
 * The steps of Switchover, in their order. Up to HAND_OVER each has its way back, and the outage
 * budget takes it by itself; from TAKE_OVER on there is only forward.
 */
public enum SwitchoverStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "look at every member, its host and the endpoints"),
  APPROVE(StepVerb.OBSERVE, "wait until a person approves the plan"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites"),
  OBSERVE_AGAIN(StepVerb.OBSERVE, "look at all of it again, and compare it with what was approved"),
  PREPARE_SLOTS(StepVerb.STEP, "make the slots on the target that the others will use"),
  PREPARE_SYNCHRONOUS(StepVerb.STEP, "set on the target whom its commits will wait for"),
  CHECKPOINT(StepVerb.STEP, "end a checkpoint, so that the stop is short"),
  DETACH(StepVerb.STEP, "take off the standbys that would hold the stop up"),
  PREPARE_ENDPOINTS(StepVerb.STEP, "let the next reload of endpoints lead to the target"),
  LAST_LOOK(
      StepVerb.OBSERVE,
      "see that nobody but the primary takes writes, and that nothing holds its stop up"),
  PAUSE(StepVerb.STEP, "hold the clients of PgBouncer"),
  HAND_OVER(StepVerb.STEP, "fence the primary and stop it"),
  TAKE_OVER(StepVerb.PIVOT, "see all of its WAL on the target and promote that"),
  ROUTE(StepVerb.FORWARD, "point the endpoints at the new primary"),
  REJOIN(StepVerb.FORWARD, "let the old primary follow the new one"),
  FOLLOW(StepVerb.FORWARD, "let the other standbys follow the new primary"),
  STREAMING(StepVerb.FORWARD, "wait until all of them stream"),
  VERIFY(
      StepVerb.FORWARD, "verify that the new primary accepts a write and each standby rejects one"),
  CLEAN_UP(StepVerb.FORWARD, "drop the slots that nobody uses any more on the old primary");

  private final StepVerb verb;
  private final String sentence;

  SwitchoverStep(StepVerb verb, String sentence) {
    this.verb = verb;
    this.sentence = sentence;
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
