package dev.mooring.runbook.replication;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ReplicationSetup, in their order. There is no point of no return. */
public enum ReplicationStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE_MEMBERS(StepVerb.OBSERVE, "ask every member how it stands and who streams"),
  VERIFY(StepVerb.OBSERVE, "see each standby replay where the primary stood");

  private final StepVerb verb;
  private final String sentence;

  ReplicationStep(StepVerb verb, String sentence) {
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
