package dev.mooring.runbook.replication;

import dev.mooring.fake.StopAt;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;

/** Somebody who stops a run right before the first call of a step. */
final class Stopping {
  private Stopping() {}

  /**
   * Once that step begins, for the first time from now on.
   *
   * @param id of the run's workflow
   */
  static void in(ReplicationStep step, TestBed bed, String id) {
    new StopAt(bed, id)
        .before(
            call -> call.step().equals(step.name()),
            () ->
                bed.client()
                    .newWorkflowStub(ReplicationSetupWorkflow.class, id)
                    .decideBySignal(
                        Typed.json("{'decision':'roll-back','by':'bob','reason':'not now'}")));
  }
}
