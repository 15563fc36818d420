package dev.mooring.starter.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.DrConsumeImpl;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryReplayTest {
  private static final HistoryReplay REPLAY = new HistoryReplay();

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
        "publish/planned",
        "publish/cancelled",
        "publish/bad-input",
        "consume/completed",
        "consume/already-there",
        "consume/failed-mismatch",
        "consume/failed-undone",
        "consume/refused",
        "consume/second-start",
        "consume/signalled",
        "consume/stuck",
        "consume/rolled-back",
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
        "publish/completed | AwaitArchived | 8ece94afb10199f1 | 8ece94afb10199f2",
        "publish/completed | AwaitArchived | \"missing\":[] |"
            + " \"missing\":[\"000000010000000000000001\"]",
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
    assertThat(
            REPLAY.differs(
                StoredHistories.altered(
                    StoredHistories.of("publish/completed"),
                    "AwaitArchived",
                    "8ece94afb10199f1",
                    "8ece94afb10199f2")))
        .hasValueSatisfying(
            differs ->
                assertThat(differs)
                    .startsWith("EnsureReady manifest.")
                    .contains("recorded \"8ece94afb10199f1", "now \"8ece94afb10199f2"));
  }

  @Test
  void a_changed_runbook_is_caught() {
    try (HistoryReplay changed = new HistoryReplay(WaitingConsume.class)) {
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
