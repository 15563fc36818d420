package dev.mooring.runbook.lock;

import dev.mooring.port.RunActivities.Holder;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

/** Waits; Temporal terminates it with its parent. */
public final class LockWorkflowImpl implements LockWorkflow {
  private final Holder holder;

  @WorkflowInit
  public LockWorkflowImpl(Holder holder) {
    this.holder = holder;
  }

  @Override
  public void hold(Holder taken) {
    Workflow.setCurrentDetails("Held for **" + taken.what() + "** (`" + taken.workflowId() + "`)");
    Workflow.await(() -> false);
  }

  @Override
  public Holder holder() {
    return holder;
  }
}
