package dev.mooring.starter.replay;

import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Replays histories with this release's code and the recorded answers in place of every activity,
 * without a server. A history replays when the code sends Temporal the recorded commands in their
 * order. Not thread-safe.
 */
public final class HistoryReplay implements AutoCloseable {
  /** The runbooks of this release, and the watch: one is open at every upgrade. */
  public static final List<Class<?>> WORKFLOWS =
      Stream.<Class<?>>concat(
              RunbookClasses.ALL.stream().map(RunbookClasses::implementation),
              Stream.of(ReplicationWatchImpl.class))
          .toList();

  /** How long a runbook may compute without a wait, on a busy machine. */
  private static final Duration DECISION_AT_MOST = Duration.ofSeconds(10);

  private final WorkflowServiceStubs stubs;
  private final WorkerFactory factory;
  private final Worker worker;

  /** With these workflows, and the interceptors that read them while they run. */
  public HistoryReplay(List<Class<?>> workflows, WorkerInterceptor... interceptors) {
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:1")
                .setGrpcClientInterceptors(List.of(new NoServer()))
                .build());
    WorkflowClient client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setDataConverter(RunbookDataConverter.create())
                .build());
    factory =
        WorkerFactory.newInstance(
            client, WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptors).build());
    worker =
        factory.newWorker(
            "replay",
            WorkerOptions.newBuilder()
                .setDefaultDeadlockDetectionTimeout(DECISION_AT_MOST.toMillis())
                .build());
    worker.registerWorkflowImplementationTypes(workflows.toArray(Class<?>[]::new));
  }

  /** Why a history does not replay; nothing when it does. */
  public Optional<String> fails(WorkflowExecutionHistory history) {
    try {
      worker.replayWorkflowExecution(withoutTermination(history));
      return Optional.empty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.of("it was interrupted");
    } catch (Exception another) {
      return Optional.of("the run goes another way: " + reason(another));
    }
  }

  /** The history without its termination: the SDK replays open runs, not terminated ones. */
  private static WorkflowExecutionHistory withoutTermination(WorkflowExecutionHistory history) {
    List<HistoryEvent> events = history.getEvents();
    return history.getLastEvent().hasWorkflowExecutionTerminatedEventAttributes()
        ? new WorkflowExecutionHistory(
            History.newBuilder().addAllEvents(events.subList(0, events.size() - 1)).build(),
            history.getWorkflowExecution().getWorkflowId())
        : history;
  }

  /** The innermost reason, on one line. */
  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String said = String.valueOf(innermost.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    int trace = said.indexOf(" at io.temporal");
    return trace < 0 ? said : said.substring(0, trace);
  }

  @Override
  public void close() {
    factory.shutdownNow();
    stubs.shutdownNow();
  }
}
