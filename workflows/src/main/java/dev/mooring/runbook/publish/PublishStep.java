package dev.mooring.runbook.publish;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of PublishCycle in order. There is no point of no return. */
public enum PublishStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE_SERVERS(StepVerb.OBSERVE, "find the primary of every content"),
  OBSERVE_HOSTS(StepVerb.OBSERVE, "read control files and room on the primaries' hosts"),
  READ_LAST(StepVerb.OBSERVE, "read the last READY restore point"),
  SETTLE_PENDING(StepVerb.STAYS, "check again the points that were not proved in time"),
  CHECKPOINT(StepVerb.STAYS, "checkpoint before the point"),
  MAKE_POINT(StepVerb.STAYS, "make the restore point on every content"),
  SWITCH_WAL(StepVerb.STAYS, "end the WAL file after the point"),
  WRITE_PENDING(StepVerb.STAYS, "write the pending manifest"),
  AWAIT_ARCHIVE(StepVerb.OBSERVE, "wait for the archive and decode the point from its bytes"),
  CONFIRM_UNCHANGED(StepVerb.OBSERVE, "verify that no primary was restarted in between"),
  WRITE_READY(StepVerb.STAYS, "publish the READY manifest and LATEST"),
  START_CONSUMERS(StepVerb.STAYS, "start the sites that consume on publish");

  private final StepVerb verb;
  private final String sentence;

  PublishStep(StepVerb verb, String sentence) {
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
