package dev.mooring.starter.temporal;

/**
 * A run in Temporal.
 *
 * @param workflowId its id, such as {@code mooring:harbour:publish}; a schedule adds the time
 * @param runId which of the runs of that id
 * @param runbook its workflow type
 */
public record RunReference(String workflowId, String runId, String runbook) {
  private static final String SCHEDULED_AT = "-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z$";

  /** The id it would have had if a person had typed it. */
  public String typedId() {
    return workflowId.replaceFirst(SCHEDULED_AT, "");
  }
}
