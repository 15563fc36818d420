package dev.mooring.starter.temporal;

import com.google.protobuf.Timestamp;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.ClusterName;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds runs: by workflow id, by run id, or all of a cluster. */
public final class RunListing {
  private static final int PAGE = 20;

  /** How often a cluster without an open run is read: a list lags behind. */
  private static final int LOOKS = 5;

  private static final Duration LAG = Duration.ofMillis(250);

  private final TemporalServer server;

  /** Finds runs there. */
  public RunListing(TemporalServer server) {
    this.server = server;
  }

  /**
   * A run that was found.
   *
   * @param open whether it goes on
   */
  private record Listed(RunReference run, boolean open, Instant startedAt) {}

  /**
   * The one run that a person means: a workflow id, a run id, or a cluster for its open run; for a
   * cluster without an open run, the run that was started last. A list lags by some tenths of a
   * second, in the state of a run and in which runs it has; so it is read for ids only, and the
   * server itself is asked which run has an id now, and whether it is open.
   */
  public RunReference find(String named) {
    return find(named, cluster -> Optional.empty());
  }

  /**
   * The same.
   *
   * @param unknown the sentence to add for a cluster that does not exist: its run is refused, like
   *     any command about it
   */
  public RunReference find(String named, Function<ClusterName, Optional<String>> unknown) {
    if (named.contains(":")) {
      return described(named)
          .orElseThrow(() -> withoutRun(named, RunIds.clusterOf(named).flatMap(unknown)))
          .run();
    }
    if (named.matches("[0-9a-f]{8}-[0-9a-f-]{27}")) {
      return list("RunId = '" + named + "'").stream()
          .map(Listed::run)
          .findFirst()
          .orElseThrow(() -> unknown("run " + named));
    }
    ClusterName cluster = cluster(named);
    List<Listed> runs = runsOf(cluster);
    List<String> open =
        runs.stream().filter(Listed::open).map(listed -> listed.run().workflowId()).toList();
    if (open.size() > 1) {
      throw CommandFailure.usage(
          "cluster " + named + " has " + open.size() + " open runs: " + String.join(", ", open),
          "name one of them");
    }
    return runs.stream()
        .max(Comparator.comparing(Listed::open).thenComparing(Listed::startedAt))
        .map(Listed::run)
        .orElseThrow(() -> withoutRun("cluster " + cluster, unknown.apply(cluster)));
  }

  /** The runs of a cluster, by their ids; while none is open, read again after the list's lag. */
  private List<Listed> runsOf(ClusterName cluster) {
    List<Listed> runs = List.of();
    for (int look = 0; look < LOOKS && runs.stream().noneMatch(Listed::open); look++) {
      if (look > 0) {
        LockSupport.parkNanos(LAG.toNanos());
      }
      runs = idsOf(cluster).stream().flatMap(id -> described(id).stream()).toList();
    }
    return runs;
  }

  /**
   * The workflow ids of the cluster's runs: of those listed as open, of the newest, and the ids of
   * runs that people start, listed or not.
   */
  private Set<String> idsOf(ClusterName cluster) {
    List<Listed> latest = list(ofCluster(cluster));
    return Stream.of(
            Stream.of(Runbook.values())
                .filter(runbook -> runbook != Runbook.DR_CONSUME) // its ids end with a site
                .map(runbook -> runbook.id(cluster)),
            Stream.of(RunIds.failoverWatch(cluster)),
            list(ofCluster(cluster) + " AND ExecutionStatus = 'Running'").stream()
                .map(listed -> listed.run().workflowId()),
            latest.stream().limit(1).map(listed -> listed.run().workflowId()),
            latest.stream().map(listed -> listed.run().typedId()))
        .flatMap(ids -> ids)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static ClusterName cluster(String named) {
    try {
      return new ClusterName(named);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          named + " is neither a workflow id, nor a run id, nor a cluster",
          "`mooring status` lists the open runs");
    }
  }

  private static String ofCluster(ClusterName cluster) {
    return SearchAttributes.CLUSTER.getName() + " = '" + cluster + "' AND " + Runbook.IS_ACTING;
  }

  private CommandFailure withoutRun(String whose, Optional<String> unknown) {
    CommandFailure none = unknown(whose);
    return unknown
        .map(meant -> CommandFailure.refused(none.getMessage() + meant, none.hint()))
        .orElse(none);
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

  /** The run that has this workflow id now, if there is one. */
  private Optional<Listed> described(String workflowId) {
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
      return Optional.of(listed(info));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
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
    Timestamp started = info.getStartTime();
    return new Listed(
        new RunReference(
            info.getExecution().getWorkflowId(),
            info.getExecution().getRunId(),
            info.getType().getName()),
        info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
        Instant.ofEpochSecond(started.getSeconds(), started.getNanos()));
  }
}
