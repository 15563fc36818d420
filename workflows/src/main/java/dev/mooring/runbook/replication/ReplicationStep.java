package dev.mooring.runbook.replication;

import dev.mooring.runbook.Step;
import dev.mooring.runbook.StepVerb;

/** The steps of ReplicationSetup, in their order. There is no point of no return. */
public enum ReplicationStep implements Step {
  RESOLVE(StepVerb.OBSERVE, "read the cluster file"),
  OBSERVE_MEMBERS(StepVerb.OBSERVE, "observe every member, and which standbys stream"),
  OBSERVE_ACCOUNT(StepVerb.OBSERVE, "observe the role that standbys stream as"),
  OBSERVE_HOSTS(StepVerb.OBSERVE, "observe data directories, programs and disk space on the hosts"),
  OBSERVE_ACCESS(StepVerb.OBSERVE, "read Mooring's access lines of the primary"),
  OBSERVE_PRIMARY(StepVerb.OBSERVE, "check that the primary's archive directory exists"),
  OBSERVE_ROLES(StepVerb.OBSERVE, "read the authority file of every host"),
  OBSERVE_EPOCHS(StepVerb.OBSERVE, "read the highest epoch of every host"),
  SET_PRIMARY(StepVerb.STEP, "set what the primary lacks, and create its archive directory"),
  CHECKPOINT(StepVerb.STAYS, "issue a checkpoint, so that the restart is short"),
  RESTART_PRIMARY(StepVerb.STAYS, "restart the primary for settings that need a restart"),
  SEE_PRIMARY(StepVerb.OBSERVE, "verify the settings of the primary"),
  MAKE_ACCOUNT(StepVerb.STEP, "create the role that standbys stream as"),
  OPEN_ACCESS(StepVerb.STEP, "allow the members' addresses in pg_hba.conf of the primary"),
  MAKE_SLOTS(StepVerb.STEP, "create a replication slot for each standby"),
  BEGIN_COPIES(StepVerb.STEP, "begin the base backups of standbys without data"),
  AWAIT_COPIES(StepVerb.OBSERVE, "wait for the base backups"),
  PLACE_COPIES(StepVerb.STAYS, "move the base backups into place"),
  FOLLOW(StepVerb.STAYS, "configure each standby, and start it"),
  OPEN_STANDBYS(StepVerb.STAYS, "allow the members' addresses in pg_hba.conf of the standbys"),
  AWAIT_STREAMING(StepVerb.OBSERVE, "wait until each standby streams"),
  RECORD_RELAXATION(StepVerb.STEP, "record on the hosts that commits may wait for no standby"),
  SET_SYNCHRONOUS(StepVerb.STEP, "set synchronous_standby_names on the primary"),
  SEE_SYNCHRONOUS(StepVerb.OBSERVE, "verify synchronous_standby_names of the primary"),
  AWAIT_CONFIRMING(StepVerb.OBSERVE, "wait until the synchronous standbys have all WAL"),
  CLEAR_RELAXATION(StepVerb.STEP, "remove that record from the hosts"),
  STOP_WAITING(StepVerb.STEP, "remove standbys that go from synchronous_standby_names"),
  DROP_SLOTS(StepVerb.STAYS, "drop the replication slots that are not used"),
  CLOSE_ACCESS(StepVerb.STEP, "remove the access lines from the members that stay"),
  DROP_ACCOUNT(StepVerb.STAYS, "drop the role if Mooring created it"),
  FENCE(
      StepVerb.STAYS, "fence every other member that accepts writes, and prove that it is stopped"),
  ADOPT(StepVerb.STAYS, "record in the hosts' authority files which member may write"),
  VERIFY(StepVerb.OBSERVE, "verify that each standby replays to the primary's position");

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
