package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.dev.ledger.LoadVerdict;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.ContentId;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One PostgreSQL primary and its copy, and nothing of a fleet; consumed by hand, and by the policy
 * that whatever is published is consumed.
 */
@Tag("all")
class PostgresClusterIT {
  private static Stage stage;
  private static Sites sites;
  private static String consume;

  @BeforeAll
  static void raise() {
    stage =
        new Stage(
            LabPlan.postgres()
                .withWalFileMegabytes(1)
                .withWestConsuming(LabPlan.Consumes.ON_PUBLISH));
    sites = new Sites(stage.lab);
    consume = "mooring:" + stage.cluster() + ":consume:west";
    stage.publish();
    ended(consume);
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void is_published_under_load_and_its_copy_moored_at_exactly_that_point() {
    consumeBy("manual");
    Mooring mooring = stage.mooring();
    stage.clients().silence("the test brings a load of its own, which knows no barrier");
    stage.lab.load().start(Barrier.IGNORED);
    Answer published = mooring.type("publish");
    stage.lab.load().stop();
    String point = sites.latest().name().value();
    Answer consumed = mooring.type("consume");
    Answer status = mooring.typeUntilInOrder("status");
    Answer whois = mooring.typeUntilInOrder("whois");

    assertThat(Sites.read(stage.lab.clusterFile())).contains("kind: postgres\n");
    assertThat(published.status()).as(published.out()).isZero();
    assertThat(sites.latest().contentIds()).containsExactly(new ContentId(0));
    assertThat(sites.latest().header().cut().kind()).isEqualTo(Cut.Kind.ATOMIC);
    assertThat(consumed.status()).as(consumed.out()).isZero();
    assertThat(consumed.out()).contains("west is moored at " + point + ": 1 of 1");
    assertThat(status.firstLine()).startsWith("west is moored at " + point);
    assertThat(whois.out())
        .containsPattern("0 +east-0 +e0 +writable ")
        .containsPattern("0 +west-0 +w0 +parked ");
    assertExact();
  }

  /** Whatever the primary had acknowledged before the point is in the copy, and nothing later. */
  private static void assertExact() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      LoadVerdict verdict = stage.lab.load().check(copy);
      verdict.assertExact();
      assertThat(verdict.contents()).allMatch(content -> content.acknowledged() > 0);
    }
  }

  @Test
  void a_publish_starts_a_consume_of_its_own_through_the_site() {
    WorkflowStub publish = stage.startPublish();
    String point = publish.getResult(PublishResult.class).restorePoint();
    ConsumeResult consumed = ended(consume);

    assertThat(consumed.restorePoint()).isEqualTo(point);
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(queueOf(publish, "EnsureConsumer")).isEqualTo("mooring-west");
    assertThat(run(consume).describe().getParentExecution()).isNull();
    // the receipt of the publish may come before it or after
    Receipt receipt =
        sites.receipts().stream()
            .filter(one -> one.run().workflowId().equals(consume))
            .reduce((earlier, later) -> later)
            .orElseThrow();
    assertThat(receipt.ending().restorePoint()).isEqualTo(point);
    assertThat(receipt.asked().by()).isEqualTo(publish.getExecution().getWorkflowId());
  }

  @Test
  void points_published_while_a_consume_runs_are_consumed_at_its_end() {
    Standstill first = new Standstill();
    String one = stage.publish().restorePoint();
    first.begun();
    Standstill second = new Standstill();
    stage.publish();
    String three = stage.publish().restorePoint();
    String runId = run(consume).describe().getExecution().getRunId();
    first.goOn();

    assertThat(ended(consume).restorePoint()).isEqualTo(one);
    String next = consume + ":after-" + runId;
    second.begun();
    sites.fillWalFiles(0, 1);
    String four = stage.publish().restorePoint();
    String nextRun = run(next).describe().getExecution().getRunId();
    second.goOn();
    assertThat(ended(next).restorePoint()).isEqualTo(three);
    assertThat(ended(consume + ":after-" + nextRun).restorePoint()).isEqualTo(four);
    assertThat(sites.mooredAt()).isEqualTo(four);
    assertThat(signals(consume, runId)).hasSize(2);
    assertThat(signals(next, nextRun)).hasSize(1);
  }

  @Test
  void a_consume_that_a_person_started_is_told_too() {
    Standstill standstill = new Standstill();
    sites.fillWalFiles(0, 1);
    consumeBy("manual");
    String one = stage.publish().restorePoint();
    consumeBy("onPublish");
    WorkflowStub typed = stage.startConsumeOfLatest();
    standstill.begun();
    String two = stage.publish().restorePoint();
    standstill.goOn();

    assertThat(typed.getResult(ConsumeResult.class).restorePoint()).isEqualTo(one);
    String next = consume + ":after-" + typed.getExecution().getRunId();
    assertThat(ended(next).restorePoint()).isEqualTo(two);
  }

  private static void consumeBy(String policy) {
    stage.amendClusterFile(
        now -> now.replaceFirst("consume: (manual|onPublish)", "consume: " + policy));
  }

  /** Holds the next consume before it starts an instance. */
  private static final class Standstill {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    Standstill() {
      stage.hooks.before(
          ConsumeStep.START_ALL,
          () -> {
            begun.countDown();
            await(over);
          });
    }

    void begun() {
      await(begun);
    }

    void goOn() {
      over.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static WorkflowStub run(String id) {
    return stage.service.client().newUntypedWorkflowStub(id);
  }

  private static ConsumeResult ended(String id) {
    return run(id).getResult(ConsumeResult.class);
  }

  private static String queueOf(WorkflowStub run, String activity) {
    return history(run.getExecution()).stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
        .filter(scheduled -> scheduled.getActivityType().getName().equals(activity))
        .map(scheduled -> scheduled.getTaskQueue().getName())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> signals(String id, String runId) {
    WorkflowExecution run =
        WorkflowExecution.newBuilder().setWorkflowId(id).setRunId(runId).build();
    return history(run).stream()
        .filter(HistoryEvent::hasWorkflowExecutionSignaledEventAttributes)
        .map(event -> event.getWorkflowExecutionSignaledEventAttributes().getSignalName())
        .toList();
  }

  private static List<HistoryEvent> history(WorkflowExecution run) {
    return stage.service.client().fetchHistory(run.getWorkflowId(), run.getRunId()).getEvents();
  }
}
