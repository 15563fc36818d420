package dev.mooring.runbook.check;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ClusterCheck in order. */
public enum CheckStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  REHEARSE(StepVerb.OBSERVE, "try the fences on a scratch instance on each host"),
  LOOK(StepVerb.OBSERVE, "observe each site's worker, hosts and servers, all at once");

  private final StepVerb verb;
  private final String sentence;

  CheckStep(StepVerb verb, String sentence) {
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
