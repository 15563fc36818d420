package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Receipt;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The runbook over the cluster in memory: four members, east-0 the primary. */
class ResilverWorkflowTest {
  private final TestBed bed = new TestBed(new FakeCluster(Harbour.strait()), ResilverImpl.class);

  @AfterEach
  void close() {
    assertThat(bed.world().members().twoWriters()).isEmpty();
    bed.close();
  }

  private static RawRequest request(String mode, String digest) {
    return Typed.json(
        "{'cluster':'strait','mode':'" + mode + "','digest':'" + digest + "','by':'alice'}");
  }

  private ResilverResult plan() {
    return bed.client()
        .newWorkflowStub(ResilverWorkflow.class, TestBed.options("plan"))
        .resilver(request("plan", ""));
  }

  private ResilverResult executed() {
    plan();
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    return execute(plan.digest());
  }

  private ResilverResult execute(String digest) {
    try {
      return bed.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"))
          .resilver(request("execute", digest));
    } finally {
      bed.closeChildren();
    }
  }

  @Test
  void whatever_streams_is_left_alone() {
    assertThat(execute("").headline()).isEqualTo("every member of strait streams: nothing to do");
  }

  @Test
  void a_plan_that_finds_nothing_to_do_is_planned_and_a_run_is_completed() {
    assertThat(plan().outcome()).isEqualTo("planned");
    assertThat(execute("").outcome()).isEqualTo("Completed");
  }

  @Test
  void a_standby_that_was_down_follows_and_nobody_is_asked() {
    bed.world().members().kill("west-0");
    bed.world().members().write("east-0");
    assertThat(execute("").headline()).startsWith("standbys again: ").contains("west-0 by FOLLOW");
    assertThat(bed.world().members().followersOf("east-0")).contains("west-0");
  }

  /** No person asked for it: the hook's rule did. */
  @Test
  void a_standby_that_only_follows_waits_for_a_person_if_a_hook_started_the_run() {
    bed.world().members().kill("west-0");
    ResilverWorkflow run = startedByHook();
    assertThat(bed.world().members().followersOf("east-0")).doesNotContain("west-0");
    Plan plan = run.plan();
    assertThat(plan.objects().toString()).contains("west-0: FOLLOW");
    run.decide(
        Typed.json(
            "{'decision':'approve','by':'bob','reason':'seen','digest':'" + plan.digest() + "'}"));
    assertThat(bed.awaiting("resilver", this::resilvered).headline())
        .startsWith("standbys again: west-0 by FOLLOW");
  }

  @Test
  void a_run_of_a_hook_ends_without_an_approval_once_the_standbys_stream_again() {
    bed.world().members().kill("west-0");
    startedByHook();
    bed.world().members().start("west-0");
    ResilverResult ended = bed.awaiting("resilver", this::resilvered);
    assertThat(ended.outcome()).isEqualTo("Completed");
    assertThat(ended.headline()).isEqualTo("streaming again before an approval: [west-0, west-1]");
    assertThat(bed.events("resilver")).doesNotContain("scheduled EnsureFollowing");
  }

  private void goesOnWaiting() {
    bed.passes("resilver", Duration.ofMinutes(10));
    assertThat(
            bed.client()
                .newUntypedWorkflowStub("resilver")
                .query("progress", Progress.class)
                .headline())
        .contains("waits for an approval");
  }

  @Test
  void a_run_of_a_hook_goes_on_waiting_if_the_standbys_stream_from_another_primary() {
    bed.world().members().kill("west-0");
    startedByHook();
    bed.world().members().kill("east-0");
    bed.world().members().promote("east-1");
    bed.world().members().follows(bed.world().cluster(), "west-0", "east-1");
    goesOnWaiting();
  }

  @Test
  void a_run_of_a_hook_goes_on_waiting_while_another_standby_does_not_stream() {
    bed.world().members().kill("west-0");
    startedByHook();
    bed.world().members().start("west-0");
    bed.world().members().kill("east-1");
    goesOnWaiting();
  }

  @Test
  void a_run_of_a_hook_goes_on_waiting_while_a_named_standby_streams_from_another_than_planned() {
    bed.world().members().kill("west-0");
    startedByHook(",'instances':'west-0'");
    bed.world().members().follows(bed.world().cluster(), "west-0", "east-1");
    goesOnWaiting();
  }

