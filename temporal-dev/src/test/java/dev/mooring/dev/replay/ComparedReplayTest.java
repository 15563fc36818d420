package dev.mooring.dev.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.DrConsumeImpl;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparedReplayTest {
  private static final ComparedReplay REPLAY = new ComparedReplay();

  @AfterAll
  static void close() {
    REPLAY.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "publish/completed",
        "publish/failed-not-ready",
        "publish/late-point",
        "consume/cancelled",
        "consume/completed",
        "consume/second-start",
        "switchover/completed",
        "switchover/workers-lost",
        "switchover/rolled-back",
        "failover/completed",
        "failover/workers-lost",
        "failover/rolled-back",
        "start/completed",
        "start/workers-lost",
        "start/rolled-back",
        "resilver/failed-copy",
        "resilver/retried",
        "resilver/rewound",
        "failback/completed",
        "failback/rolled-back",
        "replication/restarted",
        "replication/rolled-back",
        "replication/set-up",
        "consume/rolled-back",
        "consume/stuck",
        "watch/cancelled",
      })
  void every_ending_comes_out_again_as_it_was_recorded(String history) {
    assertThat(REPLAY.differs(StoredHistories.of(history))).isEmpty();
  }

  /** What was seen is altered so that the decision made of it would have been another. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "consume/completed | ObserveParked | shut down in recovery | shut down",
        "consume/completed | ObserveParked | \"fatalAfterStop\":false | \"fatalAfterStop\":true",
        "consume/completed | ObserveParked | \"minimumEnd\":\"0/2001878 |"
            + " \"minimumEnd\":\"0/9001878",
        "consume/completed | ObserveChain | \"missing\":[] |"
            + " \"missing\":[\"000000010000000000000002\"]",
        "consume/completed | ObserveInstances | \"systemIdentifier\":\"71 |"
            + " \"systemIdentifier\":\"72",
        "publish/completed | AwaitArchived | \"end\":\"0/2001878\" | \"end\":\"0/2001978\"",
        "publish/completed | AwaitArchived | \"missing\":[] |"
            + " \"missing\":[\"000000010000000000000001\"]",
        "switchover/completed | EnsureHandedOver | \"0/5000038\" | \"0/5000000\"",
        "switchover/completed | ObserveRoles | \"fencedEpoch\":0 | \"fencedEpoch\":7",
      })
  void an_altered_observation_no_longer_leads_to_what_was_decided(
      String history, String activity, String from, String to) {
    assertThat(
            REPLAY.differs(
                StoredHistories.altered(StoredHistories.of(history), activity, from, to)))
        .isPresent();
  }

  @Test
  void an_altered_digest_is_named_where_it_shows() {
    WorkflowExecutionHistory history = StoredHistories.of("publish/completed");
    String digest = digestOfArchived(history).substring(0, 16);
    String other = "0".repeat(16);
    assertThat(REPLAY.differs(StoredHistories.altered(history, "AwaitArchived", digest, other)))
        .hasValueSatisfying(
            differs ->
                assertThat(differs)
                    .startsWith("EnsureReady manifest.")
                    .contains("recorded \"" + digest, "now \"" + other));
  }

  private static String digestOfArchived(WorkflowExecutionHistory history) {
    return history.getEvents().stream()
        .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
        .map(event -> event.getActivityTaskCompletedEventAttributes().getResult())
        .map(result -> result.getPayloads(0).getData().toStringUtf8())
        .filter(answer -> answer.contains("\"points\""))
        .map(Pattern.compile("[0-9a-f]{64}")::matcher)
        .filter(Matcher::find)
        .map(Matcher::group)
        .findFirst()
        .orElseThrow();
  }

  /** At each place where a worker had answered, and where one had not. */
  @ParameterizedTest
  @EnumSource(
      value = EventType.class,
      names = {
        "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT"
      })
  void a_run_closed_from_outside_in_the_middle_comes_out_again(EventType closed) {
    WorkflowExecutionHistory whole = StoredHistories.of("consume/completed");
    List<Long> between =
        whole.getEvents().stream()
            .map(HistoryEvent::getEventId)
            .filter(id -> isBefore(whole, id, "EVENT_TYPE_ACTIVITY_TASK_STARTED"))
            .toList();
    assertThat(between).hasSizeGreaterThan(5);
    assertThat(between)
        .allSatisfy(
            id ->
                assertThat(REPLAY.differs(StoredHistories.closedAfter(whole, id, closed)))
                    .as("after event " + id)
                    .isEmpty());
    long unanswered = lastTaskStarted(whole);
    assertThat(REPLAY.differs(StoredHistories.closedAfter(whole, unanswered, closed))).isEmpty();
  }

  /** The run had ended and said so; whoever has the key puts another closing in that place. */
  @ParameterizedTest
  @EnumSource(
      value = EventType.class,
      names = {
        "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT",
        "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW"
      })
  void another_closing_than_the_runs_own_is_found_out(EventType closed) {
    WorkflowExecutionHistory whole = StoredHistories.of("consume/completed");

    assertThat(
            REPLAY.differs(
                StoredHistories.closedAfter(whole, whole.getEvents().size() - 1, closed)))
        .isPresent();
  }

  @Test
  void an_ending_after_a_cancel_is_the_one_that_the_run_noted() {
    assertThat(
            REPLAY.differs(
                StoredHistories.notedAs(StoredHistories.of("consume/cancelled"), "Stuck")))
        .hasValueSatisfying(
            differs -> assertThat(differs).startsWith("it recorded the ending Stuck, it is "));
  }

  private static boolean isBefore(WorkflowExecutionHistory history, long id, String type) {
    List<HistoryEvent> events = history.getEvents();
    return id < events.size() && events.get((int) id).getEventType().name().equals(type);
  }

  private static long lastTaskStarted(WorkflowExecutionHistory history) {
    return history.getEvents().stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
        .mapToLong(HistoryEvent::getEventId)
        .max()
        .orElseThrow();
  }

  @Test
  void a_changed_runbook_is_caught() {
    try (ComparedReplay changed = new ComparedReplay(List.of(WaitingConsume.class))) {
      assertThat(changed.differs(StoredHistories.of("consume/completed")))
          .hasValueSatisfying(
              differs -> assertThat(differs).startsWith("the run goes another way: "));
    }
  }

  /** A DrConsume with a wait before its first step. */
  public static final class WaitingConsume implements DrConsumeWorkflow {
    private final DrConsumeImpl unchanged;

    @WorkflowInit
    public WaitingConsume(RawRequest raw) {
      unchanged = new DrConsumeImpl(raw);
    }

    @Override
    public ConsumeResult consume(RawRequest request) {
      Workflow.sleep(Duration.ofSeconds(1));
      return unchanged.consume(request);
    }

    @Override
    public void published(String publishedBy) {
      unchanged.published(publishedBy);
    }

    @Override
    public Progress progress() {
      return unchanged.progress();
    }

    @Override
    public Plan plan() {
      return unchanged.plan();
    }

    @Override
    public Receipt receipt() {
      return unchanged.receipt();
    }

    @Override
    public String decide(RawRequest decision) {
      return unchanged.decide(decision);
    }

    @Override
    public void validateDecide(RawRequest decision) {
      unchanged.validateDecide(decision);
    }

    @Override
    public void decideBySignal(RawRequest decision) {
      unchanged.decideBySignal(decision);
    }
  }
}
