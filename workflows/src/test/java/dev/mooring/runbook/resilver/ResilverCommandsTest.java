package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An administrator's own commands around the healing of a standby whose directory is lost. */
class ResilverCommandsTest {
  private static final String BEFORE = "echo before {instance} of {primary}";
  private static final String AFTER = "echo after {instance} at {port} in {data_directory}";

  private TestBed bed = bed(BEFORE, AFTER);

  private TestBed bed(String before, String after) {
    TestBed made = new TestBed(new FakeCluster(Strait.around(before, after)), ResilverImpl.class);
    made.world().members().kill("west-0");
    made.world().directories().lose("west-0");
    return made;
  }

  private void instead(String before, String after) {
    bed.close();
    bed = bed(before, after);
  }

  @AfterEach
  void close() {
    assertThat(bed.world().members().writers()).containsExactly("east-0");
    bed.close();
  }

  private ResilverResult asked(String id, String more) {
    try {
      return bed.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options(id))
          .resilver(Typed.run("{'cluster':'strait','by':'alice'," + more + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private Plan planned() {
    asked("plan", "'mode':'plan'");
    return bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
  }

  private ResilverResult executed() {
    return asked("resilver", "'mode':'execute','digest':'" + planned().digest() + "'");
  }

  @Test
  void the_plan_shows_them_and_runs_none() {
    assertThat(planned().objects())
        .contains(
            "west-0: resilver.before is run: " + BEFORE, "west-0: resilver.after is run: " + AFTER);
    assertThat(bed.world().directories().commands()).isEmpty();
  }

  @Test
  void one_is_run_before_anything_is_touched_and_one_once_it_streams() {
    bed.faults()
        .before(
            call -> call.step().equals("SLOTS"),
            () ->
                assertThat(bed.world().directories().commands())
                    .containsExactly("echo before west-0 of east-0"));
    bed.faults()
        .before(
            call -> call.step().equals("RUN_AFTER"),
            () -> assertThat(bed.world().members().followersOf("east-0")).contains("west-0"));
    ResilverResult result = executed();
    assertThat(result.degraded()).isEmpty();
    assertThat(bed.world().directories().commands())
        .containsExactly(
            "echo before west-0 of east-0", "echo after west-0 at 6000 in /data/west-0");
    assertThat(result.proof().toString())
        .contains("printed before west-0 of east-0", "printed after west-0 at 6000");
  }

  @Test
  void one_that_ends_badly_before_leaves_everything_as_it_was() {
    instead("exit 3", AFTER);
    bed.world().members().neverThere("west-0");
    Ended ended = TestBed.ended(this::executed);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message()).contains("resilver.before ended with exit");
    assertThat(bed.world().directories().commands()).containsExactly("exit 3");
    assertThat(bed.world().directories().begun("west-0")).isZero();
    assertThat(bed.world().members().slotsOf("east-0")).containsExactly("east_1");
  }

  @Test
  void one_that_ends_badly_after_is_told_and_the_standby_is_a_good_one() {
    instead(BEFORE, "exit 3");
    ResilverResult result = executed();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("west-0: resilver.after did not end well: ")
        .contains("resilver.after ended with exit");
    assertThat(bed.world().members().followersOf("east-0")).contains("west-0");
  }

  /** As where a worker was lost and another takes its place. */
  @Test
  void one_may_be_run_twice_and_is_never_left_out() {
    bed.faults().plan(call -> call.method().equals("ensureCommandRun"), Fault.REPEATS);
    assertThat(executed().outcome()).isEqualTo("Completed");
    String before = "echo before west-0 of east-0";
    String after = "echo after west-0 at 6000 in /data/west-0";
    assertThat(bed.world().directories().commands()).containsExactly(before, before, after, after);
  }

  /** What is not known to have ended well is not run again, and nothing follows it. */
  @Test
  void one_before_whose_answer_is_lost_with_its_host_ends_the_run_untouched() {
    bed.faults().plan(call -> call.step().equals("RUN_BEFORE"), Fault.OUTCOME_UNKNOWN);
    assertThat(TestBed.ended(this::executed).type()).isEqualTo("Failed");
    assertThat(bed.world().directories().begun("west-0")).isZero();
    bed.faults().mend();
    assertThat(executed().outcome()).isEqualTo("Completed");
  }
}
