package dev.mooring.runbook.replication;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ReplicationSetup, in their order. There is no point of no return. */
public enum ReplicationStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE_MEMBERS(StepVerb.OBSERVE, "ask every member how it stands and who streams"),
  OBSERVE_ACCOUNT(StepVerb.OBSERVE, "look at the role that standbys stream as"),
  OBSERVE_HOSTS(StepVerb.OBSERVE, "look at data directories, programs and room on the hosts"),
  OBSERVE_ACCESS(StepVerb.OBSERVE, "read Mooring's access lines of the primary"),
  OBSERVE_PRIMARY(StepVerb.OBSERVE, "look whether the primary's archive directory is there"),
  OBSERVE_ROLES(StepVerb.OBSERVE, "see on every host who may write"),
  OBSERVE_EPOCHS(StepVerb.OBSERVE, "read the highest epoch of every host"),
  SET_PRIMARY(
      StepVerb.STEP, "set what does not suffice on the primary, make its archive directory"),
  CHECKPOINT(StepVerb.STEP, "end a checkpoint before the restart, while clients go on"),
  RESTART_PRIMARY(StepVerb.STEP, "restart the primary for what only a start takes"),
  SEE_PRIMARY(StepVerb.OBSERVE, "see that the primary took its settings"),
  MAKE_ACCOUNT(StepVerb.STEP, "make the role that standbys stream as"),
  OPEN_ACCESS(StepVerb.STEP, "let the members' addresses in at the primary"),
  MAKE_SLOTS(StepVerb.STEP, "make a slot for each standby"),
  BEGIN_COPIES(StepVerb.STEP, "begin the base backups of standbys without data"),
  AWAIT_COPIES(StepVerb.OBSERVE, "wait for the base backups"),
  PLACE_COPIES(StepVerb.STEP, "bring the base backups to their places"),
  FOLLOW(StepVerb.STEP, "let each standby follow and start it"),
  OPEN_STANDBYS(StepVerb.STEP, "let the members' addresses in at the standbys"),
  AWAIT_STREAMING(StepVerb.OBSERVE, "wait until each standby streams"),
  SET_SYNCHRONOUS(StepVerb.STEP, "set which standbys commits wait for"),
  STOP_WAITING(StepVerb.STEP, "let commits no longer wait for standbys that go"),
  DROP_SLOTS(StepVerb.STEP, "drop the slots that nobody uses"),
  CLOSE_ACCESS(StepVerb.STEP, "take the access lines out of the members that stay"),
  DROP_ACCOUNT(StepVerb.STEP, "drop the role if Mooring made it"),
  FENCE(
      StepVerb.STEP, "fence every other member that accepts writes, and prove that it is stopped"),
  ADOPT(StepVerb.STEP, "let every host say that the member that accepts writes may"),
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
