package dev.mooring.runbook.startprimary;

import static dev.mooring.runbook.startprimary.StartBed.START;
import static dev.mooring.runbook.startprimary.StartBed.approved;
import static dev.mooring.runbook.startprimary.StartBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stopped primary starts where the other side shows that it may, and nowhere else. */
class StartPrimaryWorkflowTest {
  private static final String EAST = "{'cluster':'strait','instance':'east-0'}";

  private StartBed strait = new StartBed(Strait.cluster());

  @BeforeEach
  void thePrimaryDies() {
    strait.members().kill("east-0");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static List<String> wrong(RoleChangeResult plan) {
    return plan.checks().stream()
        .filter(row -> row.verdict() == CheckRow.Judged.WRONG)
        .map(CheckRow::inWords)
        .toList();
  }

  private static String overriding(String json, String rules) {
    return json.replace(
        "}", ",'overrides':'" + rules + "','by':'alice','reason':'seen to by hand'}");
  }

  /** Another one than it was is refused, and nothing started. */
  private void refused(String json, String inHeadline) {
    RoleChangeResult plan = strait.run(json);
    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    Ended ended = strait.ended(approved(json, plan.digest()));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.record().headline()).contains(inHeadline);
    assertThat(strait.acts()).isEmpty();
  }

  @Test
  void a_plan_says_who_is_the_primary_and_what_the_others_show_and_changes_nothing() {
    RoleChangeResult plan = strait.run(START);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(plan.headline())
        .startsWith(
            "east-0 is the primary, its host shows it as no standby; no check blocks its start;"
                + " plan ");
    assertThat(plan.checks()).allMatch(row -> row.verdict() == CheckRow.Judged.GOOD);
    assertThat(strait.acts()).isEmpty();
    assertThat(strait.members().writers()).isEmpty();
  }

  @Test
  void a_plan_ends_with_what_a_person_types_by_hand_and_until_when() {
    strait.run(START);
    List<String> byHand = strait.plan().byHand();
    assertThat(byHand.get(0)).startsWith("of what was observed at ").endsWith(" on plan it anew");
    assertThat(byHand)
        .anyMatch(line -> line.startsWith("3. on e1, ") && line.contains("standby.signal"))
        .anyMatch(line -> line.startsWith("5. on e0, ") && line.endsWith(" -w restart`"));
    assertThat(byHand.get(byHand.size() - 1))
        .contains("`mooring adopt strait east-0 --reason WHY`");
    strait.members().promote("west-0");
    strait.run(EAST);
    assertThat(strait.plan().byHand()).isEmpty();
  }

  @Test
  void nobody_is_started_beside_what_drives_members_by_itself_unless_that_is_overridden() {
    strait.members().managedBy("west-0", "repmgrd runs (pid 7)");
    assertThat(strait.run(START).headline())
        .contains("1 of ", "west-0 other-managers: repmgrd runs (pid 7)");
    assertThat(
            strait
                .run(START.replace("}", ",'overrides':'other-managers','reason':'paused'}"))
                .outcome())
        .isEqualTo(Plan.PLANNED);
  }

  @Test
  void a_stopped_primary_starts_and_a_write_proves_it() {
    RoleChangeResult result = strait.execute(START);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline())
        .isEqualTo("east-0 accepts writes on timeline 1; standbys: all stream");
    assertThat(result.degraded()).isEmpty();
    assertThat(result.proof().toString()).contains("found_by", "name=written", "name=read");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  @Test
  void one_that_is_read_only_for_its_applications_is_not_called_writable() {
    strait.members().setOn("east-0", "default_transaction_read_only", "on for every role");
    RoleChangeResult result = strait.execute(START);
    assertThat(result.headline()).startsWith("east-0 is the primary on timeline 1; ");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith(
            "east-0 accepts writes of Mooring; transactions of its applications may be read");
  }

  private WorkflowStub startedByHook() {
    return strait.start(
        "{'cluster':'strait','mode':'execute','by':'hook pager'}",
        headline -> headline.contains("waits for an approval"));
  }

  private void goesOnWaiting() {
    strait.passes(Duration.ofMinutes(10));
    assertThat(strait.headline()).contains("waits for an approval");
  }

  @Test
  void a_run_of_a_hook_ends_once_the_primary_accepts_writes_again() {
    WorkflowStub run = startedByHook();
    strait.members().start("east-0");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PRIMARY_BACK");
    assertThat(strait.acts()).isEmpty();
  }

  /** It may be promoted by mistake: a person decides. */
  @Test
  void a_run_of_a_hook_goes_on_waiting_while_another_member_accepts_writes() {
    startedByHook();
    strait.members().promote("west-0");
    goesOnWaiting();
  }

