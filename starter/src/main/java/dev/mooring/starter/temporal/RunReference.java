package dev.mooring.starter.temporal;

/**
 * A run in Temporal.
 *
 * @param workflowId its id, such as {@code mooring:harbour:publish}
 * @param runId which of the runs of that id
 * @param runbook its workflow type
 */
public record RunReference(String workflowId, String runId, String runbook) {}
