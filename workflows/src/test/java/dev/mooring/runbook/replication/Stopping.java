package dev.mooring.runbook.replication;

import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Somebody who stops a run right before the first call of a step, which comes too late for that.
 */
final class Stopping {
  private static final int LOOKS = 600;
  private static final long BETWEEN_LOOKS_MILLIS = 50;

  private final TestBed bed;
  private final String id;
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * Stops that run.
   *
   * @param id of its workflow
   */
  Stopping(TestBed bed, String id) {
    this.bed = bed;
    this.id = id;
  }

  /** Once that step begins, for the first time from now on. */
  void in(ReplicationStep step) {
    bed.faults().before(call -> call.step().equals(step.name()), () -> stopIn(step));
  }

  /** None of the step's calls goes on before the run has heard of it. */
  private void stopIn(ReplicationStep step) {
    ReplicationSetupWorkflow run = bed.client().newWorkflowStub(ReplicationSetupWorkflow.class, id);
    if (told.compareAndSet(false, true)) {
      run.decideBySignal(Typed.json("{'decision':'roll-back','by':'bob','reason':'not now'}"));
    }
    for (int look = 0; look < LOOKS && isRunning(run, step) && !isToldToStop(); look++) {
      try {
        Thread.sleep(BETWEEN_LOOKS_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean isToldToStop() {
    return bed.client().fetchHistory(id).getEvents().stream()
        .anyMatch(event -> event.hasActivityTaskCancelRequestedEventAttributes());
  }

  private static boolean isRunning(ReplicationSetupWorkflow run, ReplicationStep step) {
    return run.progress().steps().stream()
        .anyMatch(one -> one.step().equals(step.name()) && one.state().equals("running"));
  }
}