  @Test
  void a_run_of_a_hook_for_a_named_cascade_ends_once_that_streams_again() {
    bed.world().members().kill("west-1");
    startedByHook(",'instances':'west-1'");
    bed.world().members().start("west-1");
    assertThat(bed.awaiting("resilver", this::resilvered).headline())
        .isEqualTo("streaming again before an approval: [west-1]");
  }

  private ResilverWorkflow startedByHook() {
    return startedByHook("");
  }

  /** A run of a hook, which waits for its approval. */
  private ResilverWorkflow startedByHook(String more) {
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    WorkflowClient.start(
        run::resilver,
        Typed.json(
            "{'cluster':'strait','mode':'execute','by':'hook pager','reason':'alert 1'"
                + more
                + "}"));
    bed.until("resilver", "waits for an approval");
    return run;
  }

  private ResilverResult resilvered() {
    try {
      return bed.client().newUntypedWorkflowStub("resilver").getResult(ResilverResult.class);
    } finally {
      bed.closeChildren();
    }
  }

  /** west-1 streams from west-0 (its `follows`), and west-0's copy has no slot for it. */
  @Test
  void a_cascade_is_healed_behind_whom_it_streams_from() {
    for (String lost : List.of("west-1", "west-0")) {
      bed.world().members().kill(lost);
      bed.world().directories().lose(lost);
    }
    bed.world().members().write("east-0");
    assertThat(executed().headline())
        .isEqualTo("standbys again: west-0 by BASE_BACKUP, west-1 by BASE_BACKUP");
    assertThat(bed.world().members().followersOf("east-0")).containsExactly("west-0");
    assertThat(bed.world().members().followersOf("west-0")).containsExactly("west-1");
  }

  @Test
  void one_that_the_archive_feeds_is_waited_for_by_what_it_replayed() {
    bed.world().members().kill("east-1");
    bed.world().members().write("east-0");
    assertThat(execute("").headline()).isEqualTo("standbys again: east-1 by FOLLOW");
    assertThat(bed.world().members().followersOf("east-0")).containsExactly("west-0");
  }

  /** The old primary comes back while the new one is away. */
  private void oldPrimaryComesBack() {
    var members = bed.world().members();
    members.kill("east-0");
    members.promote("west-0");
    members.write("west-0");
    members.kill("west-0");
    members.start("east-0");
  }

  @Test
  void nobody_is_made_from_an_old_primary_that_came_back_while_the_new_one_is_away() {
    oldPrimaryComesBack();
    Ended ended = TestBed.ended(() -> execute(""));
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("is on timeline 2: it was promoted later", "override newer-timeline");
  }

  @Test
  void whoever_says_why_may_go_on_from_the_older_timeline_and_the_receipt_has_the_reason() {
    oldPrimaryComesBack();
    Ended without =
        TestBed.ended(() -> asked("'overrides':'newer-timeline','mode':'execute','reason':''"));
    assertThat(without.message()).contains("must say why a rule is overridden");
    String why = "'overrides':'newer-timeline','reason':'west was promoted by mistake'";
    asked(why);
    Plan plan = bed.client().newUntypedWorkflowStub("asked").query("plan", Plan.class);
    assertThat(plan.objects().toString())
        .contains("west-0: REWIND from east-0, discarding 200 bytes of its WAL beyond");
    asked(why + ",'mode':'execute','digest':'" + plan.digest() + "'");
    Receipt receipt = bed.world().lastReceipt();
    assertThat(receipt.decisions().toString())
        .contains("newer-timeline", "west was promoted by mistake");
    assertThat(bed.world().members().followersOf("east-0")).contains("west-0");
  }

  private ResilverResult asked(String more) {
    try {
      return bed.client()
          .newWorkflowStub(ResilverWorkflow.class, TestBed.options("asked"))
          .resilver(Typed.run("{'cluster':'strait','by':'alice'," + more + "}"));
    } finally {
      bed.closeChildren();
    }
  }

  @Test
  void whom_the_authority_names_is_the_source_and_nobody_else() {
    bed.world().members().moved("west-1", 7);
    bed.world().members().kill("west-0");
    Ended ended = TestBed.ended(() -> execute(""));
    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(ended.message())
        .contains("since epoch 7 (run run-of-the-move) the authority says that west-1 may");
    bed.world().members().moved("east-0", 8);
    assertThat(execute("").headline()).contains("west-0 by FOLLOW");
  }

