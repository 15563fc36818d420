package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.topology.Cluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits stop waiting for standbys of which none streams, and wait again once they stream. */
class SynchronousWorkflowTest {
  private static final String BOTH = "ANY 1 (west_0, east_1) on";
  private static final String RELAX = "'act':'synchronous','relax':true,'by':'alice'";
  private static final String RESTORE = "'act':'synchronous','by':'alice'";
  private static final String ANNA_OVERRIDES =
      "'act':'synchronous','by':'anna','overrides':'other-writer','reason':'by hand'";
  private static final List<String> ALL = List.of("e0", "e1", "w0");

  private TestBed bed = bedOf(Strait.synchronous()).keepTime();
  private FakeMembers members = bed.world().members();

  private static TestBed bedOf(Cluster cluster) {
    return new TestBed(new FakeCluster(cluster), ReplicationSetupImpl.class);
  }

  /** For a run that waits. */
  private void timePassesFor(Cluster cluster) {
    bed.close();
    bed = bedOf(cluster);
    members = bed.world().members();
  }

  @AfterEach
  void close() {
    assertThat(members.writers()).containsExactly("east-0");
    bed.close();
  }

  private void noStandbyStreams() {
    members.kill("west-0");
    members.kill("east-1");
  }

  private void standbysStream() {
    members.start("west-0");
    members.start("east-1");
  }

  private ReplicationResult planned(String what) {
    return SetupRuns.asked(bed, what + ",'mode':'plan'");
  }

  private ReplicationResult executed(String what) {
    return SetupRuns.asked(bed, what + ",'mode':'execute'");
  }

  private ReplicationResult approved(String what) {
    planned(what);
    return executed(what + ",'digest':'" + SetupRuns.plan(bed).digest() + "'");
  }

  private Ended refused(String what) {
    return TestBed.ended(() -> executed(what));
  }

  private List<String> recorded() {
    return Strait.relaxedOn(bed.world(), ALL.toArray(String[]::new));
  }

  private List<String> acts() {
    return bed.faults().calls().stream()
        .map(Called::method)
        .filter(method -> method.startsWith("ensure") || method.startsWith("revert"))
        .filter(method -> !method.contains("Receipt"))
        .distinct()
        .toList();
  }

  @Test
  void commits_go_on_waiting_unless_it_is_to_be_relaxed() {
    noStandbyStreams();
    Ended ended = refused(RESTORE);
    assertThat(List.of(ended.type(), ended.record().code()))
        .containsExactly("Refused", "PREFLIGHT");
    assertThat(ended.message())
        .contains(
            "0 of the standbys of replication.synchronous stream from east-0 (west-0, east-1)",
            "`mooring replicate synchronous strait --relax`");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
  }

  @Test
  void it_is_recorded_on_the_hosts_before_commits_wait_for_no_standby() {
    noStandbyStreams();
    bed.faults()
        .before(
            call -> call.method().equals("ensureSynchronousSet"),
            () -> assertThat(recorded()).isEqualTo(ALL));

    ReplicationResult relaxed = approved(RELAX);

    assertThat(acts()).containsExactly("ensureRelaxationRecorded", "ensureSynchronousSet");
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
    assertThat(relaxed.headline())
        .isEqualTo("commits of east-0 wait for no standby; before for ANY 1 (west_0, east_1)");
    assertThat(relaxed.changed())
        .containsExactly(
            "recorded on the hosts of east-0, east-1, west-0: commits of east-0 may wait for no"
                + " standby",
            "east-0: synchronous_standby_names = '', before 'ANY 1 (west_0, east_1)'");
    assertThat(bed.world().lastReceipt().decisions().toString()).contains("approve");
  }

  @Test
  void no_record_is_removed_before_the_standbys_have_what_was_committed() {
    noStandbyStreams();
    approved(RELAX);
    standbysStream();
    bed.faults()
        .before(
            call -> call.step().equals("AWAIT_CONFIRMING"),
            () -> {
              assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
              assertThat(recorded()).isEqualTo(ALL);
            });

    ReplicationResult restored = executed(RESTORE);

    assertThat(restored.headline())
        .isEqualTo("commits of east-0 wait for ANY 1 (west_0, east_1); before for no standby");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(recorded()).isEmpty();
    assertThat(acts()).endsWith("ensureCheckpointed", "ensureRelaxationCleared");
    assertThat(executed(RESTORE).headline()).isEqualTo("nothing was to be changed");
  }

  /** Nobody read that commits may be lost later. */
  @Test
  void a_plan_to_relax_waits_for_a_person() {
    timePassesFor(Strait.synchronous());
    noStandbyStreams();
    Ended ended = TestBed.ended(() -> executed(RELAX));
    assertThat(ended.record().code()).isEqualTo("APPROVAL_EXPIRED");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(recorded()).isEmpty();
  }

  @Test
  void a_standby_that_streams_again_since_it_was_approved_is_waited_for() {
    noStandbyStreams();
    planned(RELAX);
    String digest = SetupRuns.plan(bed).digest();
    bed.faults().before(call -> call.step().equals("OBSERVE_EPOCHS"), this::standbysStream);
    Ended ended = refused(RELAX + ",'digest':'" + digest + "'");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
  }

  @Test
  void where_no_standbys_host_takes_the_record_the_rule_is_overridden_by_its_name() {
    timePassesFor(Strait.synchronous());
    noStandbyStreams();
    bed.world().trouble().hostAnswers("w0", false);
    bed.world().trouble().hostAnswers("e1", false);
    Ended ended = refused(RELAX);
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.message())
        .contains(
            "the host of west-0, east-1 did not answer, and can't record", "override unrecorded");

