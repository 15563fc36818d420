package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.enums.v1.PendingWorkflowTaskState;
import io.temporal.api.workflow.v1.PendingWorkflowTaskInfo;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UntakenRunsTest {
  @ParameterizedTest
  @CsvSource({
    "2, PENDING_WORKFLOW_TASK_STATE_SCHEDULED, true",
    "3, PENDING_WORKFLOW_TASK_STATE_STARTED, false",
    "7, PENDING_WORKFLOW_TASK_STATE_SCHEDULED, false",
    "9, PENDING_WORKFLOW_TASK_STATE_UNSPECIFIED, false",
  })
  void a_run_is_untaken_until_its_first_task_is_begun(
      long events, PendingWorkflowTaskState task, boolean untaken) {
    assertThat(
            UntakenRuns.isUntaken(
                DescribeWorkflowExecutionResponse.newBuilder()
                    .setWorkflowExecutionInfo(
                        WorkflowExecutionInfo.newBuilder().setHistoryLength(events))
                    .setPendingWorkflowTask(PendingWorkflowTaskInfo.newBuilder().setState(task))
                    .build()))
        .isEqualTo(untaken);
  }
}
