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
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowStub;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Standbys that stream while the cluster file has their connection otherwise: east-1 follows west-0
 * there, a cascade, and streams from the primary.
 */
class SetupAnewTest {
  private static final String SETUP = "'act':'setup','mode':'execute','by':'alice'";
  private static final String NOT_WAITED_FOR =
      "west-0: follows and is started; applies WAL 1h late, not waited for while it has some to"
          + " replay";

  private static final String DROPPED = "east-0: dropped slot east_1";

  private final Cluster cascade = Strait.cascade();
  private final TestBed bed = new TestBed(new FakeCluster(cascade), ReplicationSetupImpl.class);
  private final FakeMembers members = bed.world().members();

  @BeforeEach
  void itFollowsThePrimaryYet() {
    members.neverThere("east-1");
    members.follows(cascade, "east-1", "east-0");
    asked(SETUP + ",'instances':'west-0'");
  }

  @AfterEach
  void close() {
    assertThat(members.twoWriters()).isEmpty();
    assertThat(members.writers()).containsExactly("east-0");
    bed.close();
  }

  private ReplicationResult asked(String what) {
    return SetupRuns.asked(bed, what);
  }

  private Plan planned() {
    asked("'act':'setup','by':'alice'");
    return SetupRuns.plan(bed);
  }

  private String approved() {
    return SETUP + ",'digest':'" + planned().digest() + "'";
  }

  private void isMoved() {
    assertThat(members.followersOf("east-0")).containsExactly("west-0");
    assertThat(members.followersOf("west-0")).containsExactly("east-1");
    assertThat(members.slotsOf("west-0")).containsExactly("east_1");
  }

  private static Predicate<Called> firstOf(ReplicationStep step) {
    AtomicBoolean seen = new AtomicBoolean();
    return call -> call.step().equals(step.name()) && seen.compareAndSet(false, true);
  }

  @Test
  void the_plan_names_the_new_connection_the_slot_that_is_made_and_the_one_that_is_left() {
    assertThat(planned().objects())
        .contains(
            "west-0: slot east_1",
            "east-1: connects anew by a reload: host = 127.31.20.1, was 127.31.10.1",
            "east-0: slot east_1 is no longer needed once east-1 follows west-0, and is dropped"
                + " then if this plan is approved")
        .noneMatch(one -> one.contains("is started"));
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }

  @Test
  void an_approved_plan_moves_it_and_drops_the_slot_that_it_leaves() {
    assertThat(asked(approved()).changed())
        .contains("west-0: made slot east_1", "east-1: follows, configuration, reload", DROPPED);
    isMoved();
    assertThat(members.slotsOf("east-0")).containsExactly("west_0");
    ReplicationResult again = asked(SETUP);
    assertThat(again.changed()).isEmpty();
    assertThat(again.degraded()).isEmpty();
  }

  /** Law 9. */
  @Test
  void without_an_approval_it_moves_and_the_slot_stays_until_a_run_that_has_one() {
    ReplicationResult moved = asked(SETUP);
    isMoved();
    assertThat(members.slotsOf("east-0")).containsExactly("east_1", "west_0");
    assertThat(moved.degraded())
        .anyMatch(
            one ->
                one.startsWith("slot east_1 of east-0 is no longer needed and keeps WAL:")
                    && one.contains("`mooring replicate setup strait --digest DIGEST` drops it"));
    assertThat(asked(approved()).changed()).containsExactly(DROPPED);
    assertThat(members.slotsOf("east-0")).containsExactly("west_0");
  }

  @ParameterizedTest
  @CsvSource({
    "host, 127.31.20.1, 192.0.2.7",
    "port, 6000, 6001",
    "sslmode, disable, require",
    "user, replication, another"
  })
  void a_connection_that_the_file_has_otherwise_is_made_anew(
      String keyword, String wanted, String was) {
    asked(approved());
    Strait.connectedBy(members, "east-1", keyword, was);
    assertThat(planned().objects())
        .containsExactly(
            String.format(
                "east-1: connects anew by a reload: %s = %s, was %s", keyword, wanted, was));
    assertThat(asked(SETUP).changed()).containsExactly("east-1: follows, configuration, reload");
    assertThat(asked(SETUP).changed()).isEmpty();
    isMoved();
  }

