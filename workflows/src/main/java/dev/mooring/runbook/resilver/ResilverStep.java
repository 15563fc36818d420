package dev.mooring.runbook.resilver;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of Resilver, in their order. From REPLACE on nothing is rolled back. */
public enum ResilverStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE(StepVerb.OBSERVE, "observe every member and the data directories"),
  PLAN(StepVerb.OBSERVE, "choose how each instance is resilvered"),
  LOCK(StepVerb.OBSERVE, "take the locks of all sites, and observe again"),
  AUTHORITY(StepVerb.STAYS, "record in their hosts' authority files which member may write"),
  RUN_BEFORE(StepVerb.STAYS, "run the command that the cluster file sets for before the rejoin"),
  SLOTS(StepVerb.STEP, "create the replication slots that keep WAL for them"),
  KEEP_WAL(StepVerb.STAYS, "copy WAL aside that may have lost transactions"),
  COPY(StepVerb.STEP, "make base backups beside the old directories"),
  REPLACE(StepVerb.PIVOT, "rewind diverged instances, and move base backups into place"),
  COPY_INSTEAD(StepVerb.FORWARD, "make base backups of instances whose rewind failed"),
  FOLLOW(StepVerb.FORWARD, "configure each as a standby, and start it"),
  STREAMING(StepVerb.FORWARD, "wait until each streams and has caught up"),
  VERIFY(StepVerb.FORWARD, "verify that each is in recovery and rejects writes"),
  TIDY(StepVerb.FORWARD, "remove all old directories except the newest"),
  RUN_AFTER(StepVerb.FORWARD, "run the command that the cluster file sets for after the rejoin");

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
