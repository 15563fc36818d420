package dev.mooring.runbook.startprimary;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of StartPrimary, in their order. Nobody is promoted in any of them. */
public enum StartStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "find the primary, look at it and at the other side"),
  APPROVE(StepVerb.OBSERVE, "wait until a person approves the plan"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites"),
  OBSERVE_AGAIN(StepVerb.OBSERVE, "look at all of it again, and compare it with what was approved"),
  START(StepVerb.PIVOT, "start the primary"),
  STREAMING(StepVerb.FORWARD, "see which standbys stream from it"),
  VERIFY(StepVerb.FORWARD, "write at the primary, and read from it");

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
