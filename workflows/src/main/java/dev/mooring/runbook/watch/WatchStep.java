package dev.mooring.runbook.watch;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ReplicationWatch, in their order. */
public enum WatchStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  WATCH(StepVerb.OBSERVE, "observe the members of each site at an interval");

  private final StepVerb verb;
  private final String sentence;

  WatchStep(StepVerb verb, String sentence) {
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
