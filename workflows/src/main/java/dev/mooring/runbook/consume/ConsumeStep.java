package dev.mooring.runbook.consume;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of DrConsume in order. From START_ALL on nothing is rolled back. */
public enum ConsumeStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  READ_STATE(StepVerb.OBSERVE, "read the point at which the site was last moored"),
  OBSERVE_INSTANCES(StepVerb.OBSERVE, "read every instance's control file, floor and settings"),
  CHOOSE_MANIFEST(StepVerb.OBSERVE, "choose the restore point"),
  PROVE_CHAIN(StepVerb.OBSERVE, "prove that all WAL to the point is there and decodes"),
  SET_TARGETS(StepVerb.STEP, "write target and restore gate of every instance"),
  START_ALL(StepVerb.PIVOT, "start every instance towards the point"),
  AWAIT_PARKED(StepVerb.FORWARD, "wait until every instance has stopped at the point"),
  PROVE_ALL(StepVerb.FORWARD, "prove that every instance is parked at the point"),
  START_AGAIN(StepVerb.FORWARD, "start again the instances that died on the way"),
  AWAIT_AGAIN(StepVerb.FORWARD, "wait for the instances that were started again"),
  PROVE_AGAIN(
      StepVerb.FORWARD, "prove that the instances started again are parked at the point too"),
  ADVANCE(StepVerb.FORWARD, "write the point into the site's state"),
  PARK_REST(StepVerb.FORWARD, "stop the instances that still run");

  private final StepVerb verb;
  private final String sentence;

  ConsumeStep(StepVerb verb, String sentence) {
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
