package dev.mooring.runbook.resilver;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of Resilver, in their order. From REPLACE on there is no way back, only forward. */
public enum ResilverStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "look at every member and at the data directories"),
  PLAN(StepVerb.OBSERVE, "choose how each instance is resilvered"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites and look once more"),
  RUN_BEFORE(StepVerb.STEP, "run the command that the cluster file has for before"),
  SLOTS(StepVerb.STEP, "make the slots that keep WAL for them"),
  KEEP_WAL(StepVerb.STEP, "keep WAL aside that may hold lost transactions"),
  COPY(StepVerb.STEP, "make base backups beside the old directories"),
  REPLACE(StepVerb.PIVOT, "rewind what diverged, bring base backups to their place"),
  COPY_INSTEAD(StepVerb.FORWARD, "make base backups where a rewind could not be done"),
  FOLLOW(StepVerb.FORWARD, "let each follow, and start it"),
  STREAMING(StepVerb.FORWARD, "wait until each streams and has caught up"),
  VERIFY(StepVerb.FORWARD, "see each in recovery and refusing writes"),
  TIDY(StepVerb.FORWARD, "remove old directories but the newest"),
  RUN_AFTER(StepVerb.FORWARD, "run the command that the cluster file has for after");

  private final StepVerb verb;
  private final String sentence;

  ResilverStep(StepVerb verb, String sentence) {
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