    String overridden = RELAX + ",'overrides':'unrecorded','reason':'both are lost'";
    assertThat(approved(overridden).outcome()).isEqualTo("Completed");
    assertThat(recorded()).containsExactly("e0");
    assertThat(bed.world().lastReceipt().decisions().toString())
        .contains("unrecorded", "both are lost");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void each_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    noStandbyStreams();
    planned(RELAX);
    String digest = SetupRuns.plan(bed).digest();
    bed.faults().plan(call -> !call.step().isEmpty(), fault);
    ReplicationResult relaxed = executed(RELAX + ",'digest':'" + digest + "'");
    assertThat(relaxed.changed()).hasSize(2);
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
    standbysStream();
    assertThat(executed(RESTORE).outcome()).isEqualTo("Completed");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(recorded()).isEmpty();
  }

  /** While commits may have waited for no standby, a host has that recorded. */
  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"OBSERVE_EPOCHS", "RECORD_RELAXATION", "SET_SYNCHRONOUS", "SEE_SYNCHRONOUS"})
  void one_that_fails_while_it_relaxes_lets_commits_wait_again(ReplicationStep step) {
    noStandbyStreams();
    planned(RELAX);
    String digest = SetupRuns.plan(bed).digest();
    fails(step);
    Ended ended = refused(RELAX + ",'digest':'" + digest + "'");
    assertThat(ended.type()).isIn("Failed", "Refused");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    if (step.compareTo(ReplicationStep.RECORD_RELAXATION) > 0) {
      assertThat(recorded()).isEqualTo(ALL);
      assertThat(ended.message()).contains("it stays recorded that commits of east-0 may wait");
    }
    bed.faults().mend();
    assertThat(approved(RELAX).outcome()).isEqualTo("Completed");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {
        "OBSERVE_EPOCHS",
        "RECORD_RELAXATION",
        "SET_SYNCHRONOUS",
        "SEE_SYNCHRONOUS",
        "AWAIT_CONFIRMING"
      })
  void one_that_fails_while_it_restores_claims_no_more_than_is_in_force(ReplicationStep step) {
    noStandbyStreams();
    approved(RELAX);
    standbysStream();
    fails(step);
    Ended ended = TestBed.ended(() -> executed(RESTORE));
    assertThat(ended.type()).isIn("Failed", "Refused");
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
    assertThat(recorded()).isEqualTo(ALL);
    restores();
  }

  private void restores() {
    bed.faults().mend();
    assertThat(executed(RESTORE).outcome()).isEqualTo("Completed");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(recorded()).isEmpty();
  }

  @Test
  void the_record_stays_if_the_primary_makes_no_checkpoint() {
    noStandbyStreams();
    approved(RELAX);
    standbysStream();
    members.losesCheckpoints(5);
    assertThat(executed(RESTORE).degraded())
        .singleElement()
        .asString()
        .startsWith("it stays recorded that commits may wait for no standby");
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(recorded()).isEqualTo(ALL);
    restores();
  }

  /** Commits wait again: what is left claims too little, and the next run removes it. */
  @Test
  void hosts_that_keep_the_record_are_reported_as_degraded() {
    noStandbyStreams();
    approved(RELAX);
    standbysStream();
    fails(ReplicationStep.CLEAR_RELAXATION);
    assertThat(executed(RESTORE).degraded())
        .hasSize(3)
        .allMatch(
            reported -> reported.contains("its host may still record that commits wait for no"));
    assertThat(members.commitsOf("east-0")).isEqualTo(BOTH);
    restores();
  }

  private void fails(ReplicationStep step) {
    bed.faults().plan(call -> call.step().equals(step.name()) && !isUndo(call), Fault.FAILS);
  }

  private static boolean isUndo(Called call) {
    return call.method().startsWith("revert");
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplicationStep.class,
      names = {"RECORD_RELAXATION", "SET_SYNCHRONOUS", "SEE_SYNCHRONOUS", "AWAIT_CONFIRMING"})
  void a_stop_while_it_restores_gives_the_setting_back_and_leaves_the_record(ReplicationStep step) {
    noStandbyStreams();
    approved(RELAX);
    standbysStream();
    Stopping.in(step, bed, "setup");
    TestBed.ended(() -> executed(RESTORE));
    bed.faults().mend();
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
    assertThat(recorded()).isEqualTo(ALL);
  }

  private void commitsAreRelaxedWherePersonsSign() {
    timePassesFor(Strait.synchronous("{}\n" + ApprovalSigner.APPROVERS.stripTrailing()));
    members.commitsWaitFor("east-0", "");
  }

  private void anotherIsReported() {
    Strait.reported(members, "east-0", "west-0", 6);
  }

  /** One person's word does not override a rule if only a signature approves. */
  @Test
  void a_rule_about_the_primary_is_overridden_by_a_signature_alone() {
    commitsAreRelaxedWherePersonsSign();
    anotherIsReported();
    Ended ended = refused(ANNA_OVERRIDES);
    assertThat(ended.record().code()).isEqualTo("APPROVAL_EXPIRED");
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
  }

  @Test
  void a_rule_that_is_broken_only_since_the_locks_refuses_it() {
    commitsAreRelaxedWherePersonsSign();
    bed.faults().beforeFirst(call -> call.step().equals("OBSERVE_EPOCHS"), this::anotherIsReported);
    Ended ended = refused(ANNA_OVERRIDES);
    assertThat(ended.record().code()).isEqualTo("NOT_APPROVED");
    assertThat(members.commitsOf("east-0")).isEqualTo(" on");
  }

  @Test
  void two_that_accept_writes_are_refused() {
    members.promote("west-0");
    Ended ended = refused(RESTORE);
    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    members.kill("west-0");
  }
}
