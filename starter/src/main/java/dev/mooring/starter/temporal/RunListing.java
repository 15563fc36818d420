package dev.mooring.starter.temporal;

import com.google.protobuf.Timestamp;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.starter.console.CommandFailure;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Finds runs: by workflow id, by run id, or all of a cluster. */
public final class RunListing {
  private static final int PAGE = 20;
  private static final String RUNBOOKS = "WorkflowType IN ('PublishCycle', 'DrConsume')";

  private final TemporalServer server;

  /** Finds runs there. */
  public RunListing(TemporalServer server) {
    this.server = server;
  }

  /**
   * A run that was found.
   *
   * @param open whether it goes on
   * @param step where it stands, or empty
   */
  public record Listed(RunReference run, boolean open, Instant startedAt, String step) {}

  /** The open runs of a cluster, newest first. */
  public List<Listed> openOf(String cluster) {
    return list(ofCluster(cluster) + " AND ExecutionStatus = 'Running'");
  }

  /**
   * The one run that a person means: a workflow id, a run id, or a cluster whose open run it is; a
   * cluster without an open run means the one that ended last. A list may lag behind by some tenths
   * of a second; which run has an id now, and whether it is open, is asked of the server itself.
   */
  public RunReference find(String named) {
    if (named.contains(":")) {
      return described(named).run();
    }
    if (named.matches("[0-9a-f]{8}-[0-9a-f-]{27}")) {
      return list("RunId = '" + named + "'").stream()
          .map(Listed::run)
          .findFirst()
          .orElseThrow(() -> unknown("run " + named));
    }
    List<Listed> open =
        openOf(named).stream()
            .map(listed -> listed.run().workflowId())
            .distinct()
            .map(this::described)
            .filter(Listed::open)
            .toList();
    if (open.size() > 1) {
      throw CommandFailure.usage(
          "cluster "
              + named
              + " has "
              + open.size()
              + " open runs: "
              + String.join(", ", open.stream().map(l -> l.run().workflowId()).toList()),
          "name one of them");
    }
    return open.stream()
        .findFirst()
        .or(
            () ->
                list(ofCluster(named)).stream()
                    .findFirst()
                    .map(ended -> described(ended.run().workflowId())))
        .map(Listed::run)
        .orElseThrow(() -> unknown("cluster " + named));
  }

  private static String ofCluster(String cluster) {
    return SearchAttributes.CLUSTER.getName()
        + " = '"
        + cluster.replace("'", "")
        + "' AND "
        + RUNBOOKS;
  }

  private CommandFailure unknown(String what) {
    return CommandFailure.failed(
        "Temporal at "
            + server.address()
            + " knows no run of "
            + what
            + " in namespace "
            + server.namespace(),
        "`mooring status` lists the open runs; closed ones are kept for the namespace's retention");
  }

  /** The run that has this workflow id now. */
  private Listed described(String workflowId) {
    try {
      WorkflowExecutionInfo info =
          server
              .service()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(server.namespace())
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                      .build())
              .getWorkflowExecutionInfo();
      return listed(info);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        throw unknown(workflowId);
      }
      throw server.refusal(e);
    }
  }

  private List<Listed> list(String query) {
    try {
      return server
          .service()
          .listWorkflowExecutions(
              ListWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(server.namespace())
                  .setPageSize(PAGE)
                  .setQuery(query)
                  .build())
          .getExecutionsList()
          .stream()
          .map(RunListing::listed)
          .toList();
    } catch (StatusRuntimeException e) {
      throw server.refusal(e);
    }
  }

  private static Listed listed(WorkflowExecutionInfo info) {
    return new Listed(
        reference(info),
        info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
        instant(info.getStartTime()),
        step(info));
  }

  private static Instant instant(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  private static String step(WorkflowExecutionInfo info) {
    return Optional.ofNullable(
            info.getSearchAttributes().getIndexedFieldsMap().get(SearchAttributes.STEP.getName()))
        .map(
            payload ->
                DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                    payload, String.class, String.class))
        .orElse("");
  }

  private static RunReference reference(WorkflowExecutionInfo info) {
    return new RunReference(
        info.getExecution().getWorkflowId(),
        info.getExecution().getRunId(),
        info.getType().getName());
  }
}