  @Test
  void a_copy_that_is_killed_begins_anew_and_is_told() {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    bed.world().directories().letCopiesDie(2);
    ResilverResult result = executed();
    assertThat(result.headline()).contains("west-0 by BASE_BACKUP");
    assertThat(result.proof().toString())
        .contains("name=copy 1 of 3, value=DIED", "name=copy 2 of 3, value=DIED")
        .doesNotContain("copy 3 of 3");
  }

  @Test
  void a_plan_says_why_and_changes_nothing() {
    Strait.divergeEast(bed.world().members());
    ResilverResult planned = plan();
    assertThat(planned.outcome()).isEqualTo("planned");
    assertThat(planned.headline()).contains("east-0 by REWIND");
    assertThat(planned.proof().toString()).contains("bytes of WAL beyond");
    assertThat(bed.world().members().writers()).containsExactly("west-0");
  }

  @Test
  void a_primary_that_diverged_is_rewound_and_streams() {
    Strait.divergeEast(bed.world().members());
    ResilverResult result = executed();
    assertThat(result.headline()).contains("east-0 by REWIND");
    assertThat(result.proof().toString()).contains("COMMIT");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
    assertThat(bed.world().lastReceipt().run().runbook()).isEqualTo("Resilver");
  }

  @Test
  void where_no_rewind_can_be_done_a_base_backup_is() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    assertThat(plan().headline()).contains("east-0 by REWIND");
    ResilverResult result = executed();
    assertThat(result.headline())
        .isEqualTo("standbys again: east-0 by BASE_BACKUP, east-1 by BASE_BACKUP");
    assertThat(result.degraded())
        .hasSize(2)
        .allMatch(
            one -> one.matches("east-[01]: the rewind failed \\(FAILED.*\\), a base backup .*"));
    assertThat(result.proof().toString()).contains("no rewind", "FAILED");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  @Test
  void without_room_it_is_refused_with_numbers() {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    bed.world().directories().room(1000);
    Ended ended = TestBed.ended(() -> execute(""));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("NO_ROOM");
    assertThat(ended.message()).contains("need 34603008 bytes", "1000 are free");
  }

  @Test
  void what_takes_data_away_waits_for_another_person() {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    WorkflowClient.start(run::resilver, request("execute", ""));
    WorkflowStub open = bed.client().newUntypedWorkflowStub("resilver");
    bed.until("resilver", "waits for an approval");
    assertThat(run.progress().headline()).startsWith("waits for an approval");
    run.decide(Typed.json("{'decision':'reject','by':'bob','reason':'not now'}"));
    Ended ended = TestBed.ended(() -> open.getResult(ResilverResult.class));
    assertThat(List.of(ended.type(), ended.record().code())).containsExactly("Refused", "REJECTED");
  }

