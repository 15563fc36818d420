package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every step of a setup of one empty host fails, is repeated, or loses its answer. */
class SetupFaultSweepTest {
  private static final String SETUP =
      "{'cluster':'strait','act':'setup','mode':'execute','by':'alice'}";

  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.synchronous()), ReplicationSetupImpl.class);

  @BeforeEach
  void oneHostIsEmpty() {
    bed.world().members().neverThere("west-0");
    bed.world().directories().lose("west-0");
    bed.world().members().commitsWaitFor("east-0", "");
  }

  /** Whatever became of a run: one primary, which the other standby never lost. */
  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    assertThat(bed.world().members().writers()).containsExactly("east-0");
    assertThat(bed.world().members().followersOf("east-0")).contains("east-1");
    bed.close();
  }

  private ReplicationSetupWorkflow stub() {
    return bed.client().newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("setup"));
  }

  private ReplicationResult run() {
    try {
      return stub().setUp(Typed.run(SETUP));
    } finally {
      bed.closeChildren();
    }
  }

  private Ended fails() {
    return TestBed.ended(this::run);
  }

  private static boolean isOf(ReplicationStep step, Called call) {
    return call.step().equals(step.name());
  }

  /** The first call of a step; what undoes it goes by the same name. */
  private static Predicate<Called> firstOf(ReplicationStep step) {
    AtomicBoolean seen = new AtomicBoolean();
    return call -> isOf(step, call) && seen.compareAndSet(false, true);
  }

  /** Somebody stops it right before the first call of a step, which comes too late for that. */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "RESOLVE",
        "SET_PRIMARY",
        "CHECKPOINT",
        "RESTART_PRIMARY",
        "SEE_PRIMARY",
        "RECORD_RELAXATION",
        "SEE_SYNCHRONOUS",
        "AWAIT_CONFIRMING",
        "CLEAR_RELAXATION",
        "STOP_WAITING",
        "DROP_SLOTS",
        "CLOSE_ACCESS",
        "DROP_ACCOUNT",
        "FENCE",
        "ADOPT"
      })
  void a_stop_at_any_step_leaves_nothing_or_all_that_a_standby_needs(ReplicationStep step) {
    String before = bed.world().members().commitsOf("east-0");
    Stopping.in(step, bed, "setup");
    fails();
    bed.faults().mend();
    if (bed.world().lastReceipt().ending().outcome().equals("COMPLETED")) {
      isSetUp();
      return;
    }
    assertThat(bed.world().lastReceipt().ending().outcome()).isEqualTo("ROLLED_BACK");
    assertThat(bed.world().members().commitsOf("east-0")).isEqualTo(before);
    if (step.compareTo(ReplicationStep.PLACE_COPIES) < 0) {
      nothingIsLeft();
    } else {
      assertThat(bed.world().members().slotsOf("east-0")).contains("west_0");
    }
    aNewRunSetsItUp();
  }

  private void aNewRunSetsItUp() {
    bed.faults().mend();
    assertThat(run().outcome()).isEqualTo("Completed");
    isSetUp();
  }

  private void isSetUp() {
    assertThat(bed.world().members().followersOf("east-0")).containsExactly("east-1", "west-0");
    assertThat(bed.world().members().slotsOf("east-0")).containsExactly("east_1", "west_0");
    assertThat(bed.world().members().letIn("east-0")).contains("role").hasSize(7);
    assertThat(bed.world().members().commitsOf("east-0")).isEqualTo("ANY 1 (west_0, east_1) on");
  }

  private void nothingIsLeft() {
    assertThat(bed.world().members().slotsOf("east-0")).containsExactly("east_1");
    assertThat(bed.world().members().letIn("east-0")).isEmpty();
  }

  @Test
  void undisturbed_it_sets_up_and_a_second_run_changes_nothing() {
    assertThat(run().changed()).hasSize(10);
    isSetUp();
    ReplicationResult again = run();
    assertThat(again.changed()).isEmpty();
    assertThat(again.headline()).startsWith("nothing was to be changed");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "OBSERVE_ACCOUNT",
        "OBSERVE_HOSTS",
        "OBSERVE_ACCESS",
        "OBSERVE_PRIMARY",
        "OBSERVE_ROLES",
        "OBSERVE_EPOCHS",
        "MAKE_ACCOUNT",
        "OPEN_ACCESS",
        "MAKE_SLOTS",
        "BEGIN_COPIES",
        "AWAIT_COPIES",
        "PLACE_COPIES"
      })
  void a_step_that_fails_leaves_nothing_behind(ReplicationStep step) {
    bed.faults()
        .plan(
            step.verb() == StepVerb.OBSERVE ? call -> isOf(step, call) : firstOf(step),
            Fault.FAILS);
    assertThat(fails().type()).isIn("Failed", "Refused");
    nothingIsLeft();
    aNewRunSetsItUp();
  }

  @Test
  void lines_that_a_person_wrote_between_the_markers_hinder_no_rollback() {
    bed.world().members().letsIn("east-0", List.of("host all all samenet md5"));
    bed.faults().plan(firstOf(ReplicationStep.MAKE_SLOTS), Fault.FAILS);
    assertThat(fails().type()).isEqualTo("Failed");
    nothingIsLeft();
    bed.faults().mend();
    assertThat(run().degraded()).noneMatch(one -> one.contains("samenet"));
    isSetUp();
  }

  /** Its slot, access and role are not taken away under a standby that is in its place. */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"FOLLOW", "OPEN_STANDBYS", "SET_SYNCHRONOUS"})
  void from_then_on_what_the_standby_needs_stays(ReplicationStep step) {
    bed.faults().plan(firstOf(step), Fault.FAILS);
    Ended ended = fails();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message()).containsOnlyOnce("slots, access lines and role stay");
    assertThat(bed.world().lastReceipt().steps())
        .as("what stays is not said to be undone")
        .filteredOn(one -> !one.step().equals("SET_SYNCHRONOUS"))
        .extracting(StepRecord::result)
        .contains("left in place")
        .doesNotContain("undone");
    assertThat(bed.world().members().slotsOf("east-0")).contains("west_0");
    assertThat(bed.world().members().commitsOf("east-0")).isEqualTo(" on");
    aNewRunSetsItUp();
  }

  /** What is kept is for those that need it: a slot that nobody uses keeps WAL for ever. */
  @Test
  void the_slot_of_one_that_did_not_come_to_its_place_goes() {
    bed.world().members().neverThere("east-1");
    bed.world().directories().lose("east-1");
    AtomicInteger placed = new AtomicInteger();
    bed.faults()
        .plan(
            call -> call.method().equals("ensurePlaced") && placed.incrementAndGet() == 2,
            Fault.FAILS);
    Ended ended = fails();
    List<String> kept = bed.world().members().slotsOf("east-0");
    assertThat(kept).hasSize(1);
    assertThat(ended.message())
        .contains("standbys that are in their places: " + kept.get(0).replace('_', '-'));
    aNewRunSetsItUp();
  }

  /** A copy that is slow would not find what was written meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"lost", ""})
  void a_slot_that_keeps_no_wal_is_made_anew(String walStatus) {
    bed.world().members().leftSlot("east-0", "west_0");
    Strait.slotWithout(bed.world().members(), "east-0", "west_0", walStatus);
    assertThat(run().changed()).contains("east-0: made slot west_0");
    isSetUp();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    bed.faults().plan(call -> !call.step().isEmpty(), fault);
    ReplicationResult result = run();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.changed())
        .as("told, also where the answer was lost")
        .contains(
            "east-0: made the role's role",
            "east-0: made slot west_0",
            "west-0: base backup of east-0",
            "east-0: synchronous_standby_names = 'ANY 1 (west_0, east_1)', synchronous_commit = on")
        .anyMatch(reported -> reported.startsWith("east-0: access lines in "))
        .anyMatch(reported -> reported.startsWith("west-0: follows"));
    isSetUp();
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "MAKE_ACCOUNT",
        "OPEN_ACCESS",
        "MAKE_SLOTS",
        "BEGIN_COPIES",
        "PLACE_COPIES",
        "FOLLOW",
        "OPEN_STANDBYS",
        "SET_SYNCHRONOUS"
      })
  void a_step_whose_outcome_stays_unknown_is_safe_to_do_again(ReplicationStep step) {
    bed.faults().plan(firstOf(step), Fault.OUTCOME_UNKNOWN);
    assertThat(fails().type()).isEqualTo("Failed");
    if (step.compareTo(ReplicationStep.PLACE_COPIES) < 0) {
      nothingIsLeft();
    }
    aNewRunSetsItUp();
  }

  @Test
  void data_in_its_place_is_kept_aside_once_the_plan_was_looked_at() {
    bed.world().directories().spoil("west-0");
    Ended refused = fails();
    assertThat(refused.record().outcome()).isEqualTo("Refused");
    assertThat(refused.message())
        .contains("west-0: what is in /data/west-0 is kept aside", "--digest ");
    nothingIsLeft();
    String digest = refused.message().replaceAll("(?s).*--digest ([0-9a-f]{64}).*", "$1");
    ReplicationSetupWorkflow again = stub();
    ReplicationResult set =
        again.setUp(Typed.run(SETUP.replace("}", ",'digest':'" + digest + "'}")));
    bed.closeChildren();
    assertThat(set.changed().toString())
        .contains("west-0: old data kept as /data/west-0.mooring-old-");
    assertThat(bed.world().lastReceipt().decisions().toString()).contains("approve");
    isSetUp();
  }

  /** It may need longer to catch up: the run holds, and goes on when it is told to. */
  @Test
  void a_standby_that_does_not_stream_yet_lets_it_hold() throws InterruptedException {
    bed.faults().plan(firstOf(ReplicationStep.AWAIT_STREAMING), Fault.FAILS);
    ReplicationSetupWorkflow setup = stub();
    WorkflowClient.start(setup::setUp, Typed.run(SETUP));
    assertThat(Limit.reached(30, () -> setup.progress().headline().contains("go on"))).isTrue();
    assertThat(setup.progress().headline())
        .startsWith("AWAIT_STREAMING can't go on: it could not be done")
        .contains("the standbys are in their places");
    assertThat(bed.world().members().slotsOf("east-0")).contains("west_0");

    WorkflowStub run = bed.client().newUntypedWorkflowStub("setup");
    setup.decide(Typed.json("{'decision':'retry','by':'bob','reason':'the cable is in again'}"));

    assertThat(run.getResult(ReplicationResult.class).outcome()).isEqualTo("Completed");
    isSetUp();
  }
}
