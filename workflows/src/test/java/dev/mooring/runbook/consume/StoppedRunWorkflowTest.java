package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.contract.Limit;
import dev.mooring.evidence.Receipt;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.EnsureConsumer;
import dev.mooring.port.TargetSettings;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do to a run that is under way. */
class StoppedRunWorkflowTest {
  private static final RawRequest ROLL_BACK =
      Typed.json("{'decision':'roll-back','by':'alice','reason':'wrong site'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));
  private final DrConsumeWorkflow run = bed.consuming("consume");
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private String point = "";

  @BeforeEach
  void publish() {
    point = bed.publish(Typed.json("{'cluster':'harbour'}")).restorePoint();
  }

  @AfterEach
  void close() {
    over.countDown();
    bed.close();
  }

  /** Starts a run that stands still when that step's call reaches the host, until it is over. */
  private void standStillAt(String step, String method) throws InterruptedException {
    bed.faults()
        .before(
            call -> call.step().equals(step) && call.method().equals(method),
            () -> {
              reached.countDown();
              TestBed.awaitOver(over);
            });
    WorkflowClient.start(
        run::consume,
        Typed.json("{'cluster':'harbour','site':'west','by':'bob','reason':'storm'}"));
    assertThat(reached.await(Limit.seconds(60).toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private Ended ended() {
    return TestBed.ended(() -> WorkflowStub.fromTyped(run).getResult(ConsumeResult.class));
  }

  /** Temporal closes a run that it was told to cancel as cancelled, whatever its ending says. */
  private void cancelled() {
    assertThatThrownBy(() -> WorkflowStub.fromTyped(run).getResult(ConsumeResult.class))
        .hasCauseInstanceOf(CanceledFailure.class);
  }

  private List<TargetSettings> settings() {
    return bed.world().copies().observed().stream()
        .map(seen -> seen.recovery().settings())
        .toList();
  }

  @Test
  void a_decision_to_roll_back_undoes_what_was_configured() throws InterruptedException {
    List<TargetSettings> before = settings();
    standStillAt("SET_TARGETS", "ensureTarget");
    assertThat(run.decide(ROLL_BACK)).isEqualTo("stopping, as alice decided");
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("CANCELLED");
    assertThat(ended.record().headline()).isEqualTo("stopped by alice: wrong site");
    assertThat(run.progress().steps())
        .extracting(step -> step.step() + " " + step.state())
        .contains("SET_TARGETS undone", "START_ALL not reached", "ADVANCE not reached")
        .noneMatch(step -> step.endsWith(" waiting"));
    over.countDown();
    bed.faults().awaitQuiet();
    assertThat(settings()).as("a late act of the stopped run is refused").isEqualTo(before);
    assertThat(bed.world().copies().anyStarted()).isFalse();
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("ROLLED_BACK");
  }

  @Test
  void a_decision_by_signal_does_the_same() throws InterruptedException {
    standStillAt("PROVE_CHAIN", "observeChain");
    run.decideBySignal(ROLL_BACK);
    assertThat(ended().type()).isEqualTo("RolledBack");
  }

  @Test
  void a_cancelled_run_rolls_back_before_the_point_of_no_return() throws InterruptedException {
    List<TargetSettings> before = settings();
    standStillAt("SET_TARGETS", "ensureTarget");
    WorkflowStub.fromTyped(run).cancel();
    cancelled();
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("ROLLED_BACK");
    over.countDown();
    bed.faults().awaitQuiet();
    assertThat(settings()).isEqualTo(before);
  }

  @Test
  void after_the_point_of_no_return_a_stopped_run_parks_what_runs_and_advances_nothing()
      throws InterruptedException {
    standStillAt("AWAIT_PARKED", "awaitParked");
    run.decide(ROLL_BACK);
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("CANCELLED");
    assertThat(bed.world().copies().anyRuns()).isFalse();
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    assertThat(settings()).extracting(TargetSettings::name).containsOnly(point);
  }

  @Test
  void one_that_was_promoted_meanwhile_is_left_running_and_the_ending_says_so()
      throws InterruptedException {
    standStillAt("AWAIT_PARKED", "awaitParked");
    bed.world().trouble().promote(0);
    run.decide(ROLL_BACK);
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().headline())
        .isEqualTo(
            "stopped by alice: wrong site; not all could be stopped: west-0: the server accepts"
                + " writes; it was promoted");
    assertThat(bed.world().lastReceipt().ending().headline()).isEqualTo(ended.record().headline());
    assertThat(bed.world().copies().writable()).hasSize(1);
  }

  @Test
  void an_ending_says_it_when_something_may_still_run() throws InterruptedException {
    bed.faults().plan(call -> call.step().equals("PARK_REST"), Fault.FAILS);
    standStillAt("AWAIT_PARKED", "awaitParked");
    bed.world().trouble().startWithoutTarget(0);
    run.decide(ROLL_BACK);
    Ended ended = ended();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("CANCELLED");
    assertThat(ended.record().headline())
        .startsWith("stopped by alice: wrong site; not all could be stopped: ");
    assertThat(bed.world().copies().anyRuns()).isTrue();
  }

  @Test
  void a_run_stopped_in_its_second_wait_parks_what_runs_and_advances_nothing()
      throws InterruptedException {
    bed.world().trouble().killInReplay(0, 1);
    standStillAt("AWAIT_AGAIN", "awaitParked");
    run.decide(ROLL_BACK);
    assertThat(ended().record().code()).isEqualTo("CANCELLED");
    assertThat(bed.world().copies().anyRuns()).isFalse();
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_stop_while_the_state_is_written_comes_too_late_and_is_told_so(boolean replyIsLost)
      throws InterruptedException {
    if (replyIsLost) {
      bed.faults().plan(call -> call.step().equals("ADVANCE"), Fault.LOSES_REPLY);
    }
    standStillAt("ADVANCE", "ensureSiteState");
    run.decide(ROLL_BACK);
    over.countDown();
    ConsumeResult result = WorkflowStub.fromTyped(run).getResult(ConsumeResult.class);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .containsExactly("stopped by alice: wrong site; that came too late");
    assertThat(bed.world().state(Harbour.WEST).orElseThrow().restorePoint().value())
        .isEqualTo(point);
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("COMPLETED");
    assertThat(bed.world().lastReceipt().seen().degraded()).isEqualTo(result.degraded());
  }

  @Test
  void a_start_that_comes_late_after_everything_was_stopped_is_refused()
      throws InterruptedException {
    standStillAt("START_ALL", "ensureReplaying");
    WorkflowStub.fromTyped(run).cancel();
    cancelled();
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("FAILED");
    over.countDown();
    bed.faults().awaitQuiet();
    assertThat(bed.world().copies().anyStarted()).isFalse();
  }

  @Test
  void a_decision_nobody_understands_is_refused_with_text_and_changes_nothing()
      throws InterruptedException {
    standStillAt("PROVE_CHAIN", "observeChain");
    assertThatThrownBy(() -> run.decide(Typed.json("{'decision':'rollback'}")))
        .rootCause()
        .hasMessageContaining("by is missing");
    assertThatThrownBy(() -> run.decide(Typed.json("{'decision':'approve','by':'alice'}")))
        .rootCause()
        .hasMessageContaining("this run waits for no decision");
    over.countDown();
    assertThat(WorkflowStub.fromTyped(run).getResult(ConsumeResult.class).outcome())
        .isEqualTo("Completed");
  }

  @Test
  void a_bad_decision_by_signal_shows_in_the_progress() throws InterruptedException {
    standStillAt("PROVE_CHAIN", "observeChain");
    run.decideBySignal(Typed.json("{'decision':'retry','by':'alice'}"));
    assertThat(run.progress().headline())
        .startsWith("a decision was refused: this run waits for no decision");
    over.countDown();
    assertThat(WorkflowStub.fromTyped(run).getResult(ConsumeResult.class).outcome())
        .isEqualTo("Completed");
  }

  @Test
  void answers_where_it_stands_what_it_plans_and_its_receipt_so_far() throws InterruptedException {
    standStillAt("SET_TARGETS", "ensureTarget");
    assertThat(run.progress().point()).isEqualTo(point);
    assertThat(run.progress().steps())
        .extracting(StepProgress::state)
        .startsWith("done", "done", "done", "done", "done", "running", "waiting");
    assertThat(run.plan().digest()).hasSize(64);
    assertThat(run.plan().objects()).hasSize(2);
    assertThat(run.plan().measured()).hasSize(2);
    Receipt soFar = run.receipt();
    assertThat(soFar.steps()).hasSize(5);
    assertThat(soFar.run().scope()).isEqualTo("west");
    assertThat(soFar.asked().by()).isEqualTo("bob");
    assertThat(soFar.asked().reason()).isEqualTo("storm");
    assertThat(soFar.asked().requestJson()).contains("west");
    assertThat(soFar.asked().clusterFileDigest()).hasSize(64);
    over.countDown();
    assertThat(WorkflowStub.fromTyped(run).getResult(ConsumeResult.class).outcome())
        .isEqualTo("Completed");
  }

  @ParameterizedTest
  @CsvSource({"PROVE_CHAIN, observeChain", "ADVANCE, ensureSiteState", "RECEIPT, ensureReceipt"})
  void starts_the_next_run_at_its_end_when_a_newer_point_was_published_meanwhile(
      String step, String method) throws InterruptedException {
    standStillAt(step, method);
    run.published("mooring:harbour:publish");
    over.countDown();
    assertThat(WorkflowStub.fromTyped(run).getResult(ConsumeResult.class).degraded()).isEmpty();
    assertThat(bed.world().runs().asked())
        .extracting(EnsureConsumer::publishedBy)
        .containsExactly("publish", "mooring:harbour:publish");
    EnsureConsumer next = bed.world().runs().asked().get(1);
    assertThat(next.workflowId()).startsWith("mooring:harbour:consume:west:after-");
    assertThat(next.ending()).isEqualTo("consume");
  }

  @Test
  void starts_the_next_run_also_when_it_fails_itself() throws InterruptedException {
    bed.world().trouble().killInReplay(0, 2);
    standStillAt("PROVE_CHAIN", "observeChain");
    run.published("mooring:harbour:publish");
    over.countDown();
    assertThat(ended().type()).isEqualTo("Failed");
    assertThat(bed.world().runs().asked()).hasSize(2);
  }
}