  @Test
  void a_run_of_a_hook_goes_on_waiting_while_its_instance_has_another_system() {
    startedByHook();
    strait.members().putAnothers("east-0");
    strait.members().start("east-0");
    goesOnWaiting();
  }

  @Test
  void it_waits_for_the_approval_of_another_person() {
    WorkflowStub run =
        strait.start(
            "{'cluster':'strait','mode':'execute','by':'alice'}",
            headline -> headline.contains("waits for an approval"));
    assertThat(strait.members().writers()).isEmpty();
    String digest = run.query("plan", Plan.class).digest();
    decide(
        run,
        "{'decision':'approve','by':'bob','reason':'its rack is back','digest':'" + digest + "'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** Databases may be down: what counts is what their hosts show. */
  @Test
  void standbys_that_are_down_hold_nobody_up_and_are_told() {
    strait.members().kill("west-0");
    strait.members().kill("east-1");
    RoleChangeResult result = strait.execute(START);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .hasSize(2)
        .anyMatch(one -> one.startsWith("west-0 does not run as a standby of east-0"));
    strait.isPrimary("east-0");
  }

  /** The primary dies, a standby is promoted by hand and dies, the old one would come up. */
  @Test
  void an_old_primary_that_missed_a_promotion_by_hand_is_refused() {
    strait.members().promote("west-0");
    strait.members().write("west-0");
    strait.members().kill("west-0");
    Ended both = strait.ended(START);
    assertThat(both.type()).isEqualTo("Refused");
    assertThat(both.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(both.record().headline()).contains("east-0 and west-0 are primaries, both");
    refused(EAST, "west-0 later-primary: timeline 2, epoch 0");
    refused(
        overriding(EAST, "other-side-silent,other-side-no-standby"),
        "there was a primary after east-0");
  }

  /** Before its first checkpoint the control file still shows the timeline of before. */
  @Test
  void one_that_was_promoted_and_died_at_once_is_a_primary_all_the_same() {
    strait.members().promote("west-0");
    strait.members().killBeforeItsCheckpoint("west-0");
    refused(EAST, "west-0 standby: no standby, stopped");
  }

  @Test
  void amnesia_is_refused_where_the_other_host_is_silent_too() {
    strait.members().promote("west-0");
    strait.members().kill("west-0");
    strait.world().trouble().hostAnswers("w0", false);
    refused(START, "(rule other-side-silent)");
  }

  @Test
  void a_silent_host_is_overridden_by_name_and_stands_in_the_receipt() {
    strait.members().kill("west-0");
    strait.world().trouble().hostAnswers("w0", false);
    RoleChangeResult result = strait.execute(overriding(START, "other-side-silent"));
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions().toString())
        .contains("other-side-silent", "seen to by hand");
    assertThat(result.degraded()).anyMatch(one -> one.startsWith("west-0 does not run"));
    strait.isPrimary("east-0", "east-1");
  }

  /** Not even by name: two would accept writes. */
  @Test
  void a_primary_that_runs_beside_it_is_never_overridden() {
    strait.members().promote("west-0");
    refused(
        overriding(EAST, "other-side-silent,other-side-no-standby"),
        "other-writers: west-0, must be none beside east-0");
    assertThat(strait.members().writers()).containsExactly("west-0");
  }

  @Test
  void a_higher_epoch_on_another_host_is_a_later_primarys() {
    strait.members().moved("east-0", 5);
    Strait.reported(strait.members(), "east-0", "east-0", 4);
    refused(
        START,
        "west-0 later-primary: timeline 1, epoch 5, said by run run-of-the-move, must be at most"
            + " timeline 1, epoch 4, those of east-0");
  }

  /** Whoever is made to follow is told that nobody writes there, under the epoch of that run. */
  @Test
  void a_standby_that_was_healed_since_is_no_later_primary() {
    strait.members().moved("east-0", 5);
    Strait.reported(strait.members(), "west-0", "none", 9);
    Strait.madeToFollow(strait.members(), "west-0", "east-0", 9);
    assertThat(strait.execute(START).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** Its new primary is silent, or no longer in the cluster file. */
  @Test
  void a_sibling_of_a_later_primary_shows_that_there_was_one() {
    String overriding = overriding(START, "other-side-silent");
    strait.members().moved("east-0", 5);
    strait.world().trouble().hostAnswers("w0", false);
    Strait.reported(strait.members(), "east-1", "none", 9);
    refused(overriding, "east-1 later-primary: timeline 1, epoch 9, said by run run-of-the-move");
    Strait.madeToFollow(strait.members(), "east-1", "west-0", 9);
    refused(
        overriding, "east-1 later-primary: timeline 1, epoch 9, made to follow west-0 in epoch 9");
  }

  @Test
  void one_that_was_never_named_and_made_to_follow_a_later_primary_shows_it_too() {
    strait.world().trouble().hostAnswers("w0", false);
    Strait.madeToFollow(strait.members(), "east-1", "west-0", 9);
    refused(
        overriding(START, "other-side-silent"),
        "east-1 later-primary: timeline 1, epoch 0, made to follow west-0 in epoch 9");
  }

  /** A cascade: whom that one follows is seen on its own host. */
  @Test
  void one_that_was_made_to_follow_a_standby_shows_nothing_by_it() {
    Strait.madeToFollow(strait.members(), "east-1", "west-0", 9);
    assertThat(strait.execute(START).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** Its control file still shows the timeline of before. */
  @Test
  void a_standby_that_followed_a_later_primary_for_a_moment_shows_its_timeline() {
    Strait.fetchedHistory(strait.members(), "east-1", 2);
    strait.world().trouble().hostAnswers("w0", false);
    refused(overriding(START, "other-side-silent"), "east-1 later-primary: timeline 2, epoch 0");
  }

  /** Somebody promotes another between the last look and the start. */
  @Test
  void another_that_accepts_writes_by_then_is_told_loudly() {
    try (StartBed two = new StartBed(Strait.cluster())) {
      two.members().kill("east-0");
      String request = approved(START, two.run(START).digest());
      two.bed
          .faults()
          .beforeFirst(
              call -> call.step().equals("STREAMING"), () -> two.members().promote("west-0"));
      WorkflowStub run = two.start(request, headline -> headline.contains("can't go on"));
      assertThat(two.headline()).contains("[west-0] accepts writes too, beside east-0");
      two.members().kill("west-0");
      decide(run, "{'decision':'retry','by':'bob','reason':'west-0 is stopped'}");
      assertThat(two.result(run).outcome()).isEqualTo("Completed");
    }
  }

  @Test
  void one_that_knows_itself_that_it_may_not_write_is_refused() {
    Strait.reported(strait.members(), "east-0", "none", 5);
    refused(START, "east-0 authority-file: none, since epoch 5");
    Strait.reported(strait.members(), "east-0", "west-0", 6);
    refused(START, "east-0 authority-file: west-0, since epoch 6");
  }

  @Test
  void a_member_of_another_system_is_no_standby_of_it() {
    strait.members().putAnothers("west-0");
    strait.members().fencedFormerPrimary("east-1");
    refused(EAST, "west-0 standby: of another system, ");
  }

  @Test
  void where_nobody_is_a_standby_a_person_overrides_that_by_name() {
    strait.members().fencedFormerPrimary("west-0");
    strait.members().fencedFormerPrimary("east-1");
    refused(EAST, "standbys: none, must be at least one of east-0");
    assertThat(strait.execute(overriding(EAST, "other-side-no-standby")).outcome())
        .isEqualTo("Completed");
    strait.isPrimary("east-0");
  }

  @Test
  void a_primary_that_runs_is_not_started() {
    strait.members().start("east-0");
    RoleChangeResult plan = strait.run(START);
    assertThat(wrong(plan)).containsExactly("east-0 server-process: running, must be stopped");
  }

  @Test
  void a_standby_is_not_started_as_a_primary() {
    strait.members().kill("west-0");
    refused("{'cluster':'strait','instance':'west-0'}", "west-0 next-start: a standby's");
  }

  @Test
  void a_plan_that_is_another_by_then_is_refused() {
    String overriding = overriding(START, "other-side-silent");
    String request = approved(overriding, strait.run(overriding).digest());
    strait.world().trouble().hostAnswers("w0", false);
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(strait.members().writers()).isEmpty();
  }

  /** Its own host refuses what nobody could see before. */
  @Test
  void a_right_that_is_taken_meanwhile_leaves_it_stopped() {
    String request = approved(START, strait.run(START).digest());
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("ensureStarted"),
            () -> Strait.reported(strait.members(), "east-0", "none", 7));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).startsWith("east-0 is stopped, as it was: ");
    assertThat(strait.members().writers()).isEmpty();
  }

  @Test
  void a_command_of_the_cluster_file_is_run_with_its_role() {
    strait.close();
    strait =
        new StartBed(
            Strait.cluster(
                "replication: {", "replication: {onRoleChange: 'told {role} {cluster}', "));
    thePrimaryDies();
    assertThat(strait.execute(EAST).outcome()).isEqualTo("Completed");
    assertThat(strait.world().directories().commands()).containsExactly("told primary strait");
  }
}
