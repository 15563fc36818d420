package dev.mooring.runbook.consume;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of DrConsume, in their order. From START_ALL on there is no way back, only forward. */
public enum ConsumeStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  READ_STATE(StepVerb.OBSERVE, "read where the site was last moored"),
  OBSERVE_INSTANCES(StepVerb.OBSERVE, "read every instance's control file, floor and settings"),
  CHOOSE_MANIFEST(StepVerb.OBSERVE, "choose the restore point"),
  PROVE_CHAIN(StepVerb.OBSERVE, "prove that every WAL file to the point is there"),
  SET_TARGETS(StepVerb.STEP, "write target and restore gate of every instance"),
  START_ALL(StepVerb.PIVOT, "start every instance towards the point"),
  AWAIT_PARKED(StepVerb.FORWARD, "wait until every instance has stopped at the point"),
  PROVE_ALL(StepVerb.FORWARD, "prove of every instance that it is parked at the point"),
  START_AGAIN(StepVerb.FORWARD, "start those once more that died on the way"),
  AWAIT_AGAIN(StepVerb.FORWARD, "wait for those that were started once more"),
  PROVE_AGAIN(StepVerb.FORWARD, "prove of those too that they are parked at the point"),
  ADVANCE(StepVerb.FORWARD, "let the site's state name the point"),
  PARK_REST(StepVerb.FORWARD, "stop what still runs");

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
