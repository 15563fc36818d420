package dev.mooring.dev.endtoend;

import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.List;
import java.util.Optional;

/** A run as Temporal itself shows it to people: in its lists, its timeline and its tabs. */
final class RunShown {
  private final WorkflowClient client;
  private final WorkflowExecutionDescription description;

  RunShown(WorkflowClient client, String workflowId) {
    this.client = client;
    this.description = client.newUntypedWorkflowStub(workflowId).describe();
  }

  <T> T attribute(SearchAttributeKey<T> key) {
    return description.getTypedSearchAttributes().get(key);
  }

  String memo(String key) {
    return description.getMemo(key, String.class, String.class);
  }

  /** What stands beside each activity in the timeline, in the order they were scheduled. */
  List<String> summaries() {
    return client
        .fetchHistory(
            description.getExecution().getWorkflowId(), description.getExecution().getRunId())
        .getEvents()
        .stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .map(event -> event.getUserMetadata().getSummary())
        .map(RunShown::text)
        .toList();
  }

  /** The current details, as the tab for them asks the worker. */
  String details() {
    QueryWorkflowRequest question =
        QueryWorkflowRequest.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setExecution(description.getExecution())
            .setQuery(WorkflowQuery.newBuilder().setQueryType("__temporal_workflow_metadata"))
            .build();
    return DefaultDataConverter.STANDARD_INSTANCE
        .fromPayloads(
            0,
            Optional.of(
                client
                    .getWorkflowServiceStubs()
                    .blockingStub()
                    .queryWorkflow(question)
                    .getQueryResult()),
            WorkflowMetadata.class,
            WorkflowMetadata.class)
        .getCurrentDetails();
  }

  private static String text(Payload payload) {
    return payload.equals(Payload.getDefaultInstance())
        ? ""
        : DefaultDataConverter.STANDARD_INSTANCE.fromPayload(payload, String.class, String.class);
  }
}
