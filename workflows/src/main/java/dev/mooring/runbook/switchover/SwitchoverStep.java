package dev.mooring.runbook.switchover;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/**
 * The steps of Switchover in order. Each step up to HAND_OVER can be undone, and is undone if the
 * outage budget runs out. From TAKE_OVER on nothing is rolled back.
 */
public enum SwitchoverStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "observe every member, its host and the endpoints"),
  APPROVE(StepVerb.OBSERVE, "wait until a person approves the plan"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites"),
  OBSERVE_AGAIN(StepVerb.OBSERVE, "observe all of it again, and compare it with what was approved"),
  PREPARE_SLOTS(StepVerb.STEP, "create the other standbys' replication slots on the target"),
  PREPARE_SYNCHRONOUS(StepVerb.STEP, "set synchronous_standby_names on the target"),
  CHECKPOINT(StepVerb.STAYS, "issue a checkpoint, so that the shutdown is short"),
  DETACH(StepVerb.STEP, "detach the standbys that would delay the shutdown"),
  PREPARE_ENDPOINTS(StepVerb.STEP, "write the target into the endpoints' configuration"),
  LAST_LOOK(
      StepVerb.OBSERVE,
      "verify that only the primary accepts writes, and that nothing delays its shutdown"),
  PAUSE(StepVerb.STEP, "pause PgBouncer"),
  HAND_OVER(StepVerb.STEP, "fence the primary and stop it"),
  TAKE_OVER(StepVerb.PIVOT, "verify that the target has all of its WAL, and promote it"),
  ROUTE(StepVerb.FORWARD, "point the endpoints at the new primary"),
  REJOIN(StepVerb.FORWARD, "make the old primary follow the new one"),
  FOLLOW(StepVerb.FORWARD, "make the other standbys follow the new primary"),
  STREAMING(StepVerb.FORWARD, "wait until all standbys stream"),
  VERIFY(
      StepVerb.FORWARD, "verify that the new primary accepts a write and each standby rejects one"),
  CLEAN_UP(StepVerb.FORWARD, "drop unused replication slots on the old primary");

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
