package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every step of a Resilver fails, repeats, loses its answer: a primary that diverged is to be
 * rewound, and a cascade below the new primary, whose directory is lost, to be copied.
 */
class ResilverFaultSweepTest {
  private final TestBed bed = new TestBed(new FakeCluster(cluster()), ResilverImpl.class);
  private final AtomicInteger slots = new AtomicInteger();
  private String digest = "";

  Cluster cluster() {
    return Harbour.strait();
  }

  @BeforeEach
  void diverge() {
    var members = bed.world().members();
    Strait.divergeEast(members);
    members.kill("west-1");
    bed.world().directories().lose("west-1");
    started("plan", "plan").getResult(ResilverResult.class);
    digest = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class).digest();
  }

  @AfterEach
  void nobodyElseEverWrote() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    assertThat(bed.world().members().writers()).containsExactly("west-0");
    bed.close();
  }

  private WorkflowStub started(String id, String mode) {
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(id));
    WorkflowClient.start(
        run::resilver,
        Typed.json(
            "{'cluster':'strait','mode':'"
                + mode
                + "','digest':'"
                + digest
                + "','by':'alice','instances':'east-0,west-1'}"));
    return WorkflowStub.fromTyped(run);
  }

  private ResilverResult executed() {
    try {
      return started("resilver", "execute").getResult(ResilverResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  private Ended ended() {
    return TestBed.ended(this::executed);
  }

  /** The calls of a step; of SLOTS the first, since its undo is made by the same method. */
  private boolean isOf(ResilverStep step, Called call) {
    if (step == ResilverStep.SLOTS) {
      return call.step().equals("SLOTS") && slots.getAndIncrement() == 0;
    }
    return step == ResilverStep.RESOLVE
        ? call.method().equals("readCluster")
        : call.step().equals(step.name()) && !call.method().startsWith("revert");
  }

  private void allFollow() {
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0", "west-1");
  }

  private void aNewRunIsSafe() {
    bed.faults().mend();
    executed();
    allFollow();
  }

  @ParameterizedTest
  @EnumSource(
      value = ResilverStep.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"AUTHORITY", "RUN_BEFORE", "COPY_INSTEAD", "TIDY", "RUN_AFTER"})
  void a_step_that_fails_takes_the_way_back_or_holds(ResilverStep step) {
    bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    if (step.compareTo(ResilverStep.REPLACE) < 0) {
      assertThat(ended().type())
          .isEqualTo(
              step == ResilverStep.OBSERVE || step == ResilverStep.LOCK ? "Refused" : "Failed");
      assertThat(bed.world().members().followersOf("west-0")).doesNotContain("east-0", "west-1");
      aNewRunIsSafe();
      return;
    }
    assertThat(step.verb()).isIn(StepVerb.PIVOT, StepVerb.FORWARD);
    WorkflowStub run = started("resilver", "execute");
    bed.until(run.getExecution().getWorkflowId(), "can't go on");
    ResilverWorkflow asked =
        bed.client().newWorkflowStub(ResilverWorkflow.class, run.getExecution().getWorkflowId());
    assertThat(asked.progress().headline()).startsWith(step + " can't go on: ");
    bed.faults().mend();
    asked.decide(Typed.json("{'decision':'retry','by':'bob','reason':'fixed'}"));
    assertThat(run.getResult(ResilverResult.class).outcome()).isEqualTo("Completed");
    bed.closeChildren();
    allFollow();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    bed.faults().plan(call -> true, fault);
    assertThat(executed().outcome()).isEqualTo("Completed");
    allFollow();
    bed.faults().mend();
    assertThat(begun("east-0")).isEqualTo(1);
    assertThat(begun("west-1")).isEqualTo(1);
  }

  /** How many copies of an instance were really begun. */
  private long begun(String instance) {
    return bed.world().directories().begun(instance);
  }

  @ParameterizedTest
  @EnumSource(
      value = ResilverStep.class,
      names = {"SLOTS", "KEEP_WAL", "COPY"})
  void a_step_whose_outcome_stays_unknown_is_undone(ResilverStep step) {
    bed.faults().plan(call -> isOf(step, call), Fault.OUTCOME_UNKNOWN);
    assertThat(ended().type()).isEqualTo("Failed");
    assertThat(bed.world().members().slotsOf("west-0")).doesNotContain("east_0");
    aNewRunIsSafe();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void an_undo_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    bed.faults().plan(call -> call.method().equals("awaitCopied"), Fault.OUTCOME_UNKNOWN);
    bed.faults().plan(call -> call.method().startsWith("revert"), fault);
    assertThat(ended().type()).isEqualTo("Failed");
    aNewRunIsSafe();
  }

  @Test
  void old_directories_that_stay_hold_nobody_up() {
    bed.faults().plan(call -> isOf(ResilverStep.TIDY, call), Fault.FAILS);
    ResilverResult result = executed();
    assertThat(List.of(result.outcome(), String.valueOf(result.degraded().size())))
        .containsExactly("Completed", "2");
  }
}
