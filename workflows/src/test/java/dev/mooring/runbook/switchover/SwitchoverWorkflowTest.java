package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.approved;
import static dev.mooring.runbook.switchover.SwitchoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary is moved on purpose. */
class SwitchoverWorkflowTest {
  private static final Duration AWAY = Duration.ofSeconds(5);
  private static final String BY_ALICE = TO_WEST.replace("}", ",'mode':'execute','by':'alice'}");
  private final SwitchoverBed strait = new SwitchoverBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  @Test
  void a_plan_says_what_would_be_done_and_changes_nothing() {
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.outcome()).isEqualTo("planned");
    assertThat(plan.headline()).startsWith("no check blocks moving");
    assertThat(plan.checks())
        .hasSizeGreaterThan(25)
        .filteredOn(row -> row.verdict() != CheckRow.Judged.GOOD)
        .extracting(CheckRow::title)
        .containsExactly("archives");
    strait.allFollow("east-0");
    assertThat(strait.bed.events("switchover"))
        .filteredOn(event -> event.startsWith("scheduled Ensure"))
        .containsExactly("scheduled EnsureReceipt");
    assertThat(strait.bed.world().lastReceipt().endedAs()).isEqualTo("PLANNED");
    assertThat(strait.bed.noted("switchover", SearchAttributes.OUTCOME))
        .containsExactly("\"planned\"");
    assertThat(plan.steps())
        .extracting(StepProgress::state)
        .startsWith("done", "done", "not reached")
        .doesNotContain("waiting");
  }

  @Test
  void the_primary_moves_and_all_others_follow_it() {
    RoleChangeResult result = strait.execute(TO_WEST);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.headline()).startsWith("west-0 is the primary, east-0 follows it");
    assertThat(result.degraded()).isEmpty();
    strait.allFollow("west-0");
    assertThat(result.proof())
        .flatExtracting(proof -> proof.facts())
        .extracting(fact -> fact.name() + " " + fact.value())
        .contains(
            "state shut down",
            "timeline 1",
            "timeline 2",
            "refused_at_east-0 25006",
            "archived 00000002.history, which leaves timeline 1 where this move did");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by)
        .containsExactly(tuple("approve", "alice"));
  }

  @Test
  void a_target_that_is_read_only_for_its_applications_is_told_before_and_after() {
    strait.world().members().setOn("west-0", "default_transaction_read_only", "on for every role");
    assertThat(strait.run(TO_WEST).checks())
        .filteredOn(row -> row.is("default-transaction-read-only", "west-0"))
        .extracting(CheckRow::verdict)
        .containsExactly(CheckRow.Judged.WARNING);
    assertThat(strait.execute(TO_WEST).degraded())
        .singleElement()
        .asString()
        .startsWith(
            "west-0 accepts writes of Mooring; transactions of its applications may be read");
  }

  @Test
  void and_back_again() {
    strait.execute(TO_WEST);
    strait.execute(TO_WEST.replace("west-0", "east-0"));
    strait.allFollow("east-0");
  }

  @Test
  void a_run_without_a_digest_waits_until_another_person_approves_its_plan() throws Exception {
    WorkflowStub run =
        strait.startInRealTime(BY_ALICE, says -> says.startsWith("waits for an approval"));
    String digest =
        strait.bed.client().newWorkflowStub(SwitchoverWorkflow.class, "switchover").plan().digest();
    for (String typed : List.of("", ",'digest':'" + digest.substring(0, 7) + "'")) {
      assertThatThrownBy(() -> decide(run, "{'decision':'approve','by':'bob'" + typed + "}"))
          .rootCause()
          .hasMessageContaining("its first 8 characters or more")
          .hasMessageContaining("this run's plan is " + digest);
    }
    assertThatThrownBy(() -> decide(run, "{'decision':'approve','by':'bob','digest':'4f2a77e0c'}"))
        .rootCause()
        .hasMessageContaining(
            "an approval binds to the digest of the plan it approves: this run's plan is "
                + digest
                + ", got '4f2a77e0c'");
    String approve = "{'decision':'approve','by':'NAME','digest':'" + digest.substring(0, 8) + "'}";
    assertThatThrownBy(() -> decide(run, approve.replace("NAME", "alice")))
        .rootCause()
        .hasMessageContaining("another person must approve it");
    assertThatThrownBy(() -> decide(run, "{'decision':'retry','by':'bob'}"))
        .rootCause()
        .hasMessageContaining("this run waits for approve, reject, got retry");
    assertThat(decide(run, approve.replace("NAME", "bob"))).isEqualTo("approve, as bob decided");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.bed.world().lastReceipt().decisions())
        .extracting(DecisionRecord::about)
        .containsExactly(digest);
    strait.bed.closeChildren();
    strait.allFollow("west-0");
  }

  @Test
  void a_plan_that_is_rejected_changes_nothing() throws Exception {
    WorkflowStub run =
        strait.startInRealTime(BY_ALICE, says -> says.startsWith("waits for an approval"));
    decide(run, "{'decision':'reject','by':'bob','reason':'not on a Friday'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).isEqualTo("bob rejected the plan: not on a Friday");
    strait.allFollow("east-0");
  }

  @Test
  void an_approval_that_nobody_gives_expires() {
    Ended ended = strait.ended(BY_ALICE);
    assertThat(ended.record().code()).isEqualTo("APPROVAL_EXPIRED");
    strait.allFollow("east-0");
  }

  @Test
  void a_request_may_shorten_the_digest_it_approves_to_eight_characters() {
    String digest = strait.run(TO_WEST).digest();
    assertThat(strait.ended(approved(TO_WEST, digest.substring(0, 7))).type())
        .isEqualTo("BAD_INPUT");
    assertThat(strait.bed.events("switchover")).isEmpty();
    strait.run(approved(TO_WEST, digest.substring(0, 8)));
    assertThat(strait.bed.world().lastReceipt().decisions())
        .extracting(DecisionRecord::about)
        .containsExactly(digest);
    strait.allFollow("west-0");
  }

  @Test
  void what_changed_since_the_plan_was_approved_is_refused_with_the_difference() {
    String digest = strait.run(TO_WEST).digest();
    strait.execute(TO_WEST.replace("west-0", "east-1"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(ended.record().headline()).contains("east-1: primary");
    strait.allFollow("east-1");
  }

  @Test
  void a_move_that_brings_the_digest_of_its_plan_looks_once_under_the_locks() {
    RoleChangeResult moved = strait.execute(TO_WEST);
    assertThat(moved.steps())
        .extracting(StepProgress::step, StepProgress::state)
        .contains(
            tuple("OBSERVE", "skipped"),
            tuple("APPROVE", "skipped"),
            tuple("OBSERVE_AGAIN", "done"));
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by)
        .containsExactly(tuple("approve", "alice"));
    strait.allFollow("west-0");
  }

  @Test
  void what_changes_between_the_approval_and_the_lock_is_refused_too() throws Exception {
    String digest = strait.run(TO_WEST).digest();
    strait
        .bed
        .faults()
        .before(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().members().kill("east-1"));
    WorkflowStub run =
        strait.startInRealTime(BY_ALICE, says -> says.startsWith("waits for an approval"));
    decide(run, "{'decision':'approve','by':'bob','digest':'" + digest + "'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(ended.record().headline()).contains("was east-1: standby");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  /** An answer that was lost on the way is nobody's silence. */
  @ParameterizedTest
  @ValueSource(strings = {"observeReplication", "observeRoles"})
  void a_member_that_answered_before_is_asked_once_more_under_the_lock(String method) {
    String digest = strait.run(TO_WEST).digest();
    AtomicInteger lost = new AtomicInteger();
    strait
        .bed
        .faults()
        .plan(
            call ->
                call.step().equals("OBSERVE_AGAIN")
                    && call.method().equals(method)
                    && lost.getAndIncrement() == 0,
            Fault.FAILS);
    assertThat(strait.run(approved(TO_WEST, digest)).outcome()).isEqualTo("Completed");
    assertThat(lost).hasValueGreaterThan(1);
    strait.allFollow("west-0");
  }

  @ParameterizedTest
  @CsvSource({
    "east-0, BAD_INPUT, is the primary already",
    "east-7, BAD_INPUT, is no member of cluster strait"
  })
  void a_target_that_is_none_is_refused(String to, String code, String words) {
    Ended ended = strait.ended(TO_WEST.replace("west-0", to));
    assertThat(ended.record().code()).isEqualTo(code);
    assertThat(ended.record().headline()).contains(words);
  }

  @Test
  void a_rule_that_is_broken_refuses_the_move_until_it_is_overridden_by_name() {
    strait.world().members().logicalSlot("east-0", "reports");
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.headline()).contains("east-0 logical-slots: reports");
    Ended ended = strait.ended(approved(TO_WEST, plan.digest()));
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    strait.allFollow("east-0");
    String overriding =
        TO_WEST.replace("}", ",'overrides':'logical-slots,siblings','reason':'made anew tonight'}");
    assertThat(strait.execute(overriding).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(DecisionRecord::isOverride)
        .extracting(DecisionRecord::about)
        .containsExactly("logical-slots");
    strait.allFollow("west-0");
  }

  @Test
  void a_standby_that_stands_still_a_session_pool_and_a_late_archiver_are_told_in_the_plan() {
    strait.world().members().freeze("east-1");
    strait.world().endpoints().poolMode("pooler", "session");
    strait.world().members().unarchived("east-0", 100);
    strait.world().members().pauseReplay("west-0");
    RoleChangeResult plan = strait.run(TO_WEST);

    assertThat(plan.outcome()).isEqualTo(Plan.WOULD_REFUSE);
    assertThat(CheckRows.against(plan.checks()))
        .anyMatch(row -> row.startsWith("east-1 walsender-reply: 40 s ago"))
        .anyMatch(row -> row.startsWith("east-1 answers"))
        .anyMatch(row -> row.startsWith("pooler pool-mode: session"))
        .anyMatch(row -> row.startsWith("west-0 replay: paused"))
        .anyMatch(row -> row.startsWith("east-0 archive-backlog: 100 files"))
        .hasSize(5);
  }

  @Test
  void a_cluster_that_was_not_meant_is_refused_by_the_end_of_its_system_identifier() {
    Ended ended = strait.ended(TO_WEST.replace("}", ",'systemIdentifierEnds':'4711'}"));
    assertThat(ended.record().code()).isEqualTo("IDENTITY_DIFFERS");
    assertThat(ended.record().headline()).contains("does not end with 4711");
    strait.run(TO_WEST.replace("}", ",'systemIdentifierEnds':'0001'}"));
  }

  @Test
  void two_writers_are_never_made_more() {
    try (SwitchoverBed split = new SwitchoverBed(Strait.cluster())) {
      split.world().members().promote("west-0");
      Ended ended = split.ended(TO_WEST.replace("west-0", "east-1"));
      assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
      assertThat(split.world().members().writers()).containsExactly("east-0", "west-0");
    }
  }

  @Test
  void a_pause_that_was_forgotten_takes_the_way_back() {
    String digest = strait.run(TO_WEST).digest();
    strait.before("ensureTakenOver", () -> strait.world().endpoints().restart("pooler"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("PAUSE_OVER");
    strait.allFollow("east-0");
    strait.bed.faults().mend();
    strait.execute(TO_WEST);
    strait.allFollow("west-0");
  }

  /** The way back looks at everybody first: two must never be. */
  @Test
  void somebody_who_promotes_another_in_the_outage_holds_the_way_back() throws Exception {
    String digest = strait.run(TO_WEST).digest();
    strait.before(
        "ensureTakenOver",
        () -> {
          strait.world().endpoints().restart("pooler");
          strait.world().members().promote("east-1");
        });
    WorkflowStub run =
        strait.startInRealTime(
            approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
    assertThat(strait.world().members().writers()).containsExactly("east-1");
    assertThat(strait.headline())
        .contains("[east-1] accepts writes")
        .doesNotContain("no instance accepts writes", "By hand", "pg_ctl");
    strait.world().members().kill("east-1");
    decide(run, "{'decision':'retry','by':'bob','reason':'east-1 is down'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  @Test
  void one_that_a_person_promotes_during_a_long_stop_is_seen_before_another_is() throws Exception {
    String digest = strait.run(TO_WEST).digest();
    try (SwitchoverBed split = new SwitchoverBed(Strait.cluster())) {
      split.before(
          "ensureHandedOver",
          () -> {
            split.bed.temporal().sleep(Duration.ofSeconds(3));
            split.world().members().promote("east-1");
          });
      split.startInRealTime(
          approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
      assertThat(split.headline()).contains("[east-1] accepts writes");
      assertThat(split.world().members().writers()).containsExactly("east-1");
      assertThat(split.bed.faults().calls())
          .extracting(Called::method)
          .doesNotContain("ensureTakenOver");
    }
  }

  @Test
  void what_changes_during_the_checkpoint_is_seen_before_clients_are_held() {
    String digest = strait.run(TO_WEST).digest();
    strait.before("ensureCheckpointed", () -> strait.world().members().kill("west-0"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.record().headline()).contains("west-0 does not answer");
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .doesNotContain("ensurePaused", "ensureHandedOver");
  }

  /** No client is held yet: who is back in seconds, the primary too, ends no move. */
  @ParameterizedTest
  @ValueSource(strings = {"west-0", "east-0"})
  void a_member_that_is_silent_for_seconds_before_the_outage_ends_no_move(String id) {
    String digest = strait.run(TO_WEST).digest();
    strait.world().members().losesCheckpoints(2);
    AtomicLong back = new AtomicLong();
    strait.before(
        "ensurePrepared",
        () -> {
          strait.world().members().freeze(id);
          back.set(strait.bed.temporal().currentTimeMillis() + AWAY.toMillis());
        });
    AtomicBoolean away = new AtomicBoolean(true);
    strait
        .bed
        .faults()
        .before(
            call -> call.step().equals("LAST_LOOK") && call.method().equals("observeReplication"),
            () -> {
              if (strait.bed.temporal().currentTimeMillis() >= back.get()
                  && away.getAndSet(false)) {
                strait.world().members().thaw(id);
              }
            });
    RoleChangeResult result = strait.run(approved(TO_WEST, digest));
    assertThat(strait.world().members().writers()).containsExactly("west-0");
    assertThat(result.degraded()).isEmpty();
    assertThat(away).isFalse();
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .filteredOn("ensureCheckpointed"::equals)
        .hasSize(3);
  }

  @Test
  void a_second_writer_before_the_outage_ends_a_move_at_the_first_look() {
    try (SwitchoverBed split = new SwitchoverBed(Strait.cluster())) {
      String digest = split.run(TO_WEST).digest();
      split.before("ensurePrepared", () -> split.world().members().promote("east-1"));
      Ended ended = split.ended(approved(TO_WEST, digest));
      assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
      assertThat(split.bed.faults().calls())
          .extracting(Called::method)
          .doesNotContain("ensurePaused", "ensureHandedOver");
    }
  }

  @Test
  void a_promotion_that_left_wal_behind_is_told_before_clients_are_led_there() throws Exception {
    String digest = strait.run(TO_WEST).digest();
    Strait.losesItsEnd(strait.world().members(), "west-0");
    WorkflowStub run =
        strait.startInRealTime(
            approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
    assertThat(strait.headline())
        .startsWith("ROUTE can't go on: west-0 left the old timeline at ")
        .contains(
            "transactions between them are not on the new primary", "No endpoint was switched");
    assertThat(strait.world().endpoints().pointsAt("balancer")).isEqualTo("east-0");
    decide(run, "{'decision':'retry','by':'bob','reason':'they are lost'}");
    RoleChangeResult result = strait.result(run);
    assertThat(result.degraded())
        .anyMatch(one -> one.startsWith("west-0 left the old timeline"))
        .anyMatch(one -> one.startsWith("east-0 has what west-0 lost, and stays stopped"));
    assertThat(result.headline()).startsWith("west-0 is the primary, and lacks transactions of");
    assertThat(strait.world().endpoints().pointsAt("balancer")).isEqualTo("west-0");
  }

  @Test
  void a_sibling_that_was_promoted_holds_the_run_after_the_move() throws Exception {
    String digest = strait.run(TO_WEST).digest();
    try (SwitchoverBed split = new SwitchoverBed(Strait.cluster())) {
      split
          .bed
          .faults()
          .before(
              call -> call.step().equals("REJOIN"),
              () -> split.world().members().promote("east-1"));
      WorkflowStub run =
          split.startInRealTime(
              approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
      assertThat(split.world().members().writers()).containsExactly("east-1", "west-0");
      split.world().members().kill("east-1");
      decide(run, "{'decision':'retry','by':'bob','reason':'east-1 is down'}");
      assertThat(split.result(run).degraded())
          .anyMatch(sentence -> sentence.startsWith("east-1 does not follow west-0"));
    }
  }

  /** What could not be asked is told so, and once, however often the step is tried. */
  @Test
  void whom_commits_wait_for_is_not_told_where_the_new_primary_did_not_say() throws Exception {
    try (SwitchoverBed waiting = new SwitchoverBed(Strait.synchronous())) {
      String digest = waiting.run(TO_WEST).digest();
      AtomicBoolean broken = new AtomicBoolean(true);
      waiting
          .bed
          .faults()
          .plan(
              call ->
                  call.step().equals("VERIFY")
                      && (call.method().equals("observeReplication")
                          || (broken.get() && call.method().equals("observeWriteRefused"))),
              Fault.FAILS);
      WorkflowStub run =
          waiting.startInRealTime(
              approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
      assertThat(waiting.headline()).startsWith("VERIFY can't go on");
      broken.set(false);
      decide(run, "{'decision':'retry','by':'bob','reason':'fixed'}");
      RoleChangeResult result = waiting.result(run);
      assertThat(result.degraded())
          .singleElement()
          .asString()
          .startsWith("commits on west-0 are to wait for 1 of ")
          .endsWith("and wait for: not known");
      assertThat(result.proof())
          .flatExtracting(proof -> proof.facts())
          .extracting(fact -> fact.name() + " " + fact.value())
          .contains("commits_wait_for not known");
    }
  }

  @Test
  void a_target_that_does_not_answer_is_told_in_the_plan() {
    strait.world().members().freeze("west-0");
    assertThat(CheckRows.against(strait.run(TO_WEST).checks()))
        .anyMatch(row -> row.startsWith("west-0 answers"));
  }

  @Test
  void a_target_that_dies_before_it_was_promoted_takes_the_way_back() {
    String digest = strait.run(TO_WEST).digest();
    strait.before("ensureTakenOver", () -> strait.world().members().kill("west-0"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  @Test
  void a_standby_that_freezes_holds_the_stop_and_the_primary_comes_back() {
    String digest = strait.run(TO_WEST).digest();
    strait.before("ensureHandedOver", () -> strait.world().members().freeze("east-1"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("east-0");
  }

  @Test
  void endpoints_lead_elsewhere_only_after_the_promotion() {
    strait.execute(TO_WEST);
    List<String> events = strait.bed.events("switchover");
    assertThat(events.indexOf("completed EnsureTakenOver"))
        .isBetween(1, events.indexOf("scheduled EnsureRouted"));
    String digest = strait.run(TO_WEST.replace("west-0", "east-0")).digest();
    strait.before("ensureTakenOver", () -> strait.world().members().kill("east-0"));
    strait.ended(approved(TO_WEST.replace("west-0", "east-0"), digest));
    assertThat(strait.bed.events("switchover"))
        .contains("scheduled EnsureTakenOver")
        .doesNotContain("scheduled EnsureRouted");
    assertThat(strait.world().endpoints().pointsAt("balancer")).isEqualTo("west-0");
  }
}
