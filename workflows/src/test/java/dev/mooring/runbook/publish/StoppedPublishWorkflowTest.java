package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A publish that a person stops: its ending says what LATEST is. */
class StoppedPublishWorkflowTest {
  private static final RawRequest PUBLISH =
      Typed.json("{'cluster':'harbour','by':'bob','reason':'before the move'}");
  private static final RawRequest ROLL_BACK =
      Typed.json("{'decision':'roll-back','by':'alice','reason':'wrong hour'}");
  private static final String TOO_LATE = "stopped by alice: wrong hour; that came too late";

  private final TestBed bed = new TestBed(Harbour.cluster(2));
  private final PublishCycleWorkflow run = bed.publishing("publish");
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void close() {
    over.countDown();
    bed.close();
  }

  /** Starts a run that stands still when a call of that method reaches the port. */
  private void standStillAt(String method) throws InterruptedException {
    bed.faults()
        .before(
            call -> call.method().equals(method),
            () -> {
              reached.countDown();
              TestBed.awaitOver(over);
            });
    WorkflowClient.start(run::publish, PUBLISH);
    assertThat(reached.await(Limit.seconds(60).toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private PublishResult result() {
    return WorkflowStub.fromTyped(run).getResult(PublishResult.class);
  }

  private Ended ended() {
    return TestBed.ended(this::result);
  }

  private Optional<String> latest() {
    return bed.world().latest().map(latest -> latest.name().value());
  }

  /**
   * Of the steps before, those in which nothing else is under way; the real server does the rest.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "readCluster",
        "ensureRestorePoint",
        "ensureWalSwitched",
        "ensurePending",
        "awaitArchived"
      })
  void before_the_ready_manifest_it_rolls_back_and_latest_stays(String method)
      throws InterruptedException {
    standStillAt(method);
    run.decide(ROLL_BACK);
    assertThat(ended().type()).isEqualTo("RolledBack");
    over.countDown();
    bed.faults().awaitQuiet();
    assertThat(latest()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NONE", "FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void while_the_ready_manifest_is_written_a_stop_comes_too_late(Fault fault)
      throws InterruptedException {
    bed.faults().plan(call -> call.method().equals("ensureReady"), fault);
    standStillAt("ensureReady");
    run.decide(ROLL_BACK);
    over.countDown();
    PublishResult result = result();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsExactly(
            "DrConsume at west may not have been started: the run was stopped", TOO_LATE);
    assertThat(latest()).contains(result.restorePoint());
    assertThat(bed.world().runs().asked()).isEmpty();
    Receipt receipt = bed.world().lastReceipt();
    assertThat(receipt.ending().outcome()).isEqualTo("COMPLETED");
    assertThat(receipt.seen().degraded()).isEqualTo(result.degraded());
  }

  @Test
  void a_ready_manifest_that_can_not_be_written_fails_the_run_stopped_or_not()
      throws InterruptedException {
    standStillAt("ensureReady");
    run.decide(ROLL_BACK);
    bed.world().trouble().storeAnswers(false);
    over.countDown();
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("EVIDENCE_UNREADABLE");
    bed.world().trouble().storeAnswers(true);
    assertThat(latest()).isEmpty();
  }

  @Test
  void while_consumers_are_told_a_stop_comes_too_late_for_the_point() throws InterruptedException {
    standStillAt("ensureConsumer");
    run.decide(ROLL_BACK);
    PublishResult result = result();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsExactly(
            "DrConsume at west may not have been started: the run was stopped", TOO_LATE);
    assertThat(latest()).contains(result.restorePoint());
  }

  @Test
  void an_older_point_that_became_ready_first_is_named_by_the_ending() throws InterruptedException {
    bed.world().trouble().archiverStalls(1);
    TestBed.ended(() -> bed.publish(PUBLISH));
    String older = bed.world().lastReceipt().ending().restorePoint();
    bed.world().trouble().archiverWorks(1);
    standStillAt("ensureReady");
    run.decide(ROLL_BACK);
    over.countDown();
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().receipt()).endsWith("; " + older + " became READY");
    assertThat(latest()).contains(older);
    Manifest ready = bed.world().published(new RestorePointName(older)).orElseThrow();
    assertThat(ready.isReady()).isTrue();
  }

  @Test
  void answers_its_receipt_so_far_with_who_asked_and_why() throws InterruptedException {
    standStillAt("ensurePending");
    Receipt soFar = run.receipt();
    assertThat(soFar.run().scope()).isEqualTo("east");
    assertThat(soFar.asked().by()).isEqualTo("bob");
    assertThat(soFar.asked().reason()).isEqualTo("before the move");
    assertThat(soFar.asked().requestJson()).isNotBlank();
    over.countDown();
    assertThat(result().outcome()).isEqualTo("Completed");
  }
}
