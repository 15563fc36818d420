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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A person promoted west-0 by hand, while the old primary was down. */
class AdoptionWorkflowTest {
  /** The newest record names east-0: where that one accepts writes too, a person overrides it. */
  private static final String WEST =
      "west-0','overrides':'other-writer','reason':'clients are there";

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

  /** It is tried at for as long as it takes to be sure, which nobody waits for here. */
  private void someHostIsSilent() {
    bed.close();
    bed = bedOf(Strait.cluster());
    members = bed.world().members();
    promoteWestByHand();
  }

  private static void isSo(Ended ended, String type, String code) {
    assertThat(List.of(ended.type(), ended.record().code())).containsExactly(type, code);
  }

  private Plan plan() {
    return bed.client().newUntypedWorkflowStub("adopt").query("plan", Plan.class);
  }

  /** Before each of several calls at once, and only once. */
  private void promoteEast() {
    FakeMembers all = members;
    synchronized (all) {
      if (!all.writers().contains("east-1")) {
        all.promote("east-1");
      }
    }
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
    Plan plan = plan();
    return asked("'instances':'" + id + "','mode':'execute','digest':'" + plan.digest() + "'");
  }

  private Ended executed(String id) {
    asked("'instances':'" + id + "'");
    Plan plan = plan();
    return ended("'instances':'" + id + "','mode':'execute','digest':'" + plan.digest() + "'");
  }

  private Ended ended(String more) {
    return TestBed.ended(() -> asked(more));
  }

  @Test
  void whoever_accepts_writes_is_recorded_once_it_was_approved_and_a_second_run_does_nothing() {
    assertThat(adopted("west-0").changed())
        .containsExactly(
            "the authority names west-0",
            "by the authority file of the host of east-0 it may not write, and it is fenced",
            "by the authority file of the host of east-1 it may not write");
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
    Plan plan = plan();
    assertThat(plan.objects().toString())
        .contains(
            "west-0 accepts writes on timeline 2, and may",
            "the host of east-0: no instance may write; it names east-0 since epoch 7 of run"
                + " run-of-the-move; it is down, would start as a primary and is fenced: `mooring"
                + " resilver` makes it a standby",
            "east-1: its host was not read and gets no authority file; it may accept writes too"
                + " (HOST_UNREACHABLE)")
        .doesNotContain("(HOST_UNREACHABLE):");
  }

  @Test
  void nobody_is_adopted_who_does_not_accept_writes() {
    assertThat(ended("'instances':'east-0'").message())
        .contains("west-0 accepts writes and can be adopted; asked for was [east-0]");
  }

  /** A person promoted it beside the primary. */
  @Test
  void of_two_that_accept_writes_the_other_is_fenced_before_the_one_that_is_kept_is_recorded() {
    members.start("east-0");
    List<String> writers = new ArrayList<>();
    bed.faults()
        .before(
            call -> call.method().equals("ensureAdopted"),
            () -> writers.add(String.join(",", members.writers())));
    asked("'instances':'" + WEST + "'");
    Plan plan = plan();
    assertThat(plan.objects().toString())
        .contains(
            "west-0 accepts writes on timeline 2, and may",
            "east-0 accepts writes too, on timeline 1: it is fenced on its host and proved to be"
                + " stopped before west-0 is recorded",
            "`mooring resilver strait --instances east-0` keeps and lists it");
    assertThat(members.writers()).containsExactlyInAnyOrder("east-0", "west-0");
    assertThat(adopted(WEST).changed())
        .containsExactly(
            "east-0 was RUNNING, is fenced and stopped; its control file says 'shut down'",
            "the authority names west-0",
            "by the authority file of the host of east-0 it may not write",
            "by the authority file of the host of east-1 it may not write");
    assertThat(writers).hasSize(3).containsOnly("west-0");
    assertThat(bed.world().lastReceipt().steps().toString()).contains("FENCE");
    members.start("east-0");
    assertThat(members.writers()).containsExactly("west-0");
    assertThat(asked("'instances':'west-0','mode':'execute'").changed()).isEmpty();
  }

