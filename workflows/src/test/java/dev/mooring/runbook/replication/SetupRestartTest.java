package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary whose settings let nobody stream from it, and that is restarted once for that. */
class SetupRestartTest {
  private static final String RESTART =
      "'act':'setup','by':'alice','overrides':'restart','reason':'a first standby'";

  private static final String BY_HAND =
      "'act':'setup','by':'alice','overrides':'other-writer','reason':'by hand'";

  private final TestBed bed =
      new TestBed(new FakeCluster(Strait.cluster()), ReplicationSetupImpl.class);
  private final FakeMembers members = bed.world().members();
  private String writer = "east-0";

  @BeforeEach
  void nobodyCanStreamFromIt() {
    for (String id : new String[] {"east-1", "west-0"}) {
      members.neverThere(id);
      bed.world().directories().lose(id);
    }
    members.setOn("east-0", "wal_level", "minimal");
    members.setOn("east-0", "max_wal_senders", "0");
    members.setOn("east-0", "archive_mode", "off");
    members.setOn("east-0", "archive_command", "");
    members.withoutArchive("east-0");
  }

  @AfterEach
  void close() {
    assertThat(members.writers()).containsExactly(writer);
    bed.close();
  }

  private ReplicationResult asked(String what) {
    return SetupRuns.asked(bed, what);
  }

  private Plan planned() {
    asked(RESTART);
    return SetupRuns.plan(bed);
  }

  private ReplicationResult setUp() {
    return asked(RESTART + ",'mode':'execute','digest':'" + planned().digest() + "'");
  }

  private static Predicate<Called> of(ReplicationStep step) {
    AtomicBoolean seen = new AtomicBoolean();
    return call ->
        call.step().equals(step.name())
            && (step.verb() == StepVerb.OBSERVE
                || isRestart(call)
                || (step != ReplicationStep.RESTART_PRIMARY && seen.compareAndSet(false, true)));
  }

  private static boolean isRestart(Called call) {
    return call.method().equals("ensureRestarted");
  }

  @Test
  void the_plan_says_what_is_set_and_what_is_restarted_and_the_first_run_alone_changes_it() {
    assertThat(planned().objects())
        .contains(
            "east-0: archive directory /archive/0",
            "east-0: wal_level = replica, was minimal",
            "east-0: max_wal_senders = 10, was 0",
            "east-0: is restarted, for wal_level, max_wal_senders, archive_mode; from its fast stop"
                + " until it is up no client can write, and clients of PgBouncer pooler see errors")
        .anyMatch(
            one -> one.startsWith("east-0: archive_command = test ! -e \"/archive/0/%f\" && "));

    assertThat(setUp().changed())
        .contains("east-0: wal_level = replica, was minimal", "east-0: restarted");

    assertThat(members.restartsOf("east-0")).isEqualTo(1);
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
    assertThat(bed.world().lastReceipt().decisions().toString())
        .contains("restart: wal_level, max_wal_senders, archive_mode", "a first standby");
    assertThat(asked("'act':'setup','mode':'execute','by':'alice'").changed()).isEmpty();
    assertThat(members.restartsOf("east-0")).isEqualTo(1);
  }

  @Test
  void nobody_restarts_it_who_has_not_looked_at_the_plan() {
    Ended unasked = TestBed.ended(() -> asked("'act':'setup','mode':'execute','by':'alice'"));
    assertThat(unasked.record().code()).isEqualTo("SETTINGS_TOO_LOW");
    assertThat(unasked.message())
        .contains("wal_level = minimal, must be replica; max_wal_senders = 0, must be 4");
    Ended unseen = TestBed.ended(() -> asked(RESTART + ",'mode':'execute'"));
    assertThat(unseen.record().code()).isEqualTo("NOT_APPROVED");
    assertThat(unseen.message()).contains("is restarted, for wal_level", "--digest ");
    assertThat(members.restartsOf("east-0")).isZero();
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
  }