  @Test
  void a_copy_that_can_not_be_made_is_taken_back() {
    bed.world().members().kill("west-0");
    bed.world().directories().lose("west-0");
    bed.world().directories().letCopiesBeSlow();
    Ended ended = TestBed.ended(this::executed);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message()).contains("west-0: TIMED_OUT");
    assertThat(bed.world().members().writers()).containsExactly("east-0");
  }

  /** East's rewind failed and the copy made instead takes too long: the run holds. */
  private ResilverWorkflow heldInCopyInstead() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    bed.world().directories().letCopiesBeSlow();
    plan();
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    WorkflowClient.start(run::resilver, request("execute", plan.digest()));
    bed.until("resilver", "can't go on");
    assertThat(run.progress().headline()).startsWith("COPY_INSTEAD can't go on: ");
    return run;
  }

  private ResilverResult retried(ResilverWorkflow run) {
    bed.world().directories().letCopiesBeQuick();
    run.decide(Typed.json("{'decision':'retry','by':'bob','reason':'the network is back'}"));
    return resilvered();
  }

  @Test
  void a_copy_that_failed_is_made_anew_once_somebody_says_retry() {
    assertThat(retried(heldInCopyInstead()).outcome()).isEqualTo("Completed");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  @Test
  void without_room_for_the_copy_made_instead_it_holds_until_somebody_makes_some() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    bed.world().directories().room(1000);
    plan();
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    WorkflowClient.start(run::resilver, request("execute", plan.digest()));
    bed.until("resilver", "can't go on");
    assertThat(run.progress().headline())
        .startsWith("COPY_INSTEAD can't go on: ")
        .contains("need 34603008 bytes", "1000 are free");
    assertThat(bed.world().directories().begun("east-0")).isEqualTo(1);
    bed.world().directories().room(1L << 40);
    assertThat(retried(run).outcome()).isEqualTo("Completed");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  /** Nothing is lost by it: the directory has its name, and what it had is known. */
  @Test
  void one_given_up_without_room_after_a_failed_rewind_can_be_planned_and_rewound() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letRewindsFail();
    bed.world().directories().room(1000);
    plan();
    Plan plan = bed.client().newUntypedWorkflowStub("plan").query("plan", Plan.class);
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    WorkflowClient.start(run::resilver, request("execute", plan.digest()));
    bed.until("resilver", "can't go on");
    assertThat(run.progress().headline()).contains("need 34603008 bytes");
    run.decide(Typed.json("{'decision':'give-up','by':'bob','reason':'the slots first'}"));
    assertThat(TestBed.ended(this::resilvered).type()).isEqualTo("Stuck");
    bed.world().members().start("east-0");
    assertThat(bed.world().members().writers()).containsExactly("west-0");
    bed.world().directories().letRewindsWork();
    assertThat(executed().headline()).contains("east-0 by REWIND");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  @Test
  void a_stop_after_the_point_of_no_return_comes_too_late() {
    ResilverWorkflow run = heldInCopyInstead();
    bed.client().newUntypedWorkflowStub("resilver").cancel();
    assertThatThrownBy(
            () -> run.decide(Typed.json("{'decision':'roll-back','by':'bob','reason':'no'}")))
        .hasStackTraceContaining("this run only goes forward");
    bed.passes("resilver", java.time.Duration.ofMinutes(1));
    assertThat(run.progress().headline()).startsWith("COPY_INSTEAD can't go on: ");
    // Temporal calls a run cancelled that was asked to be, whatever it did then
    assertThatThrownBy(() -> retried(run)).isInstanceOf(WorkflowFailedException.class);
    Receipt receipt = bed.world().lastReceipt();
    assertThat(receipt.ending().outcome()).isEqualTo("COMPLETED");
    assertThat(receipt.seen().degraded().toString()).contains("that came too late");
    assertThat(bed.world().members().followersOf("west-0")).contains("east-0");
  }

  @Test
  void an_old_directory_that_can_not_be_removed_is_told_and_holds_nobody_up() {
    Strait.divergeEast(bed.world().members());
    bed.world().directories().letOldStay();
    ResilverResult result = executed();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded().toString())
        .contains("old directories of east-0 may be left", ".mooring-old-*", "can't be removed");
  }

  @Test
  void two_that_were_promoted_at_one_place_have_each_its_own_wal() {
    var members = bed.world().members();
    members.kill("east-0");
    members.promote("west-1");
    members.write("west-1");
    members.kill("west-1");
    members.promote("west-0");
    members.write("west-0");
    members.write("west-0");
    Ended shared = TestBed.ended(() -> execute(""));
    assertThat(List.of(shared.type(), shared.record().code()))
        .containsExactly("Refused", "ARCHIVING_UNSAFE");
    String moved = "'overrides':'shared-archive','reason':'its files are moved out'";
    asked(moved);
    Plan plan = bed.client().newUntypedWorkflowStub("asked").query("plan", Plan.class);
    ResilverResult result = asked(moved + ",'mode':'execute','digest':'" + plan.digest() + "'");
    assertThat(result.headline()).contains("west-1 by BASE_BACKUP");
    assertThat(result.proof().toString())
        .contains("it was a primary on timeline 2 itself", "COMMIT");
    assertThat(members.followersOf("west-0")).contains("west-1");
  }

  @Test
  void the_primary_is_never_made_anew() {
    ResilverWorkflow run =
        bed.client().newWorkflowStub(ResilverWorkflow.class, TestBed.options("resilver"));
    Ended ended =
        TestBed.ended(() -> run.resilver(Typed.run("{'cluster':'strait','instances':'east-0'}")));
    assertThat(ended.record().code()).isEqualTo("BAD_INPUT");
    assertThat(ended.message()).contains("east-0 is the primary");
  }
}