  @Test
  void of_two_that_accept_writes_none_is_kept_that_nobody_named_and_none_on_an_older_timeline() {
    members.start("east-0");
    assertThat(ended("'instances':'east-1'").record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(ended("'instances':'east-0'").message())
        .contains("west-0 is on timeline 2: it was promoted later");
    members.moved("none", 8);
    String kept = "east-0','overrides':'newer-timeline,other-writer','reason':'clients were there";
    assertThat(adopted(kept).changed())
        .contains("west-0 was RUNNING, is fenced and stopped; its control file says 'shut down'");
    assertThat(members.writers()).containsExactly("east-0");
  }

  @Test
  void one_that_accepts_writes_and_whose_host_is_silent_is_not_believed_to_stop() {
    someHostIsSilent();
    members.start("east-0");
    bed.world().trouble().hostAnswers("e0", false);
    Ended ended = ended("'instances':'" + WEST + "'");
    isSo(ended, "Refused", "HOST_UNREACHABLE");
    assertThat(members.writers()).containsExactlyInAnyOrder("east-0", "west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS", "OUTCOME_UNKNOWN"})
  void if_the_other_is_not_proved_to_be_stopped_nobody_is_recorded(Fault fault) {
    someHostIsSilent();
    members.start("east-0");
    bed.faults().plan(call -> call.method().equals("ensureFenced"), fault);
    Ended ended = executed(WEST);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message())
        .contains("east-0 is not proved to be fenced and stopped, and west-0 is not recorded");
    assertThat(members.authorityOf("west-0")).isEqualTo("east-0");
    bed.faults().mend();
    assertThat(adopted(WEST).changed()).contains("the authority names west-0");
    assertThat(members.writers()).containsExactly("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOSES_REPLY", "REPEATS"})
  void a_fence_that_is_made_twice_is_as_good(Fault fault) {
    someHostIsSilent();
    members.start("east-0");
    bed.faults().plan(call -> call.method().equals("ensureFenced"), fault);
    assertThat(adopted(WEST).changed().toString())
        .contains(
            "is fenced and stopped; its control file says 'shut down'",
            "the authority names west-0");
    assertThat(members.writers()).containsExactly("west-0");
  }

  /** The next run goes on from what the fence left. */
  @Test
  void if_the_one_that_is_kept_ends_meanwhile_it_is_not_recorded() {
    members.start("east-0");
    bed.faults()
        .before(call -> call.method().equals("ensureAdopted"), () -> members.kill("west-0"));
    Ended ended = executed(WEST);
    isSo(ended, "Failed", "NO_PRIMARY");
    assertThat(members.authorityOf("west-0")).isEqualTo("east-0");
    assertThat(members.writers()).isEmpty();
    bed.faults().mend();
    members.start("west-0");
    assertThat(adopted(WEST).changed()).contains("the authority names west-0");
    assertThat(members.writers()).containsExactly("west-0");
  }

  /** What is seen over SQL is not what the hosts show. */
  @ParameterizedTest
  @CsvSource({"east-0,TWO_PRIMARIES", "west-0,NO_PRIMARY"})
  void no_other_is_fenced_if_the_hosts_show_something_else(String stops, String code) {
    members.start("east-0");
    bed.faults().before(call -> call.method().equals("observeRoles"), () -> members.kill(stops));
    Ended ended = ended("'instances':'" + WEST + "'");
    assertThat(List.of(ended.type(), ended.record().code())).containsExactly("Refused", code);
  }

  @Test
  void one_that_sql_shows_in_recovery_is_not_fenced() {
    bed.faults().before(call -> call.method().equals("observeRoles"), this::promoteEast);
    Ended ended = ended("'instances':'west-0'");
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("the server of east-1 is RUNNING", "not shown to accept writes");
  }

