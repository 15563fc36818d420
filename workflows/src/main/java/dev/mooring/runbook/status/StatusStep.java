package dev.mooring.runbook.status;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ClusterStatus in order. */
public enum StatusStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  LOOK(StepVerb.OBSERVE, "observe hosts, servers, evidence and runs, all at once");

  private final StepVerb verb;
  private final String sentence;

  StatusStep(StepVerb verb, String sentence) {
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
