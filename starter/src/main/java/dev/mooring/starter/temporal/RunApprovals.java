package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.runbook.Decision;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.starter.console.CommandFailure;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.client.WorkflowServiceException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/** What a person signs to approve the plan of an open run, or to attest a loss. */
public final class RunApprovals {
  private final TemporalServer server;

  /** Asks runs there. */
  public RunApprovals(TemporalServer server) {
    this.server = server;
  }

  /**
   * The text to sign now; nothing if the run has another plan.
   *
   * @param digest the plan's whole digest: its first characters alone are refused, since a person
   *     signs all of it
   */
  public Optional<ApprovalText> text(RunReference run, String digest, String by, String reason) {
    return answered(
        () -> {
          String plan = RunPlans.of(server.stub(run)).digest();
          if (!digest.equals(plan)) {
            refuseIfShort(digest, plan);
            return Optional.empty();
          }
          return Optional.of(text(run, Decided.approval(plan), by, reason));
        });
  }

  /** The text that attests a loss to the step at which a run holds; nothing if it holds nowhere. */
  public Optional<ApprovalText> ofHeld(RunReference run, String by, String reason) {
    return answered(
        () ->
            server.stub(run).query("progress", Progress.class).steps().stream()
                .filter(step -> step.state().equals("held"))
                .findFirst()
                .map(step -> new Decided(Decision.Word.ROLL_BACK.typed(), step.step()))
                .map(decided -> text(run, decided, by, reason)));
  }

  private <T> T answered(Supplier<T> asked) {
    try {
      return asked.get();
    } catch (WorkflowServiceException failure) {
      throw server.refusal(failure);
    } catch (StatusRuntimeException failure) {
      throw server.refusal(failure);
    }
  }

  private ApprovalText text(RunReference run, Decided decided, String by, String reason) {
    WorkflowExecutionStartedEventAttributes started = started(run);
    return new ApprovalText(
        cluster(started.getInput()),
        run.workflowId(),
        started.getOriginalExecutionRunId(),
        decided,
        by,
        reason,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static void refuseIfShort(String digest, String plan) {
    if (Plan.isMeant(digest, plan)) {
      throw CommandFailure.refused(
          String.format(
              "a signature is of the plan's whole digest, %d characters, got %d of them: %s",
              plan.length(), digest.length(), digest),
          "read the plan, and type all of its digest; the run shows both");
    }
  }

  /** A reset keeps the original run id; a run that continues another begins with its own. */
  private WorkflowExecutionStartedEventAttributes started(RunReference run) {
    return server
        .service()
        .getWorkflowExecutionHistory(
            GetWorkflowExecutionHistoryRequest.newBuilder()
                .setNamespace(server.namespace())
                .setExecution(run.execution())
                .setMaximumPageSize(1)
                .build())
        .getHistory()
        .getEvents(0)
        .getWorkflowExecutionStartedEventAttributes();
  }

  private String cluster(Payloads input) {
    return server
        .client()
        .getOptions()
        .getDataConverter()
        .fromPayload(input.getPayloads(0), JsonNode.class, JsonNode.class)
        .path("cluster")
        .asText();
  }
}
