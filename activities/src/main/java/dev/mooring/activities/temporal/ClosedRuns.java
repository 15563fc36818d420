package dev.mooring.activities.temporal;

import com.google.protobuf.CodedOutputStream;
import dev.mooring.evidence.HistoryRecord.HistoryRun;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.topology.ClusterName;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** The runs of a cluster that acted and are over, as long as Temporal knows them. */
public final class ClosedRuns {
  private static final String OVER =
      " AND " + Runbook.IS_ACTING + " AND ExecutionStatus != 'Running' AND CloseTime >= '";
  private static final String STATUS = "WORKFLOW_EXECUTION_STATUS_";

  private final WorkflowClient client;

  /** Asks in the namespace of that client. */
  public ClosedRuns(WorkflowClient client) {
    this.client = client;
  }

  /**
   * A run that is over.
   *
   * @param outcome as Temporal has it
   */
  public record ClosedRun(
      String workflowId, String run, String outcome, Instant startedAt, Instant closedAt) {}

  /**
   * A run's history.
   *
   * @param json Temporal's own JSON of it, the same at every time and for every caller
   */
  public record History(HistoryRun run, String json, int events) {}

  /** The runs that were over at that time or later; the list may lag some seconds behind. */
  public List<ClosedRun> since(ClusterName cluster, Instant closed) {
    String query = SearchAttributes.CLUSTER.getName() + " = '" + cluster + "'" + OVER + closed;
    try (Stream<WorkflowExecutionMetadata> runs = client.listExecutions(query + "'")) {
      return runs.map(ClosedRuns::run).toList();
    }
  }

  private static ClosedRun run(WorkflowExecutionMetadata seen) {
    return new ClosedRun(
        seen.getExecution().getWorkflowId(),
        seen.getExecution().getRunId(),
        seen.getStatus().name().replace(STATUS, "").toUpperCase(Locale.ROOT),
        seen.getStartTime(),
        Objects.requireNonNull(seen.getCloseTime(), "a run that is over was closed"));
  }

  /** The whole history of a run. */
  public History history(ClusterName cluster, ClosedRun run) {
    WorkflowExecutionHistory history = client.fetchHistory(run.workflowId(), run.run());
    HistoryEvent first = history.getEvents().get(0);
    HistoryRun of =
        new HistoryRun(
            cluster,
            first.getWorkflowExecutionStartedEventAttributes().getWorkflowType().getName(),
            run.workflowId(),
            run.run(),
            first.getWorkflowExecutionStartedEventAttributes().getOriginalExecutionRunId());
    return new History(of, json(history), history.getEvents().size());
  }

  /** Temporal sends the entries of maps in an order that is another each time. */
  private static String json(WorkflowExecutionHistory history) {
    try {
      byte[] ordered = new byte[history.getHistory().getSerializedSize()];
      CodedOutputStream out = CodedOutputStream.newInstance(ordered);
      out.useDeterministicSerialization();
      history.getHistory().writeTo(out);
      return new WorkflowExecutionHistory(io.temporal.api.history.v1.History.parseFrom(ordered))
          .toJson(false);
    } catch (IOException e) {
      throw new IllegalStateException("what was read can be written in memory", e);
    }
  }

  /** How long after its end Temporal forgets a run. */
  public Duration retention() {
    return Duration.ofSeconds(
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .describeNamespace(
                DescribeNamespaceRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .build())
            .getConfig()
            .getWorkflowExecutionRetentionTtl()
            .getSeconds());
  }
}