  private static TestBed with(String approvals) {
    Cluster cluster = Strait.cluster("endpoints:", approvals + "endpoints:");
    TestBed bed = new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class);
    bed.world().members().setOn("east-0", "wal_level", "minimal");
    return bed;
  }

  /** Begins the set-up, with a restart, that its plan's digest pins, and waits for its headline. */
  private static WorkflowStub waiting(TestBed bed, String by, String headline) {
    String restart = RESTART.replace("alice", by);
    SetupRuns.asked(bed, restart);
    String digest = SetupRuns.plan(bed).digest();
    WorkflowStub run =
        SetupRuns.begin(bed, restart + ",'mode':'execute','digest':'" + digest + "'");
    SetupRuns.until(bed, headline);
    assertThat(bed.closeChildren()).as("locks that it holds").isZero();
    return run;
  }

  private static void decide(WorkflowStub run, String decision) {
    run.update("decide", String.class, Typed.json(decision));
  }

  private static String signed(TestBed bed, WorkflowStub run) {
    Instant now = Instant.ofEpochMilli(bed.temporal().currentTimeMillis());
    String id = run.getExecution().getRunId();
    return ApprovalSigner.ANNA.approve("setup", id, SetupRuns.plan(bed).digest(), now);
  }

  @Test
  void a_grave_setup_waits_for_a_signature_without_the_locks_where_only_one_approves() {
    try (TestBed signed = with(ApprovalSigner.APPROVERS)) {
      WorkflowStub run = waiting(signed, "anna", "waits for a signed approval");
      assertThat(signed.world().members().restartsOf("east-0")).isZero();
      decide(run, signed(signed, run));
      assertThat(SetupRuns.result(signed, run).changed()).contains("east-0: restarted");
      assertThat(signed.world().lastReceipt().decisions())
          .filteredOn(one -> one.decision().equals("approve"))
          .extracting(DecisionRecord::by)
          .containsExactly("anna");
    }
  }

  @Test
  void what_changed_while_it_waited_refuses_it() {
    try (TestBed signed = with(ApprovalSigner.APPROVERS)) {
      WorkflowStub run = waiting(signed, "anna", "waits for a signed approval");
      signed.world().members().setOn("east-0", "max_wal_senders", "0");
      decide(run, signed(signed, run));
      Ended ended = TestBed.ended(() -> SetupRuns.result(signed, run));
      assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
      assertThat(ended.message()).contains("is east-0: max_wal_senders = 10, was 0");
      assertThat(signed.world().members().restartsOf("east-0")).isZero();
    }
  }

  /** The plan that needed no signature did not override it. */
  @Test
  void a_rule_that_must_be_overridden_only_since_the_locks_refuses_it() {
    Cluster cluster = Strait.cluster("endpoints:", ApprovalSigner.APPROVERS + "endpoints:");
    try (TestBed signed = new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class)) {
      signed
          .faults()
          .beforeFirst(
              call -> call.step().equals("OBSERVE_EPOCHS"),
              () -> Strait.reported(signed.world().members(), "east-0", "west-0", 6));
      String execute = "'act':'setup','mode':'execute','by':'anna','overrides':'other-writer'";
      Ended ended = TestBed.ended(() -> SetupRuns.asked(signed, execute + ",'reason':'by hand'"));
      assertThat(ended.record().code()).isEqualTo("NOT_APPROVED");
      assertThat(ended.message()).contains("other-writer", "before the locks were taken");
    }
  }

  private static TestBed ofTwoPersons() {
    String two = "approvals: {persons: {replicationSetup: 2}}\nendpoints:";
    return new TestBed(
        new FakeCluster(Strait.cluster("endpoints:", two)), ReplicationSetupImpl.class);
  }

  /** Her digest is one approval, of a plan that overrode nothing. */
  @Test
  void one_of_two_persons_does_not_override_a_rule_that_is_broken_only_since_the_locks() {
    try (TestBed two = ofTwoPersons()) {
      SetupRuns.asked(two, BY_HAND);
      String digest = SetupRuns.plan(two).digest();
      two.faults()
          .beforeFirst(
              call -> call.step().equals("OBSERVE_EPOCHS"),
              () -> Strait.reported(two.world().members(), "east-0", "west-0", 6));
      String execute = BY_HAND + ",'mode':'execute','digest':'" + digest + "'";
      Ended ended = TestBed.ended(() -> SetupRuns.asked(two, execute));
      assertThat(ended.record().code()).isEqualTo("NOT_APPROVED");
    }
  }

  @Test
  void the_plan_shows_the_rule_that_its_approval_overrides() {
    try (TestBed two = ofTwoPersons()) {
      Strait.reported(two.world().members(), "east-0", "west-0", 6);
      SetupRuns.asked(two, BY_HAND);
      assertThat(SetupRuns.plan(two).lines())
          .filteredOn(line -> line.startsWith("overrides: other-writer: east-0 accepts writes"))
          .hasSize(1);
    }
  }

  @Test
  void what_changed_before_the_locks_refuses_a_setup_that_no_person_approved() {
    try (TestBed two = ofTwoPersons()) {
      two.world().members().neverThere("west-0");
      two.world().directories().lose("west-0");
      two.faults()
          .beforeFirst(
              call -> call.step().equals("OBSERVE_EPOCHS"),
              () -> two.world().members().setOn("east-0", "hot_standby", "off"));
      Ended ended =
          TestBed.ended(() -> SetupRuns.asked(two, "'act':'setup','mode':'execute','by':'alice'"));
      assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
      assertThat(ended.message()).contains(" was planned and is now ");
    }
  }

  @Test
  void of_two_persons_the_second_is_waited_for_without_the_locks() {
    try (TestBed two = with("approvals: {persons: {replicationSetup: 2}}\n")) {
      WorkflowStub run = waiting(two, "alice", "by a second person other than alice");
      String digest = SetupRuns.plan(two).digest();
      decide(run, "{'decision':'approve','by':'bob','reason':'x','digest':'" + digest + "'}");
      assertThat(SetupRuns.result(two, run).changed()).contains("east-0: restarted");
    }
  }

  @Test
  void a_setup_that_needs_no_approval_needs_no_signature_but_its_digest_must_fit() {
    Cluster cluster = Strait.cluster("endpoints:", ApprovalSigner.APPROVERS + "endpoints:");
    try (TestBed signed = new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class)) {
      SetupRuns.asked(signed, "'act':'setup'");
      String execute = "'act':'setup','mode':'execute','by':'anna','digest':'";
      String digest = SetupRuns.plan(signed).digest();
      assertThat(
              TestBed.ended(() -> SetupRuns.asked(signed, execute + "4f2a91c0'")).record().code())
          .isEqualTo("PLAN_CHANGED");
      assertThat(SetupRuns.asked(signed, execute + digest + "'").outcome()).isEqualTo("Completed");
    }
  }

  @Test
  void what_standbys_do_without_is_told_and_no_restart_is_made_for_it() {
    members.setOn("east-0", "wal_level", "logical");
    members.setOn("east-0", "max_wal_senders", "4");
    members.setOn("east-0", "data_checksums", "off");
    ReplicationResult set = asked("'act':'setup','mode':'execute','by':'alice'");
    assertThat(set.degraded().toString())
        .contains(
            "east-0: wal_log_hints = off; with `--override restart` a setup sets it",
            "east-0: archive_mode = off;");
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
    assertThat(members.restartsOf("east-0")).isZero();
  }

  @Test
  void where_only_the_command_is_missing_it_is_set_with_an_approval_and_nothing_restarted() {
    members.setOn("east-0", "wal_level", "replica");
    members.setOn("east-0", "max_wal_senders", "10");
    members.setOn("east-0", "archive_mode", "on");
    Ended unseen = TestBed.ended(() -> asked("'act':'setup','mode':'execute','by':'alice'"));
    assertThat(unseen.record().code()).isEqualTo("NOT_APPROVED");
    assertThat(unseen.message()).contains("archive directory /archive/0", "archive_command = ");
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
    String digest = unseen.message().replaceAll("(?s).*--digest ([0-9a-f]{64}).*", "$1");
    assertThat(
            asked("'act':'setup','mode':'execute','by':'alice','digest':'" + digest + "'")
                .changed())
        .contains("east-0: archive directory /archive/0")
        .anyMatch(one -> one.startsWith("east-0: archive_command = "));
    assertThat(members.restartsOf("east-0")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void a_command_that_hides_its_failures_stays_and_is_degraded(String mode) {
    members.setOn("east-0", "wal_level", "replica");
    members.setOn("east-0", "max_wal_senders", "10");
    members.setOn("east-0", "archive_mode", mode);
    members.setOn("east-0", "archive_command", ArchiveCommand.HIDING);
    assertThat(asked("'act':'setup','mode':'execute','by':'alice'").degraded())
        .contains(
            "east-0: archive_command hides its failures: it reports success also after a failure");
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
  }

  /** It may be a mount point that is away, or nothing that the command writes to. */
  @Test
  void the_directory_of_an_administrators_command_is_never_made() {
    members.setOn("east-0", "wal_level", "replica");
    members.setOn("east-0", "max_wal_senders", "10");
    members.setOn("east-0", "archive_mode", "on");
    members.setOn("east-0", "archive_command", "test -d /archive/0 && cp %p /archive/0/%f");
    assertThat(asked("'act':'setup','mode':'execute','by':'alice'").changed())
        .isNotEmpty()
        .noneMatch(one -> one.contains("archive"));
  }

  /** On a primary it does nothing: a copy takes it along, and nobody else needs it. */
  @Test
  void hot_standby_is_set_for_a_copy_and_restarts_nothing() {
    members.setOn("east-0", "wal_level", "replica");
    members.setOn("east-0", "max_wal_senders", "10");
    members.setOn("east-0", "hot_standby", "off");
    assertThat(asked("'act':'setup','mode':'execute','by':'alice'").changed())
        .contains("east-0: hot_standby = on, was off", "west-0: base backup of east-0");
    assertThat(members.configuredOn("east-0")).isEqualTo("{hot_standby=on}");
    assertThat(members.restartsOf("east-0")).isZero();
    assertThat(asked("'act':'setup','mode':'execute','by':'alice'").changed()).isEmpty();
  }

  /** With fewer senders than its primary a standby would stop its replay. */
  @Test
  void a_standby_that_would_stop_is_raised_first() {
    members.setOn("east-0", "max_wal_senders", "2");
    members.setOn("east-0", "wal_level", "replica");
    members.setOn("east-1", "max_wal_senders", "2");
    members.start("east-1");
    assertThat(TestBed.ended(() -> asked(RESTART)).message())
        .contains("east-1 has max_wal_senders = 2, and would stop its replay once east-0 has 10");
  }

  /**
   * Whatever fails, the primary accepts writes, with the settings it had unless it runs with those
   * that were set, and a new run goes on.
   */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "OBSERVE_PRIMARY",
        "SET_PRIMARY",
        "CHECKPOINT",
        "RESTART_PRIMARY",
        "SEE_PRIMARY",
        "MAKE_SLOTS"
      })
  void a_step_that_fails_leaves_the_settings_as_it_runs_with_them(ReplicationStep step) {
    String digest = planned().digest();
    bed.faults()
        .plan(of(step), step.verb() == StepVerb.OBSERVE ? Fault.FAILS : Fault.OUTCOME_UNKNOWN);
    Ended ended =
        TestBed.ended(() -> asked(RESTART + ",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    if (step.compareTo(ReplicationStep.RESTART_PRIMARY) < 0) {
      assertThat(members.configuredOn("east-0")).isEqualTo("{}");
    } else {
      assertThat(members.configuredOn("east-0"))
          .contains("archive_command=test", "archive_mode=on", "wal_level=replica");
      assertThat(ended.message())
          .contains("the settings of east-0 stay: it was restarted with them");
    }
    assertThat(members.slotsOf("east-0")).isEmpty();
    bed.faults().mend();
    assertThat(setUp().outcome()).isEqualTo("Completed");
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }

  @Test
  void one_that_does_not_come_up_runs_again_with_what_it_had() {
    members.failsAtRestart("east-0", FailureCode.START_FAILED);
    Ended ended = TestBed.ended(this::setUp);
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code()).isEqualTo("START_FAILED");
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
    assertThat(members.writers()).containsExactly("east-0");
  }

  /** Law 1: while the primary was down a person promoted the standby that streamed before. */
  @ParameterizedTest
  @EnumSource(
      value = FailureCode.class,
      names = {"START_FAILED", "OUTCOME_UNKNOWN"})
  void a_primary_that_was_stopped_is_not_started_beside_one_that_was_promoted(FailureCode code) {
    members.start("east-1");
    String digest = planned().digest();
    members.failsAtRestart("east-0", code);
    bed.faults().before(SetupRestartTest::isOfTheRestart, this::promoteWhileItIsDown);
    Ended ended =
        TestBed.ended(() -> asked(RESTART + ",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.message())
        .contains(
            "SET_PRIMARY could not be undone: east-1 accepts writes: a person or another run"
                + " promoted or started it, and east-0 is not started beside it");
    assertThat(members.twoWriters()).isEmpty();
  }

  private static boolean isOfTheRestart(Called call) {
    return call.step().equals("RESTART_PRIMARY");
  }

  private void promoteWhileItIsDown() {
    if (members.writers().isEmpty()) {
      members.promote("east-1");
      writer = "east-1";
    }
  }

  /** What it became meanwhile, nobody knows. */
  @Test
  void one_that_was_seen_and_can_be_asked_no_more_keeps_it_from_a_restart() {
    members.start("east-1");
    String digest = planned().digest();
    bed.faults()
        .plan(
            call -> isOfTheRestart(call) && call.method().equals("observeReplication"),
            Fault.FAILS);
    Ended ended =
        TestBed.ended(() -> asked(RESTART + ",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message())
        .contains("it is not known whether east-1 accepts writes: it could not be done");
    assertThat(members.restartsOf("east-0")).isZero();
    assertThat(members.configuredOn("east-0")).isEqualTo("{}");
  }

  /** Once it was restarted it is nobody's to start again: it died later, and another writes. */
  @Test
  void one_that_died_after_its_restart_is_not_started_by_the_undo() {
    members.start("east-1");
    String digest = planned().digest();
    bed.faults()
        .before(
            call -> call.step().equals("SEE_PRIMARY"),
            () -> {
              members.kill("east-0");
              promoteWhileItIsDown();
            });
    Ended ended =
        TestBed.ended(() -> asked(RESTART + ",'mode':'execute','digest':'" + digest + "'"));
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.message()).contains("the settings of east-0 stay");
    assertThat(members.twoWriters()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void it_is_restarted_once_whatever_becomes_of_the_calls(Fault fault) {
    String digest = planned().digest();
    AtomicBoolean restarted = new AtomicBoolean();
    bed.faults()
        .plan(
            call ->
                isRestart(call)
                    ? restarted.compareAndSet(false, true)
                    : call.step().endsWith("_PRIMARY"),
            fault);
    asked(RESTART + ",'mode':'execute','digest':'" + digest + "'");
    assertThat(members.restartsOf("east-0")).isEqualTo(1);
    assertThat(members.followersOf("east-0")).containsExactly("east-1", "west-0");
  }
}
