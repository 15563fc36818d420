package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of StartPrimary, in their order. None of them promotes an instance. */
public enum StartStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "find the primary, and observe it and the other members"),
  APPROVE(StepVerb.OBSERVE, "wait until a person approves the plan"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites"),
  OBSERVE_AGAIN(StepVerb.OBSERVE, "observe all of it again, and compare it with what was approved"),
  START(StepVerb.PIVOT, "start the primary"),
  STREAMING(StepVerb.FORWARD, "verify which standbys stream from it"),
  VERIFY(StepVerb.FORWARD, "verify that the primary accepts a write and a read");

  private final StepVerb verb;
  private final String sentence;

  StartStep(StepVerb verb, String sentence) {
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
