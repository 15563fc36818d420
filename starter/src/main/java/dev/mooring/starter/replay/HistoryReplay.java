package dev.mooring.starter.replay;

import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.watch.ReplicationWatchImpl;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
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
 * Runs runbooks again over histories: this release's code, the recorded answers in the place of
 * every activity, no server. Every decision is taken again by the code that takes it; what it comes
 * to must be what was recorded. One thread at a time.
 */
public final class HistoryReplay implements AutoCloseable {
  /** What a runbook may compute without a wait, on a machine that has much else to do. */
  private static final Duration DECISION_AT_MOST = Duration.ofSeconds(10);

  private final ReplayedActs acts = new ReplayedActs();
  private final Differences differences = new Differences();
  private final WorkflowServiceStubs stubs;
  private final WorkerFactory factory;
  private final Worker worker;

  /** With the runbooks of this release, and the watch: one is open at every upgrade. */
  public HistoryReplay() {
    this(
        Stream.concat(
                RunbookClasses.ALL.stream().map(RunbookClasses::implementation),
                Stream.of(ReplicationWatchImpl.class))
            .toArray(Class<?>[]::new));
  }

  /** With these workflows. */
  HistoryReplay(Class<?>... workflows) {
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
            client, WorkerFactoryOptions.newBuilder().setWorkerInterceptors(acts).build());
    worker =
        factory.newWorker(
            "replay",
            WorkerOptions.newBuilder()
                .setDefaultDeadlockDetectionTimeout(DECISION_AT_MOST.toMillis())
                .build());
    worker.registerWorkflowImplementationTypes(workflows);
  }

  /**
   * Runs a history again.
   *
   * @return where this release's code comes to something else than was recorded, in words; nothing
   *     when it comes to the same
   */
  public Optional<String> differs(WorkflowExecutionHistory history) {
    acts.clear();
    try {
      worker.replayWorkflowExecution(withoutTermination(history));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.of("it was interrupted");
    } catch (Exception another) {
      return Optional.of("the run goes another way: " + reason(another));
    }
    return differences
        .first(history.getEvents(), acts.acts())
        .or(() -> new RecordedEnding(history.getEvents()).differs(acts.ending()));
  }

  /** The SDK replays no run that was terminated; one that goes on it does. */
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
