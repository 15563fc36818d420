package dev.mooring.runbook.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.publish.PublishCycleWorkflow;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterLockWorkflowTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  private static final String EAST = "mooring-lock:harbour:east";
  private static final ClusterName HARBOUR = new ClusterName("harbour");
  private static final String TUESDAY = "tuesday";
  private static final String RUNBOOK = "PublishCycle";

  private final TestBed bed = new TestBed(Harbour.cluster(2));

  @AfterEach
  void close() {
    bed.close();
  }

  /** The lock is refused to others; nobody is seen to have it. */
  private String taken(String site) {
    String id = "mooring-lock:harbour:" + site;
    WorkflowClient.start(
        bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(id))::hold,
        new Holder(TUESDAY, "", RUNBOOK));
    return id;
  }

  /** The lock is held by another run. */
  private void held(String site) {
    FakeRuns runs = bed.world().runs();
    runs.lock(taken(site), new Holder(TUESDAY, runs.open(HARBOUR, TUESDAY, RUNBOOK), RUNBOOK));
  }

  @Test
  void refuses_a_typed_run_and_names_the_holder() {
    held("east");
    Ended ended = TestBed.ended(() -> bed.publishing("publish").publish(PUBLISH));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(ended.record().headline())
        .isEqualTo(
            "harbour at east is held by PublishCycle (workflow tuesday): `mooring follow tuesday`"
                + " shows it");
  }

  /** Temporal terminates those alone whose holders died. */
  @Test
  void is_completed_when_its_holder_ends() {
    bed.publishing("publish").publish(PUBLISH);
    assertThat(bed.client().newUntypedWorkflowStub(EAST).describe().getStatus())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
  }

  @Test
  void skips_a_scheduled_run() {
    held("east");
    WorkflowOptions scheduled =
        WorkflowOptions.newBuilder(TestBed.options("publish-scheduled"))
            .setTypedSearchAttributes(
                SearchAttributes.newBuilder()
                    .set(SearchAttributeKey.forKeyword("TemporalScheduledById"), "every 5 min")
                    .build())
            .build();
    PublishResult result =
        bed.client().newWorkflowStub(PublishCycleWorkflow.class, scheduled).publish(PUBLISH);
    assertThat(result.outcome()).isEqualTo("skipped");
    assertThat(bed.faults().calls()).noneMatch(call -> call.step().equals("OBSERVE_SERVERS"));
  }

  @Test
  void waits_as_long_as_it_was_told_to() {
    bed.publish(PUBLISH);
    held("west");
    AtomicInteger looks = new AtomicInteger();
    bed.faults()
        .before(
            call -> call.method().equals("observeLock"),
            () -> {
              if (looks.incrementAndGet() == 5) {
                bed.closeChildren();
              }
            });
    RawRequest patient = Typed.json("{'cluster':'harbour','site':'west','patience':'PT2M'}");
    assertThat(bed.consuming("consume").consume(patient).outcome()).isEqualTo("Completed");
    assertThat(looks.get()).isEqualTo(5);
  }

  @Test
  void frees_the_lock_of_a_run_that_is_over_by_the_very_run_described() {
    held("east");
    bed.world().runs().end(TUESDAY);
    bed.world().runs().onRelease(bed::closeChildren);
    assertThat(bed.publishing("publish").publish(PUBLISH).outcome()).isEqualTo("Completed");
    assertThat(bed.world().runs().released()).containsExactly("run of " + EAST);
  }

  @Test
  void says_so_when_the_lock_was_lost_to_others_again_and_again() {
    taken("east");
    Ended ended = TestBed.ended(() -> bed.publishing("publish").publish(PUBLISH));
    assertThat(ended.record().headline())
        .isEqualTo("harbour at east was taken by others 3 times while it was asked for");
  }
}
