package dev.mooring.dev.architecture.control.port;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** A runbook among the ports. */
@WorkflowInterface
interface StrayWorkflow {
  @WorkflowMethod
  void run();
}
