package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Decision;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.wire.RawRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import java.util.Locale;
import java.util.UUID;

/** The messages of a person to an open run: a decision, or to stop. */
public final class RunDecisions {
  private static final int TRIES = 5;

  private final TemporalServer server;

  /** Decides about runs of that server. */
  public RunDecisions(TemporalServer server) {
    this.server = server;
  }

  /** Sends a run a decision and returns the run's answer. */
  public String decide(RunReference run, Decision decision) {
    try {
      return update(run, decision);
    } catch (WorkflowServiceException failure) {
      throw server.refusal(failure);
    }
  }

  /**
   * Stops a run: before its point of no return its acts are undone. A stop is sent as a decision,
   * so that the run ends with its own message; a run that no worker takes up now is cancelled by
   * Temporal and ends when a worker is there.
   */
  public void stop(RunReference run, Decision decision) {
    try {
      update(run, decision);
    } catch (WorkflowServiceException unanswered) {
      cancel(run, decision.by() + ": " + decision.reason());
    }
  }

  private String update(RunReference run, Decision decision) {
    if (!Runbook.isKnown(run.runbook())
        && new UntakenRuns(server).isOpenAndUntaken(run.execution())) {
      throw unknownType(run);
    }
    UpdateOptions<String> decide =
        UpdateOptions.newBuilder(String.class)
            .setUpdateName("decide")
            .setUpdateId(UUID.randomUUID().toString())
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();
    for (int left = TRIES; ; left--) {
      try {
        return answered(run, decide, decision);
      } catch (WorkflowServiceException failure) {
        if (left == 1 || !isNotReady(failure)) {
          throw failure;
        }
      }
    }
  }

  /**
   * The run closed or got news while it took the decision up: Temporal drops the task and its
   * decision (WorkflowNotReady), which must be sent again under the same id.
   */
  private static boolean isNotReady(WorkflowServiceException failure) {
    return failure.getCause() instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.FAILED_PRECONDITION;
  }

  private String answered(RunReference run, UpdateOptions<String> decide, Decision decision) {
    try {
      return server.stub(run).startUpdate(decide, input(decision)).getResult();
    } catch (WorkflowUpdateException refused) {
      Throwable cause = refused.getCause() == null ? refused : refused.getCause();
      throw CommandFailure.refused(
          run.workflowId() + " refused: " + said(cause),
          "`mooring follow " + run.workflowId() + "` shows what it waits for");
    } catch (WorkflowNotFoundException over) {
      throw over(run);
    }
  }

  private void cancel(RunReference run, String reason) {
    try {
      server.stub(run).cancel(reason);
    } catch (WorkflowNotFoundException over) {
      throw over(run);
    } catch (WorkflowServiceException failure) {
      throw server.refusal(failure);
    }
  }

  private static RawRequest input(Decision decision) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.put("decision", decision.word().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (!decision.digest().isEmpty()) {
      input.put("digest", decision.digest());
    }
    input.put("by", decision.by());
    input.put("reason", decision.reason());
    decision
        .signed()
        .ifPresent(
            signed -> input.put("signature", signed.signature()).put("at", signed.at().toString()));
    return new RawRequest(input);
  }

  private static String said(Throwable refusal) {
    return refusal instanceof io.temporal.failure.ApplicationFailure failure
        ? failure.getOriginalMessage()
        : String.valueOf(refusal.getMessage());
  }

  /** The run's workflow task fails again and again: it would neither answer nor end. */
  private static CommandFailure unknownType(RunReference run) {
    return CommandFailure.refused(
        String.format(
            "%s: the workflow type %s is unknown, and no worker has started the run",
            run.workflowId(), run.runbook()),
        String.format(
            "`temporal workflow terminate --workflow-id %s --run-id %s --reason mistyped` ends it;"
                + " the runbooks are %s",
            run.workflowId(), run.runId(), String.join(", ", Runbook.TYPES)));
  }

  private static CommandFailure over(RunReference run) {
    return CommandFailure.refused(
        run.workflowId() + " has ended already",
        "`mooring follow " + run.workflowId() + "` shows how");
  }
}
