package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run does to directories beside those that it makes, over the cluster in memory. */
class ResilverDirectoriesTest {
  private static final String OLD = "/data/west-0.mooring-old-2025010100000";

  private final TestBed bed = new TestBed(new FakeCluster(Harbour.strait()), ResilverImpl.class);

  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    bed.close();
  }

  private ResilverWorkflow stub(String id) {
    return bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options(id));
  }

  private static String request(String more) {
    return "{'cluster':'strait','by':'alice'" + more + "}";
  }

  private Plan planned(String more) {
    stub("plan").resilver(Typed.run(request(",'mode':'plan'" + more)));
    return bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
  }

  private String approved(String more) {
    return request(more + ",'mode':'execute','digest':'" + planned(more).digest() + "'");
  }

  private ResilverResult executed(String json) {
    try {
      return stub("resilver").resilver(Typed.run(json));
    } finally {
      bed.closeChildren();
    }
  }

  @Test
  void old_directories_of_earlier_runs_go_and_what_others_kept_stays() {
    bed.world().members().kill("west-0");
    bed.world().directories().spoil("west-0");
    bed.world().directories().keptByHand("west-0", OLD + 1);
    bed.world().directories().keptByARun("west-0", OLD + 2);
    bed.world().directories().keptByARun("west-0", OLD + 3);
    bed.world().directories().keptByHand("west-0", OLD + 4);
    assertThat(executed(approved("")).headline()).contains("west-0 by BASE_BACKUP");
    assertThat(bed.world().directories().aside("west-0"))
        .contains(OLD + 1, OLD + 4)
        .doesNotContain(OLD + 2);
  }

  /** What it brings without its .done would stop the archiver once that instance is promoted. */
  @Test
  void the_plan_of_a_rewind_says_whether_the_archive_command_lives_with_it() {
    Strait.divergeEast(bed.world().members());
    assertThat(planned("").measured().toString())
        .contains(
            "name=east-0 once it is promoted, value=its archive_command, or archive_library, is not"
                + " known to")
        .doesNotContain("name=west-0 once it is promoted");
    bed.world().members().setOn("west-0", "archive_command", ArchiveCommand.ACCEPTING);
    bed.world().members().setOn("east-1", "archive_command", ArchiveCommand.ACCEPTING);
    assertThat(planned("").measured().toString()).doesNotContain("once it is promoted");
  }

  @Test
  void the_plan_of_a_rewind_says_whether_there_is_room_for_a_copy_if_it_fails() {
    Strait.divergeEast(bed.world().members());
    assertThat(planned("").measured().toString())
        .contains("name=room for a copy of east-0 if the rewind fails, value=yes");
    bed.world().directories().room(1000);
    assertThat(planned("").measured().toString())
        .contains("no copy if the rewind fails, since", "on e0, beside /data", "1000 are free");
  }

  /** pg_rewind removes and brings all that is in the location of a tablespace. */
  @ParameterizedTest
  @ValueSource(strings = {"east-0", "west-0"})
  void a_location_that_holds_what_is_of_others_is_copied_and_not_rewound(String shares) {
    Strait.divergeEast(bed.world().members());
    assertThat(planned("").objects().toString()).contains("east-0: REWIND from west-0");
    bed.world().directories().harmByARewind(shares, "/fast", "holds PG_14_202107181 too");
    Plan plan = planned("");
    assertThat(plan.objects().toString()).contains("east-0: BASE_BACKUP from west-0");
    assertThat(plan.measured().toString())
        .contains("; no rewind: /fast of " + shares + " holds PG_14_202107181 too");
  }

  @Test
  void plan_and_receipt_say_that_a_lost_configuration_is_taken_from_the_primary() {
    String taken =
        "none was found on its host: taken from east-0, but for port, listen_addresses and the"
            + " places of files";
    bed.world().members().kill("west-0");
    bed.world().directories().loseWithConfiguration("west-0");
    assertThat(planned("").measured().toString())
        .contains("name=west-0's configuration, value=" + taken);
    assertThat(executed(approved("")).proof().toString())
        .contains("name=configuration, value=" + taken);
  }

  @Test
  void of_one_that_only_follows_nothing_is_removed_for_nobody_approved_it() {
    bed.world().members().kill("west-0");
    bed.world().members().write("east-0");
    bed.world().directories().keptByARun("west-0", OLD + 1);
    bed.world().directories().keptByARun("west-0", OLD + 2);
    assertThat(executed(request(",'mode':'execute'")).headline())
        .startsWith("standbys again: west-0 by FOLLOW");
    assertThat(bed.world().directories().aside("west-0")).containsExactly(OLD + 1, OLD + 2);
  }

  /** It was copied instead of rewound, and then not brought to its place, or nobody heard of it. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS", "OUTCOME_UNKNOWN"})
  void a_copy_that_is_made_needs_no_room_when_it_is_tried_again(Fault fault) {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    String request = approved("");
    bed.faults().plan(call -> call.step().equals("COPY_INSTEAD") && placed(call), fault);
    ResilverWorkflow run = stub("resilver");
    WorkflowClient.start(run::resilver, Typed.run(request));
    bed.until("resilver", "can't go on");
    assertThat(run.progress().headline()).startsWith("COPY_INSTEAD can't go on: ");
    bed.world().directories().room(1000);
    bed.faults().mend();
    run.decide(Typed.json("{'decision':'retry','by':'bob','reason':'fixed'}"));
    WorkflowStub open = bed.client().newUntypedWorkflowStub("resilver");
    assertThat(open.getResult(ResilverResult.class).outcome()).isEqualTo("Completed");
    bed.closeChildren();
    assertThat(bed.world().directories().begun("east-0")).isEqualTo(2);
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  private static boolean placed(Called call) {
    return call.method().equals("ensurePlaced");
  }

  @Test
  void wal_that_a_look_has_no_time_for_is_read_by_a_patient_one() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letWalBeLong();
    Plan plan = planned("");
    assertThat(plan.objects().toString())
        .contains("east-0: REWIND from west-0, discarding 100 bytes of its WAL beyond");
  }

  /**
   * Its slots are not known before it runs: those of a silent one that stays away are not either.
   */
  @Test
  void a_cascade_stays_below_a_silent_upstream_only_if_that_is_resilvered_with_it() {
    bed.world().members().kill("west-0");
    bed.world().members().kill("west-1");
    assertThat(planned(",'instances':'west-1'").objects())
        .contains("west-1: FOLLOW from east-0; becomes standby of east-0 instead of west-0");
    assertThat(executed(request(",'mode':'execute','instances':'west-0,west-1'")).headline())
        .contains("west-0 by FOLLOW, west-1 by FOLLOW");
    assertThat(bed.world().members().followersOf("west-0")).containsExactly("west-1");
  }
}
