package dev.mooring.starter.temporal;

import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;

/** Whether a worker serves a task queue. */
final class TaskQueues {
  private final TemporalServer server;

  TaskQueues(TemporalServer server) {
    this.server = server;
  }

  /** Whether a worker polled for workflow tasks within the last minutes. */
  boolean servesRunbooks(String queue) {
    return isPolled(queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW);
  }

  /** Whether a worker polled for activities within the last minutes. */
  boolean servesActivities(String queue) {
    return isPolled(queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY);
  }

  private boolean isPolled(String queue, TaskQueueType type) {
    return server.isEmbedded()
        || server
                .service()
                .describeTaskQueue(
                    DescribeTaskQueueRequest.newBuilder()
                        .setNamespace(server.namespace())
                        .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                        .setTaskQueueType(type)
                        .build())
                .getPollersCount()
            > 0;
  }
}
