package dev.mooring.worker;

import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Duration;

/** Temporal's test server with interceptors of the worker, where time passes as elsewhere. */
final class TestServer {
  private TestServer() {}

  static TestWorkflowEnvironment with(WorkerInterceptor... interceptors) {
    return TestWorkflowEnvironment.newInstance(
        TestEnvironmentOptions.newBuilder()
            .setUseTimeskipping(false)
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(RunbookDataConverter.create())
                    .build())
            .setWorkerFactoryOptions(
                WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptors).build())
            .build());
  }

  /** A run of the workflow type {@code Runs}, for a minute at most. */
  static WorkflowStub started(TestWorkflowEnvironment server, String queue, Object... arguments) {
    return startedAs("Runs", server, queue, arguments);
  }

  /** The same of another type. */
  static WorkflowStub startedAs(
      String type, TestWorkflowEnvironment server, String queue, Object... arguments) {
    WorkflowStub run =
        server
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                type,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(queue)
                    .setWorkflowRunTimeout(Duration.ofSeconds(55))
                    .build());
    run.start(arguments);
    return run;
  }
}
