package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person promoted west-0 by hand, while the old primary was down. */
class AdoptionWorkflowTest {
  private TestBed bed = bedOf(Strait.cluster()).keepTime();
  private FakeMembers members = bed.world().members();

  private static TestBed bedOf(Cluster cluster) {
    return new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class);
  }

  @BeforeEach
  void promoteWestByHand() {
    members.moved("east-0", 7);
    members.kill("east-0");
    members.promote("west-0");
  }

  @AfterEach
  void close() {
    bed.close();
  }

  /** It is knocked at for as long as it takes to be sure, which nobody waits for here. */
  private void someHostIsSilent() {
    bed.close();
    bed = bedOf(Strait.cluster());
    members = bed.world().members();
    promoteWestByHand();
  }

  private ReplicationResult asked(String more) {
    try {
      return bed.client()
          .newWorkflowStub(ReplicationSetupWorkflow.class, TestBed.options("adopt"))
          .setUp(Typed.run("{'cluster':'strait','act':'adopt','by':'alice'," + more + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  private ReplicationResult adopted(String id) {
    asked("'instances':'" + id + "'");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    return asked("'instances':'" + id + "','mode':'execute','digest':'" + plan.digest() + "'");
  }

  private Ended ended(String more) {
    return TestBed.ended(() -> asked(more));
  }

  @Test
  void whoever_takes_writes_is_recorded_once_it_was_approved_and_a_second_run_does_nothing() {
    assertThat(adopted("west-0").changed())
        .containsExactly(
            "the authority names west-0",
            "the host of east-0 says that nobody may, and it is fenced",
            "the host of east-1 says that nobody may");
    assertThat(members.authorityOf("west-0")).isEqualTo("west-0");
    assertThat(members.authorityOf("east-0")).isEqualTo("none");
    assertThat(bed.world().lastReceipt().steps().toString()).contains("ADOPT");
    assertThat(bed.world().lastReceipt().decisions().toString()).contains("approve", "alice");
    assertThat(asked("'instances':'west-0','mode':'execute'").changed()).isEmpty();
  }

  @Test
  void the_plan_says_what_would_come_up_again_and_what_could_not_be_seen() {
    someHostIsSilent();
    bed.world().trouble().hostAnswers("e1", false);
    asked("'instances':'west-0'");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    assertThat(plan.objects().toString())
        .contains(
            "west-0 takes writes on timeline 2, and may",
            "the host of east-0: none may write, not east-0 as since epoch 7 of run"
                + " run-of-the-move; it is down, would start as a primary and is fenced: `mooring"
                + " resilver` makes it a standby",
            "east-1: its host was not seen and is not told; it may take writes too"
                + " (HOST_UNREACHABLE)")
        .doesNotContain("(HOST_UNREACHABLE):");
  }

  @Test
  void nobody_is_adopted_who_does_not_take_writes_or_beside_another_that_may() {
    assertThat(ended("'instances':'east-0'").message())
        .contains("west-0 takes writes and can be adopted; asked for was [east-0]");
    members.start("east-0");
    assertThat(
            List.of(ended("'instances':'west-0'").record().code(), members.authorityOf("west-0")))
        .containsExactly("TWO_PRIMARIES", "east-0");
  }

  @Test
  void one_that_came_back_on_an_older_timeline_is_not_adopted() {
    members.kill("west-0");
    members.start("east-0");
    assertThat(ended("'instances':'east-0'").message())
        .contains("is on timeline 2: it was promoted later");
  }

  /** The host of whoever may write is away, or the one that it was moved to is not known. */
  @ParameterizedTest
  @ValueSource(strings = {"west-0", "none"})
  void beside_one_that_the_authority_may_name_and_nobody_saw_it_takes_an_override(String named) {
    someHostIsSilent();
    members.moved(named, 7);
    members.kill("west-0");
    bed.world().trouble().hostAnswers("w0", false);
    members.start("east-0");
    Ended ended = ended("'instances':'east-0'");
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("west-0 was not seen", "override other-writer with a reason");
    String all = "east-0','overrides':'other-writer','reason':'carol saw that west-0 is off";
    assertThat(adopted(all).changed()).contains("the authority names east-0");
    assertThat(bed.world().lastReceipt().decisions().toString())
        .contains("other-writer", "carol saw that west-0 is off");
  }

  @Test
  void one_that_ended_soon_after_its_promotion_is_known_by_its_wal() {
    members.moved("west-0", 7);
    members.killBeforeItsCheckpoint("west-0");
    members.start("east-0");
    assertThat(ended("'instances':'east-0'").message())
        .contains("west-0 is on timeline 2: it was promoted later");
  }

  /** The moves since are recorded on hosts that are away. */
  @Test
  void one_that_its_own_record_alone_names_takes_an_override() {
    someHostIsSilent();
    members.moved("east-0", 7);
    members.kill("west-0");
    members.kill("east-1");
    members.start("east-0");
    members.fencedFormerPrimary("east-1");
    bed.world().trouble().hostAnswers("w0", false);
    Ended ended = ended("'instances':'east-0'");
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("west-0's host was not seen, and may have a newer record of who may write");
  }

  @Test
  void an_old_primary_that_is_down_is_fenced_and_no_person_starts_it() {
    adopted("west-0");
    members.start("east-0");
    assertThat(members.writers()).containsExactly("west-0");
    assertThat(asked("'instances':'west-0','mode':'execute'").changed()).isEmpty();
  }

  @Test
  void a_signal_file_makes_no_standby_of_one_that_is_in_production() {
    members.start("east-0");
    members.putSignal("east-0");
    assertThat(ended("'instances':'west-0'").record().code()).isEqualTo("TWO_PRIMARIES");
  }

  @Test
  void one_that_comes_up_as_a_primary_meanwhile_fails_the_run() {
    asked("'instances':'west-0'");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    bed.faults()
        .before(
            call -> call.method().equals("ensureAdopted") && members.isTold("west-0"),
            () -> members.start("east-0"));
    Ended ended = ended("'instances':'west-0','mode':'execute','digest':'" + plan.digest() + "'");
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Failed", "TWO_PRIMARIES");
    assertThat(members.authorityOf("east-1")).isEqualTo("none");
  }

  @Test
  void hosts_that_were_not_seen_are_told_also_where_nothing_is_to_be_recorded() {
    someHostIsSilent();
    adopted("west-0");
    bed.world().trouble().hostAnswers("e1", false);
    assertThat(asked("'instances':'west-0','mode':'execute'").degraded().toString())
        .contains("east-1: its host was not seen");
  }

  @Test
  void a_host_that_could_not_be_told_is_told_by_the_next_run() {
    bed.faults()
        .plan(
            call -> call.method().equals("ensureAdopted") && members.isTold("west-0"), Fault.FAILS);
    ReplicationResult first = adopted("west-0");
    assertThat(first.degraded().toString()).contains("the host of east-0 was not told");
    bed.faults().mend();
    assertThat(adopted("west-0").changed())
        .contains("the host of east-0 says that nobody may, and it is fenced");
  }

  @Test
  void another_on_the_host_of_the_one_that_takes_writes_leaves_it_named_there() {
    bed.close();
    bed =
        bedOf(
                Strait.cluster(
                    "east-0, site: east, content: 0, host: e0, port: 6000",
                    "east-0, site: east, content: 0, host: w0, port: 6001"))
            .keepTime();
    members = bed.world().members();
    promoteWestByHand();
    asked("'instances':'west-0'");
    Plan plan = bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
    assertThat(plan.objects().toString())
        .contains(
            "the host of east-0: west-0 may write, not east-0 as since epoch 7 of run"
                + " run-of-the-move; it is down");
    assertThat(adopted("west-0").changed())
        .containsExactly(
            "the authority names west-0",
            "east-0 is fenced",
            "the host of east-1 says that nobody may");
    assertThat(members.authorityOf("west-0")).isEqualTo("west-0");
    assertThat(asked("'instances':'west-0','mode':'execute'").changed()).isEmpty();
  }

  /** It is known by the names of its WAL files, however long those take to be read. */
  @Test
  void one_that_ended_soon_after_its_promotion_is_known_also_where_its_wal_is_long() {
    bed.world().directories().letWalBeLong();
    one_that_ended_soon_after_its_promotion_is_known_by_its_wal();
  }

  @Test
  void one_whose_directory_was_not_looked_at_takes_an_override() {
    someHostIsSilent();
    members.moved("west-0", 7);
    bed.faults()
        .before(
            call -> call.method().equals("observeDirectories"),
            () -> bed.world().trouble().hostAnswers("e0", false));
    Ended ended = ended("'instances':'west-0'");
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "STATE_UNREADABLE");
    assertThat(ended.message())
        .contains("east-0 may be on a newer timeline", "override newer-timeline with a reason");
    bed.world().trouble().hostAnswers("e0", true);
    assertThat(
            asked("'instances':'west-0','overrides':'newer-timeline','reason':'seen by carol'")
                .outcome())
        .isEqualTo("planned");
  }
}
