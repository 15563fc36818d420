package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A standby whose host is gone is taken out, and who may decide so. */
class RemovalWorkflowTest {
  private static final String MOORINGS =
      "hostssl replication \"mooring\" 10.0.0.9/32 scram-sha-256";

  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.synchronous()), ReplicationSetupImpl.class);
  private final FakeMembers members = bed.world().members();

  @BeforeEach
  void westIsGone() {
    members.kill("west-0");
    bed.world().trouble().hostAnswers("w0", false);
    members.leftSlot("east-1", "west_0");
  }

  /** Then nothing is tried again, and no time need be skipped. */
  private void itsHostIsThere() {
    bed.world().trouble().hostAnswers("w0", true);
    bed.keepTime();
  }

  @AfterEach
  void close() {
    assertThat(members.writers()).containsExactly("east-0");
    bed.close();
  }

  private ReplicationResult run(String more) {
    return asked("'act':'remove','instances':'west-0'" + more);
  }

  private ReplicationResult asked(String what) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("remove"))
          .setUp(Typed.run("{'cluster':'strait','by':'alice'," + what + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private Plan planned(String more) {
    run(more);
    return bed.client().newUntypedWorkflowStub("remove").query("plan", Plan.class);
  }

  private ReplicationResult removed(String more) {
    String digest = planned(more).digest();
    return run(more + ",'mode':'execute','digest':'" + digest + "'");
  }

  private static Predicate<Called> firstOf(ReplicationStep step) {
    AtomicBoolean seen = new AtomicBoolean();
    return call -> call.step().equals(step.name()) && seen.compareAndSet(false, true);
  }

  @Test
  void commits_stop_waiting_for_it_before_anything_of_it_is_taken_out_anywhere() {
    assertThat(planned("").objects())
        .containsExactly(
            "east-0: synchronous_standby_names = 'ANY 1 (east_1)'",
            "east-0: slot west_0",
            "east-1: slot west_0");

    ReplicationResult removed = removed("");

    assertThat(members.commitsOf("east-0")).isEqualTo("ANY 1 (east_1) on");
    assertThat(members.slotsOf("east-0")).containsExactly("east_1");
    assertThat(members.slotsOf("east-1")).isEmpty();
    assertThat(removed.degraded().toString())
        .contains("west-0: its authority file was not read", "take it out of replication.sync");
    List<String> steps =
        bed.faults().calls().stream()
            .filter(call -> call.method().startsWith("ensure"))
            .map(Called::step)
            .distinct()
            .toList();
    assertThat(steps).containsSubsequence("STOP_WAITING", "DROP_SLOTS");
  }

  @Test
  void where_nobody_is_left_no_commit_waits_for_anybody() {
    itsHostIsThere();
    members.kill("east-1");
    members.commitsWaitFor("east-0", "*");
    asked("'act':'remove'");
    Plan plan = bed.client().newUntypedWorkflowStub("remove").query("plan", Plan.class);
    asked("'act':'remove','mode':'execute','digest':'" + plan.digest() + "'");
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
  }

  /** Whoever reads what was taken out does not know which answers were lost on the way. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOSES_REPLY", "REPEATS"})
  void what_was_taken_out_is_told_whatever_becomes_of_the_calls(Fault fault) {
    itsHostIsThere();
    String digest = planned("").digest();
    bed.faults().plan(call -> call.method().startsWith("ensure"), fault);
    assertThat(run(",'mode':'execute','digest':'" + digest + "'").changed())
        .containsExactly(
            "east-0: synchronous_standby_names = 'ANY 1 (east_1)'",
            "east-0: dropped slot west_0",
            "east-1: dropped slot west_0");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"OBSERVE_ROLES", "OBSERVE_EPOCHS", "STOP_WAITING"})
  void one_that_fails_before_anything_is_gone_lets_commits_wait_as_before(ReplicationStep step) {
    itsHostIsThere();
    String digest = planned("").digest();
    boolean acts = step == ReplicationStep.STOP_WAITING;
    bed.faults()
        .plan(
            acts ? firstOf(step) : call -> call.step().equals(step.name()),
            acts ? Fault.OUTCOME_UNKNOWN : Fault.FAILS);
    bed.faults().plan(call -> call.step().equals("DROP_SLOTS"), Fault.FAILS);
    Ended ended = TestBed.ended(() -> run(",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(members.commitsOf("east-0")).isEqualTo("ANY 1 (west_0, east_1) on");
    bed.faults().mend();
    assertThat(removed("").outcome()).isEqualTo("Completed");
  }

  /** It can't stream any more: each commit would wait for it for ever. */
  @Test
  void one_that_fails_after_that_does_not_let_commits_wait_again() {
    itsHostIsThere();
    bed.faults().plan(firstOf(ReplicationStep.DROP_SLOTS), Fault.OUTCOME_UNKNOWN);
    String digest = planned("").digest();
    Ended ended = TestBed.ended(() -> run(",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message()).contains("synchronous_standby_names stays as it was set");
    assertThat(members.commitsOf("east-0")).isEqualTo("ANY 1 (east_1) on");
    bed.faults().mend();
    assertThat(removed("").outcome()).isEqualTo("Completed");
  }

  /** A worker refuses a line that Mooring doesn't write, and so the undo of its removal. */
  @Test
  void lines_that_a_person_wrote_between_the_markers_hinder_no_rollback() {
    itsHostIsThere();
    members.kill("east-1");
    members.letsIn("east-0", List.of(MOORINGS, "# by carol", "host all all samenet md5"));
    asked("'act':'remove'");
    Plan plan = bed.client().newUntypedWorkflowStub("remove").query("plan", Plan.class);
    bed.faults().plan(firstOf(ReplicationStep.DROP_ACCOUNT), Fault.FAILS);
    Ended ended =
        TestBed.ended(
            () -> asked("'act':'remove','mode':'execute','digest':'" + plan.digest() + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(members.letIn("east-0")).containsExactly(MOORINGS);
  }

  @Test
  void what_a_rollback_does_not_restore_is_said_before() {
    itsHostIsThere();
    members.letsIn("east-0", List.of(MOORINGS, "# by carol", "host all all samenet md5"));
    assertThat(run("").degraded())
        .contains(
            "east-0: access lines that Mooring does not write are removed, and a roll-back does"
                + " not restore them: # by carol | host all all samenet md5");
  }

  @Test
  void nothing_is_taken_out_of_one_that_the_authority_does_not_name() {
    itsHostIsThere();
    members.moved("east-1", 7);
    Ended ended = TestBed.ended(() -> run(""));
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message()).contains("override other-writer with a reason");

    Ended unsaid = TestBed.ended(() -> run(",'overrides':'other-writer'"));
    assertThat(unsaid.message()).contains("must say why a rule is overridden");

    removed(",'overrides':'other-writer','reason':'carol promoted east-0 by hand'");
    assertThat(bed.world().lastReceipt().decisions().toString())
        .contains("other-writer", "carol promoted east-0 by hand");
  }

  /** Its control file does not tell yet that it was promoted. */
  @Test
  void
      nothing_is_taken_out_of_an_old_primary_while_one_that_ended_soon_after_its_promotion_is_away() {
    itsHostIsThere();
    members.promote("west-0");
    members.killBeforeItsCheckpoint("west-0");
    Ended ended = TestBed.ended(() -> run(""));
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message()).contains("west-0 is on timeline 2: it was promoted later");
  }

  /** Seen under the locks, once it was approved. */
  @Test
  void nor_of_one_that_another_was_promoted_beside_since_it_was_approved() {
    itsHostIsThere();
    String digest = planned("").digest();
    bed.faults()
        .before(
            firstOf(ReplicationStep.OBSERVE_EPOCHS),
            () -> {
              members.promote("west-0");
              members.killBeforeItsCheckpoint("west-0");
            });
    Ended ended = TestBed.ended(() -> run(",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(members.slotsOf("east-0")).contains("west_0");
  }

  @Test
  void no_standby_is_set_up_from_an_old_primary_that_came_back_while_the_new_one_is_away() {
    itsHostIsThere();
    members.promote("west-0");
    Ended ended = TestBed.ended(() -> asked("'act':'setup','mode':'execute'"));
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message()).contains("west-0 is on timeline 2: it was promoted later");
    assertThat(members.letIn("east-0")).isEmpty();
  }
}
