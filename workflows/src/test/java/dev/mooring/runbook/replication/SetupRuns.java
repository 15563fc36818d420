package dev.mooring.runbook.replication;

import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowStub;

/** Runs of a setup to their end, one after another under one name. */
final class SetupRuns {
  private static final String ID = "setup";

  private SetupRuns() {}

  /**
   * @param what the request is about, behind the cluster
   */
  static ReplicationResult asked(TestBed bed, String what) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options(ID))
          .setUp(Typed.run("{'cluster':'strait'," + what + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  /** Begins one. */
  static WorkflowStub begin(TestBed bed, String what) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub("ReplicationSetup", TestBed.options(ID));
    run.start(Typed.run("{'cluster':'strait'," + what + "}"));
    return run;
  }

  /** Lets time pass until the one that is open says that in its headline. */
  static void until(TestBed bed, String headline) {
    bed.until(ID, headline);
  }

  /** What it ends with. */
  static ReplicationResult result(TestBed bed, WorkflowStub run) {
    try {
      return bed.awaiting(ID, () -> run.getResult(ReplicationResult.class));
    } finally {
      bed.closeChildren();
    }
  }

  /** What the last of them meant to do. */
  static Plan plan(TestBed bed) {
    return bed.client().newUntypedWorkflowStub(ID).query("plan", Plan.class);
  }
}