  @Test
  void beside_one_that_accepts_writes_and_that_the_record_names_it_takes_an_override() {
    members.start("east-0");
    Ended ended = ended("'instances':'west-0'");
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("east-0 is RUNNING and no standby", "override other-writer with a reason");
    members.mayWrite("west-0", 8);
    assertThat(adopted("west-0").changed())
        .contains("east-0 was RUNNING, is fenced and stopped; its control file says 'shut down'");
  }

  /** The fence of the second one fails: what was done is kept, and the next run ends it. */
  @Test
  void of_three_that_accept_writes_both_others_are_fenced() {
    someHostIsSilent();
    members.mayWrite("west-0", 8);
    members.start("east-0");
    members.mayWrite("east-1", 6);
    members.promote("east-1");
    bed.faults()
        .plan(
            call -> call.method().equals("ensureFenced") && !members.writers().contains("east-0"),
            Fault.FAILS);
    Ended ended = executed("west-0");
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message())
        .contains("east-0 is fenced and stopped", "east-1 is not proved to be fenced");
    assertThat(members.writers()).containsExactlyInAnyOrder("east-1", "west-0");
    bed.faults().mend();
    assertThat(adopted(WEST).changed())
        .contains("east-1 was RUNNING, is fenced and stopped; its control file says 'shut down'");
    assertThat(members.writers()).containsExactly("west-0");
  }

  /** Its own host is asked last before the others are fenced. */
  @Test
  void if_the_one_that_is_kept_ends_before_the_fence_no_other_is_fenced() {
    members.start("east-0");
    bed.faults()
        .before(call -> call.method().equals("ensureEpochRaised"), () -> members.kill("west-0"));
    Ended ended = executed(WEST);
    isSo(ended, "Failed", "NO_PRIMARY");
    assertThat(members.writers()).containsExactly("east-0");
  }

  /** Between the approval and the look under the locks. */
  @Test
  void one_that_is_no_writer_any_more_after_the_approval_is_not_fenced() {
    members.start("east-0");
    bed.faults()
        .before(
            call -> call.step().equals("OBSERVE_EPOCHS") && call.method().equals("observeRoles"),
            () -> members.recoverFromArchive("east-0"));
    Ended ended = executed(WEST);
    isSo(ended, "Refused", "TWO_PRIMARIES");
    members.thaw("east-0");
    assertThat(members.writers()).containsExactlyInAnyOrder("east-0", "west-0");
  }

  /** A base backup of the primary shows its control file until it stands by. */
  @Test
  void one_with_a_signal_file_that_says_nothing_over_sql_is_not_fenced() {
    someHostIsSilent();
    members.start("east-0");
    members.putSignal("east-0");
    members.freeze("east-0");
    Ended ended = ended("'instances':'" + WEST + "'");
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message()).contains("not shown to accept writes");
  }

  /** What was fenced would be left beside hosts that say nothing of it. */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"FENCE", "ADOPT"})
  void nobody_stops_a_run_from_the_fence_on(ReplicationStep step) {
    members.start("east-0");
    asked("'instances':'" + WEST + "'");
    Plan plan = plan();
    Stopping.in(step, bed, "adopt");
    String approved = WEST + "','mode':'execute','digest':'" + plan.digest();
    assertThat(asked("'instances':'" + approved + "'").outcome()).isEqualTo("Completed");
    assertThat(members.writers()).containsExactly("west-0");
    assertThat(members.authorityOf("west-0")).isEqualTo("west-0");
  }

  /** Its host says already that nobody may, so that there is nothing to record but to look. */
  @Test
  void one_that_is_promoted_while_the_other_is_fenced_fails_the_run() {
    members.moved("none", 8);
    members.start("east-0");
    bed.faults()
        .before(
            call -> call.method().equals("ensureAdopted") && members.isTold("west-0"),
            this::promoteEast);
    Ended ended = executed(WEST);
    isSo(ended, "Failed", "TWO_PRIMARIES");
  }

  @Test
  void one_that_recovers_from_an_archive_is_not_fenced() {
    members.start("east-0");
    members.recoverFromArchive("east-0");
    Ended ended = ended("'instances':'" + WEST + "'");
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("the server of east-0 is RUNNING and 'in archive recovery'");
  }

  @Test
  void one_of_another_system_is_not_fenced() {
    someHostIsSilent();
    members.putAnothers("east-0");
    members.start("east-0");
    members.freeze("east-0");
    Ended ended = ended("'instances':'" + WEST + "'");
    isSo(ended, "Refused", "IDENTITY_DIFFERS");
  }

  @Test
  void one_on_the_host_of_the_one_that_is_kept_is_stopped_by_a_person() {
    bed.close();
    bed =
        bedOf(
                Strait.cluster(
                    "east-0, site: east, content: 0, host: e0, port: 6000",
                    "east-0, site: east, content: 0, host: w0, port: 6001"))
            .keepTime();
    members = bed.world().members();
    promoteWestByHand();
    members.start("east-0");
    assertThat(ended("'instances':'west-0'").record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(members.writers()).containsExactlyInAnyOrder("east-0", "west-0");
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
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("west-0 was not read", "override other-writer with a reason");
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
    isSo(ended, "Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("west-0's host was not read, and may have a newer record of who may write");
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
    assertThat(adopted(WEST).changed())
        .contains("east-0 was RUNNING, is fenced and stopped; its control file says 'shut down'");
  }

  @Test
  void one_that_comes_up_as_a_primary_meanwhile_fails_the_run() {
    asked("'instances':'west-0'");
    Plan plan = plan();
    bed.faults()
        .before(
            call -> call.method().equals("ensureAdopted") && members.isTold("west-0"),
            () -> members.start("east-0"));
    Ended ended = ended("'instances':'west-0','mode':'execute','digest':'" + plan.digest() + "'");
    isSo(ended, "Failed", "TWO_PRIMARIES");
    assertThat(members.authorityOf("east-1")).isEqualTo("none");
  }

  @Test
  void hosts_that_were_not_seen_are_told_also_where_nothing_is_to_be_recorded() {
    someHostIsSilent();
    adopted("west-0");
    bed.world().trouble().hostAnswers("e1", false);
    assertThat(asked("'instances':'west-0','mode':'execute'").degraded().toString())
        .contains("east-1: its host was not read");
  }

  @Test
  void a_host_that_could_not_be_told_is_told_by_the_next_run() {
    bed.faults()
        .plan(
            call -> call.method().equals("ensureAdopted") && members.isTold("west-0"), Fault.FAILS);
    ReplicationResult first = adopted("west-0");
    assertThat(first.degraded().toString())
        .contains("the authority file of the host of east-0 was not written");
    bed.faults().mend();
    assertThat(adopted("west-0").changed())
        .contains("by the authority file of the host of east-0 it may not write, and it is fenced");
  }

  @Test
  void another_on_the_host_of_the_one_that_accepts_writes_leaves_it_named_there() {
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
    Plan plan = plan();
    assertThat(plan.objects().toString())
        .contains(
            "the host of east-0: west-0 may write; it names east-0 since epoch 7 of run"
                + " run-of-the-move; it is down");
    assertThat(adopted("west-0").changed())
        .containsExactly(
            "the authority names west-0",
            "east-0 is fenced",
            "by the authority file of the host of east-1 it may not write");
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
    isSo(ended, "Refused", "STATE_UNREADABLE");
    assertThat(ended.message())
        .contains("east-0 may be on a newer timeline", "override newer-timeline with a reason");
    bed.world().trouble().hostAnswers("e0", true);
    assertThat(
            asked("'instances':'west-0','overrides':'newer-timeline','reason':'seen by carol'")
                .outcome())
        .isEqualTo("planned");
  }
}