  @Test
  void commits_never_wait_for_one_that_would_confirm_none() {
    members.commitsWaitFor("east-0", "FIRST 1 (east_1)");
    Ended ended = TestBed.ended(() -> asked(SETUP));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.message())
        .contains("commits on east-0 wait for east-1, which would follow west-0 then and confirm");
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }

  /** Its slot where it came from is dropped last, so that it may go back. */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"MAKE_SLOTS", "FOLLOW", "OPEN_STANDBYS", "DROP_SLOTS"})
  void a_step_that_fails_leaves_it_streaming_and_a_new_run_goes_on(ReplicationStep step) {
    String digest = approved();
    bed.faults().plan(firstOf(step), Fault.FAILS);
    assertThat(TestBed.ended(() -> asked(digest)).type()).isEqualTo("Failed");
    assertThat(members.slotsOf("east-0")).containsExactly("east_1", "west_0");
    assertThat(members.followersOf("east-0").size() + members.followersOf("west-0").size())
        .isEqualTo(2);
    bed.faults().mend();
    asked(approved());
    isMoved();
    assertThat(members.slotsOf("east-0")).containsExactly("west_0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void it_is_moved_whatever_becomes_of_the_calls(Fault fault) {
    String digest = approved();
    bed.faults().plan(call -> !call.step().isEmpty(), fault);
    assertThat(asked(digest).changed()).contains("west-0: made slot east_1", DROPPED);
    isMoved();
    assertThat(members.slotsOf("east-0")).containsExactly("west_0");
  }

  /** It requests WAL of the new primary once it has replayed what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_is_set_up_and_not_waited_for() {
    try (var late = new TestBed(late(Strait.cluster()), ReplicationSetupImpl.class)) {
      ReplicationResult set = SetupRuns.asked(late, SETUP + ",'instances':'west-0'");
      assertThat(SetupRuns.plan(late).objects()).contains(NOT_WAITED_FOR);
      assertThat(set.checks())
          .filteredOn(row -> row.is("walsender", "west-0"))
          .extracting(CheckRow::verdict)
          .containsExactly(Judged.WARNING);
      assertThat(late.world().members().followersOf("east-1")).isEmpty();
      Strait.replays(late.world().members(), "west-0", 0, 0);
      assertThat(late.world().members().followersOf("east-1")).containsExactly("west-0");
    }
  }

  @Test
  void one_that_applies_wal_late_and_that_commits_are_to_wait_for_is_waited_for() {
    try (var late = new TestBed(late(Strait.synchronous()), ReplicationSetupImpl.class)) {
      FakeMembers three = late.world().members();
      three.commitsWaitFor("east-1", "");
      WorkflowStub run = SetupRuns.begin(late, SETUP + ",'instances':'west-0'");
      SetupRuns.until(late, "AWAIT_STREAMING can't go on");
      assertThat(SetupRuns.plan(late).objects()).contains("west-0: follows and is started");
      Strait.replays(three, "west-0", 0, 0);
      late.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, "setup")
          .decide(Typed.json("{'decision':'retry','by':'bob','reason':'it has replayed all'}"));
      assertThat(SetupRuns.result(late, run).outcome()).isEqualTo("Completed");
    }
  }

  @Test
  void one_that_applies_wal_late_is_not_waited_for_if_enough_others_confirm_commits() {
    Cluster cluster = Strait.synchronous();
    try (var late = new TestBed(late(cluster), ReplicationSetupImpl.class)) {
      FakeMembers three = late.world().members();
      three.putSignal("east-0");
      three.follows(cluster, "east-0", "east-1");
      three.commitsWaitFor("east-1", "east_0");
      assertThat(SetupRuns.asked(late, SETUP).changed())
          .anyMatch(line -> line.contains("synchronous_standby_names = 'ANY 1 (west_0, east_0)'"));
      assertThat(SetupRuns.plan(late).objects()).contains(NOT_WAITED_FOR);
      assertThat(three.followersOf("east-1")).containsExactly("east-0");
    }
  }

  /** East-0 is dead, east-1 was promoted, and west-0 applies late what it has of east-0. */
  private static FakeCluster late(Cluster cluster) {
    FakeCluster three = new FakeCluster(cluster);
    three.members().kill("east-0");
    three.members().promote("east-1");
    Strait.appliesLate(three.members(), "west-0", "1h");
    return three;
  }
}
