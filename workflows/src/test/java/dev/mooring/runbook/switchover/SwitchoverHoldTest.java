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
import dev.mooring.port.FailureCode;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a person may say to a move that holds where nobody accepts writes. */
class SwitchoverHoldTest {
  private final SwitchoverBed strait = new SwitchoverBed(Strait.cluster());
  private String digest = "";

  @BeforeEach
  void plans() {
    digest = strait.run(TO_WEST).digest();
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub held() {
    return strait.start(approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
  }

  /** West's host goes away in the very act that would promote there. */
  private WorkflowStub withTheTargetsHostGone() {
    strait.before("ensureTakenOver", () -> strait.world().trouble().hostAnswers("w0", false));
    WorkflowStub run = held();
    assertThat(strait.world().members().writers()).isEmpty();
    return run;
  }

  @Test
  void a_target_whose_host_is_gone_holds_until_somebody_attests_its_loss() throws Exception {
    WorkflowStub run = withTheTargetsHostGone();
    assertThat(strait.headline())
        .contains("start no instance before that is known")
        .contains(
            "By hand: end this run first",
            "`mooring give-up switchover --reason WHY`, and wait until it has ended",
            "only once it is certain that no other member ([east-1, west-0]) accepts writes")
        .contains("sed -i '/^[[:space:]]*mooring_fenced_epoch_/d' $(readlink", "-w restart`")
        .contains("-c 'RESUME \"")
        .contains("point the line postgres of /etc/pgbouncer/databases.ini at east-0 again")
        .contains(
            "Or by hand the other way, with the run ended as before, and only once east-0 is proved"
                + " to be down and kept from starting",
            "`env -u PGHOSTADDR -u PGSERVICE PGOPTIONS='-c statement_timeout=0 -c"
                + " search_path=pg_catalog,pg_temp -c default_transaction_isolation=read\\ committed -c"
                + " default_transaction_read_only=off' /usr/lib/postgresql/15/bin/psql",
            "/psql -h 127.31.20.1 -p 6000 -U mooring -d postgres -XAtc \"SELECT pg_is_in_recovery()"
                + " AND pg_last_wal_replay_lsn() > '0/5",
            "on w0, as postgres, `/usr/lib/postgresql/15/bin/pg_ctl -D /data/west-0 -w promote`",
            "`mooring adopt strait west-0 --reason WHY`, and resilver east-0")
        .contains("`mooring roll-back switchover --reason WHY`")
        .contains("WHY being 'west-0 is lost: ' and how that is known");
    assertThatThrownBy(() -> decide(run, "{'decision':'roll-back','by':'bob'}"))
        .rootCause()
        .hasMessageContaining("its reason must begin with 'west-0 is lost: '");
    decide(run, "{'decision':'roll-back','by':'bob','reason':'west-0 is lost: its power was cut'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains("as bob attested, west-0 is lost: its power was cut");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::about, DecisionRecord::reason)
        .contains(tuple("roll-back", "TAKE_OVER", "west-0 is lost: its power was cut"));
  }

  @Test
  void a_target_whose_host_comes_back_is_seen_by_itself() throws Exception {
    WorkflowStub run = withTheTargetsHostGone();
    strait.world().trouble().hostAnswers("w0", true);
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    strait.allFollow("east-0");
  }

  /** The run looks again by itself, so it must see what a person did meanwhile. */
  @Test
  void a_target_that_comes_back_is_not_promoted_beside_an_old_primary_started_by_hand() {
    strait.world().members().powerCutWhenTold("west-0");
    WorkflowStub run = held();
    assertThat(strait.world().members().writers()).isEmpty();
    strait.world().members().startByHand("east-0");
    strait.world().members().start("west-0");
    strait.world().trouble().hostAnswers("w0", true);
    strait.until(strait::headline, headline -> headline.contains("[east-0] accepts writes"));
    assertThat(strait.headline())
        .startsWith("TAKE_OVER can't go on")
        .contains("whether west-0 was promoted is not known", "`mooring give-up switchover")
        .doesNotContain("By hand", "pg_ctl", "mooring roll-back");
    decide(run, "{'decision':'give-up','by':'bob','reason':'east-0 writes'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().endpoints().isPausedAfter(Duration.ofSeconds(30), "pooler"))
        .isFalse();
  }

  @Test
  void a_target_that_was_told_to_promote_and_comes_back_alone_is_promoted() {
    strait.world().members().powerCutWhenTold("west-0");
    WorkflowStub run = held();
    strait.world().members().start("west-0");
    strait.world().trouble().hostAnswers("w0", true);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.allFollow("west-0");
  }

  @Test
  void a_target_whose_host_answers_is_not_lost_whoever_says_so() {
    strait.bed.faults().plan(call -> call.method().equals("ensureTakenOver"), Fault.FAILS);
    strait.bed.faults().plan(call -> call.method().equals("revertTakenOver"), Fault.FAILS);
    WorkflowStub run = held();
    assertThat(strait.headline()).doesNotContain("roll-back");
    assertThatThrownBy(
            () ->
                decide(
                    run, "{'decision':'roll-back','by':'bob','reason':'west-0 is lost: I think'}"))
        .isNotNull();
    strait.bed.faults().mend();
    decide(run, "{'decision':'retry','by':'bob','reason':'it answers again'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    strait.allFollow("east-0");
  }

  /** Nobody can take it back there, and an error of our own is none of the servers'. */
  @Test
  void an_error_of_mooring_itself_after_the_promotion_holds_until_a_person_decides()
      throws InterruptedException {
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("ensureRouted"),
            () -> {
              throw ApplicationFailure.newNonRetryableFailure(
                  "it was null", FailureCode.BUG.name());
            });
    WorkflowStub run =
        strait.startInRealTime(
            approved(TO_WEST, digest), headline -> headline.contains("can't go on"));
    assertThat(strait.headline()).startsWith("ROUTE can't go on").contains("it was null");
    assertThat(strait.world().members().writers()).containsExactly("west-0");
    strait.bed.faults().mend();
    decide(run, "{'decision':'retry','by':'bob','reason':'a repaired worker runs'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.allFollow("west-0");
  }

  @Test
  void a_loss_is_attested_with_how_that_is_known() {
    WorkflowStub run = withTheTargetsHostGone();
    assertThatThrownBy(
            () -> decide(run, "{'decision':'roll-back','by':'bob','reason':'west-0 is lost: '}"))
        .rootCause()
        .hasMessageContaining("its reason must begin with 'west-0 is lost: '");
    strait.world().trouble().hostAnswers("w0", true);
    TestBed.ended(() -> strait.result(run));
  }

  @Test
  void what_is_decided_while_it_is_tried_again_counts_when_that_fails() {
    WorkflowStub run = withTheTargetsHostGone();
    AtomicBoolean said = new AtomicBoolean();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("revertTakenOver") && said.compareAndSet(false, true),
            () -> decide(run, "{'decision':'give-up','by':'bob','reason':'by hand from here'}"));
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(said).isTrue();
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.record().headline()).contains("was given up by bob: by hand from here");
    assertThat(strait.world().members().writers()).isEmpty();
    // the pause is held on PgBouncer's host, which lets clients go when the budget is over
    assertThat(strait.world().endpoints().isPausedAfter(Duration.ofSeconds(30), "pooler"))
        .isFalse();
  }

  /** Its host lets clients go by itself; the run says so until it has seen it. */
  @Test
  void a_pooler_that_is_gone_while_its_clients_are_held_holds_the_way_back() throws Exception {
    strait.before(
        "ensureTakenOver",
        () -> {
          strait.world().members().kill("west-0");
          strait.world().endpoints().away("pooler", true);
        });
    WorkflowStub run = held();
    assertThat(strait.headline())
        .startsWith("PAUSE can't go on")
        .contains("east-0 accepts writes", "until its own host resumes it, 20 s after");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    strait.world().endpoints().away("pooler", false);
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().endpoints().isPaused("pooler")).isFalse();
  }

  /**
   * PgBouncer's host has let them go by then, if it is there at all; the rest is not left undone.
   */
  @Test
  void a_pooler_that_never_answers_does_not_hold_the_rest_of_the_way_back() {
    strait.before(
        "ensureTakenOver",
        () -> {
          strait.world().members().kill("west-0");
          strait.world().endpoints().away("pooler", true);
        });
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.record().headline())
        .contains("PgBouncer is not known to have resumed", "pooler does not answer");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .containsSubsequence("revertPaused", "revertPrepared");
    assertThat(strait.world().endpoints().isPausedAfter(Duration.ofSeconds(30), "pooler"))
        .isFalse();
  }

  @Test
  void an_old_primary_that_was_not_given_back_is_not_said_to_write() {
    strait.bed.faults().plan(call -> call.method().equals("revertHandedOver"), Fault.FAILS);
    strait.before(
        "ensureTakenOver",
        () -> {
          strait.world().members().kill("west-0");
          strait.world().endpoints().away("pooler", true);
        });
    WorkflowStub run = held();
    assertThat(strait.headline()).startsWith("HAND_OVER can't go on");
    decide(run, "{'decision':'give-up','by':'bob','reason':'later'}");
    strait.until(strait::headline, headline -> headline.startsWith("PAUSE can't go on"));
    assertThat(strait.headline())
        .contains("east-0 is not known to accept writes")
        .doesNotContain("east-0 accepts writes");
    strait.world().endpoints().away("pooler", false);
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("Stuck");
  }

  /** A person may have promoted it since it was seen last. */
  @Test
  void a_standby_that_nobody_can_ask_keeps_the_old_primary_from_being_started() {
    AtomicBoolean away = nobodyAsksOnceTheTargetDied();
    WorkflowStub run = held();
    assertThat(strait.headline())
        .startsWith("HAND_OVER can't go on: whether east-1 accepts writes could not be read")
        .contains("east-0 must not be started beside an instance that does")
        .contains("WHY being 'east-1 is lost: ' and how that is known");
    assertThat(strait.world().members().writers()).isEmpty();
    away.set(false);
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
    strait.world().members().start("west-0");
    strait.allFollow("east-0");
  }

  @Test
  void standbys_that_are_lost_are_attested_one_by_one() {
    nobodyAsksOnceTheTargetDied();
    WorkflowStub run = held();
    decide(run, "{'decision':'roll-back','by':'bob','reason':'east-1 is lost: it burnt'}");
    strait.until(strait::headline, headline -> headline.contains("whether west-0 accepts writes"));
    assertThat(strait.world().members().writers()).isEmpty();
    decide(run, "{'decision':'roll-back','by':'bob','reason':'west-0 is lost: it burnt'}");
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  private AtomicBoolean nobodyAsksOnceTheTargetDied() {
    AtomicBoolean away = new AtomicBoolean();
    strait
        .bed
        .faults()
        .plan(
            call ->
                away.get()
                    && call.method().equals("observeReplication")
                    && call.step().equals("LAST_LOOK"),
            Fault.UNSERVED);
    strait.before(
        "ensureTakenOver",
        () -> {
          away.set(true);
          strait.world().members().kill("west-0");
        });
    return away;
  }

  /** Its host saw that it accepts writes; for whom its commits wait is how it is configured. */
  @Test
  void a_commit_that_waits_for_a_standby_which_died_holds_no_way_back() {
    strait.bed.faults().plan(call -> call.method().equals("ensureWritten"), Fault.OUTCOME_UNKNOWN);
    strait.before("ensureTakenOver", () -> strait.world().members().kill("west-0"));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("east-0 accepts writes, and a commit there did");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  @Test
  void clients_that_a_person_holds_refuse_the_outage_and_stay_held() {
    strait.before("ensurePaused", () -> strait.world().endpoints().pauseByHand("pooler", true));
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("it is paused, and not by Mooring");
    assertThat(strait.world().endpoints().isPaused("pooler")).isTrue();
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    strait.world().endpoints().pauseByHand("pooler", false);
  }

  /** It was waited for as long as others may be held for it: once. */
  @Test
  void a_transaction_that_does_not_end_is_waited_for_once_and_told() {
    strait.world().endpoints().transactionStaysOpen("pooler");
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("BARRIER_NOT_REACHED");
    assertThat(ended.record().headline()).contains("pooler: transactions at PgBouncer did not end");
    assertThat(strait.bed.faults().calls())
        .filteredOn(call -> call.method().equals("ensurePaused"))
        .hasSize(1);
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }
}
