package dev.mooring.runbook.lock;

import dev.mooring.port.RunActivities.Holder;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

/**
 * Waits; Temporal terminates it with its parent. A cancellation of the parent reaches it too and
 * changes nothing: the parent undoes its steps under the lock.
 */
public final class LockWorkflowImpl implements LockWorkflow {
  private final Holder holder;
  private boolean released;

  @WorkflowInit
  public LockWorkflowImpl(Holder holder) {
    this.holder = holder;
  }

  @Override
  public void hold(Holder taken) {
    Workflow.setCurrentDetails("Held for **" + taken.what() + "** (`" + taken.workflowId() + "`)");
    Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> released)).run();
  }

  @Override
  public void release() {
    released = true;
  }

  @Override
  public Holder holder() {
    return holder;
  }
}
