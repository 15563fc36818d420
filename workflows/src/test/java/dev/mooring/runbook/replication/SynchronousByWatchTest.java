package dev.mooring.runbook.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunBed;
import dev.mooring.topology.InstanceId;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run that a watch starts for commits waits for a person, or the cluster file approves it. */
class SynchronousByWatchTest {
  private static final Instant SINCE = Instant.parse("2030-01-01T00:00:00Z");
  private static final String BOTH = "ANY 1 (west_0, east_1) on";
  private static final String RELAX =
      "{'cluster':'strait','act':'synchronous','relax':true,'mode':'execute','by':'watch',"
          + "'reason':'none streams','incident':'2030-01-01T00:00:00Z'}";
  private static final String RESTORE = RELAX.replace("'relax':true", "'relax':false");

  private Bed strait = bed("act", Reaction.RELAX);

  private static final class Bed extends RunBed<ReplicationResult> {
    Bed(String how, Reaction reaction) {
      super(
          Strait.synchronous("{}\nwatch: {reactions: {synchronous: " + how + "}}"),
          ReplicationSetupImpl.class,
          "ReplicationSetup",
          "mooring:strait:replication:"
              + (reaction == Reaction.RELAX ? "relax" : "restore")
              + "-1893456000",
          ReplicationResult.class);
    }

    @Override
    protected String digestOf(ReplicationResult nothing) {
      throw new IllegalStateException("a result has no digest");
    }
  }

  /** No standby streams, and the watch reports that. */
  private static Bed bed(String how, Reaction reaction) {
    Bed bed = new Bed(how, reaction);
    bed.world().members().kill("west-0");
    bed.world().members().kill("east-1");
    reports(bed, reaction, SINCE);
    return bed;
  }

  private static void reports(Bed bed, Reaction reaction, Instant since, Pause... pauses) {
    Incident one = new Incident(reaction, new InstanceId("east-0"), since, true, false);
    bed.world().runs().monitoring(Optional.of(new Monitoring(true, List.of(pauses), List.of(one))));
  }

  private void pause() {
    reports(strait, Reaction.RELAX, SINCE, new Pause("alice", "disks", Instant.EPOCH, List.of()));
  }

  private void another(Bed bed) {
    strait.close();
    strait = bed;
  }

  private FakeMembers members() {
    return strait.world().members();
  }

  @AfterEach
  void close() {
    strait.close();
  }

  private void refused(String inHeadline) {
    Ended ended = strait.ended(RELAX);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains(inHeadline);
    assertThat(members().commitsOf("east-0")).isEqualTo(BOTH);
    assertThat(Strait.relaxedOn(strait.world(), "e0", "e1", "w0")).isEmpty();
  }

  @Test
  void with_act_the_cluster_file_approves_that_commits_wait_for_no_standby() {
    assertThat(strait.run(RELAX).outcome()).isEqualTo("Completed");
    assertThat(members().commitsOf("east-0")).isEqualTo(" on");
    assertThat(Strait.relaxedOn(strait.world(), "e0", "e1", "w0")).hasSize(3);
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(one -> one.decision() + " " + one.by())
        .containsExactly("approve watch.reactions.synchronous of the cluster file");
  }

  @Test
  void with_act_commits_wait_again_once_a_standby_streams_and_the_record_is_removed() {
    another(bed("act", Reaction.RESTORE));
    members().commitsWaitFor("east-0", "");
    Strait.relaxed(strait.world(), "e0", "east-0", 1);
    members().start("west-0");
    assertThat(strait.run(RESTORE).outcome()).isEqualTo("Completed");
    assertThat(members().commitsOf("east-0")).isEqualTo("ANY 1 (west_0) on");
    assertThat(Strait.relaxedOn(strait.world(), "e0", "e1", "w0")).isEmpty();
  }

  /** A typed run that restores asks no person; the run of a watch does. */
  @Test
  void with_propose_it_waits_for_a_person_whatever_it_sets() {
    for (Reaction reaction : List.of(Reaction.RELAX, Reaction.RESTORE)) {
      another(bed("propose", reaction));
      boolean relaxes = reaction == Reaction.RELAX;
      if (!relaxes) {
        members().commitsWaitFor("east-0", "");
        members().start("west-0");
      }
      String before = members().commitsOf("east-0");
      WorkflowStub run =
          strait.start(
              relaxes ? RELAX : RESTORE, headline -> headline.contains("waits for an approval"));
      assertThat(members().commitsOf("east-0")).isEqualTo(before);
      RunBed.decide(run, "{'decision':'reject','by':'bob'}");
    }
  }

  @Test
  void with_off_it_is_refused() {
    another(bed("off", Reaction.RELAX));
    refused("automatic-setting: off, must be watch.reactions.synchronous: propose or act");
  }

  @Test
  void a_pause_refuses_it_at_the_first_look_and_under_the_locks() {
    strait.bed.faults().beforeFirst(call -> call.step().equals("OBSERVE_EPOCHS"), this::pause);
    refused("automatic-pause: paused by alice");
    refused("automatic-pause: paused by alice");
  }

  @Test
  void an_incident_that_the_watch_does_not_report_refuses_it() {
    reports(strait, Reaction.RESTORE, SINCE);
    refused("east-0 automatic-incident: the watch reports none");
  }

  /** One that is cut off with its network may be promoted there, and knows no record. */
  @Test
  void with_act_it_is_refused_if_the_host_of_one_member_does_not_answer() {
    strait.world().trouble().hostAnswers("w0", false);
    refused("west-0 automatic-members");
  }

  @Test
  void with_act_it_is_refused_if_a_member_runs_and_is_not_read_over_sql() {
    members().start("west-0");
    members().freeze("west-0");
    refused("west-0 automatic-members");
  }

  @Test
  void with_act_it_relaxes_nothing_if_one_host_does_not_take_the_record() {
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.step().equals("RECORD_RELAXATION"),
            () -> strait.world().trouble().hostAnswers("w0", false));
    assertThat(strait.ended(RELAX).type()).isNotEqualTo("Completed");
    assertThat(members().commitsOf("east-0")).isEqualTo(BOTH);
  }

  @Test
  void with_propose_its_plan_shows_the_members_that_are_not_read_and_a_person_decides() {
    another(bed("propose", Reaction.RELAX));
    strait.world().trouble().hostAnswers("w0", false);
    WorkflowStub run = strait.start(RELAX, headline -> headline.contains("waits for an approval"));
    Plan plan = run.query("plan", Plan.class);
    assertThat(plan.measured()).extracting(Fact::name).containsExactly("west-0 automatic-members");
    RunBed.decide(run, "{'decision':'approve','by':'bob','digest':'" + plan.digest() + "'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().plans())
        .last()
        .satisfies(approved -> assertThat(approved.measured()).isEqualTo(plan.measured()));
    assertThat(members().commitsOf("east-0")).isEqualTo(" on");
  }

  @Test
  void it_is_refused_if_what_streams_asks_for_the_other_change() {
    members().start("west-0");
    refused("east-0 automatic-change");
  }

  @Test
  void it_restores_nothing_while_names_are_an_administrators() {
    another(bed("act", Reaction.RESTORE));
    members().commitsWaitFor("east-0", "by_hand");
    members().start("west-0");
    assertThat(strait.ended(RESTORE).record().headline()).contains("east-0 automatic-names");
    assertThat(members().commitsOf("east-0")).isEqualTo("by_hand on");
  }

  /** It is not read, its host records nothing, and no run names it again. */
  @Test
  void with_act_it_relaxes_nothing_while_names_are_an_administrators() {
    members().commitsWaitFor("east-0", "ANY 1 (west_0, by_hand)");
    assertThat(strait.ended(RELAX).record().headline()).contains("east-0 automatic-names");
    assertThat(members().commitsOf("east-0")).isEqualTo("ANY 1 (west_0, by_hand) on");
    assertThat(Strait.relaxedOn(strait.world(), "e0", "e1", "w0")).isEmpty();
  }

  @Test
  void with_propose_a_person_decides_also_about_names_of_an_administrator() {
    another(bed("propose", Reaction.RELAX));
    members().commitsWaitFor("east-0", "ANY 1 (west_0, by_hand)");
    WorkflowStub run = strait.start(RELAX, headline -> headline.contains("waits for an approval"));
    assertThat(run.query("plan", Plan.class).objects().get(0)).contains("by_hand");
    RunBed.decide(run, "{'decision':'reject','by':'bob'}");
  }

  /** A person alone overrides that. */
  @Test
  void it_is_refused_if_the_hosts_of_too_few_standbys_take_the_record() {
    strait.world().trouble().hostAnswers("w0", false);
    strait.world().trouble().hostAnswers("e1", false);
    refused("override unrecorded");
  }

  @Test
  void a_standby_that_streams_again_before_the_locks_are_taken_is_waited_for() {
    strait
        .bed
        .faults()
        .beforeFirst(call -> call.step().equals("OBSERVE_EPOCHS"), () -> members().start("west-0"));
    assertThat(strait.ended(RELAX).record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(members().commitsOf("east-0")).isEqualTo(BOTH);
  }

  @Test
  void it_brings_nothing_that_only_a_person_may() {
    for (String more :
        List.of(
            "'overrides':'other-writer'",
            "'digest':'" + "0".repeat(64) + "'",
            "'act':'setup'",
            "'by':'hook pagers'",
            "'mode':'plan'")) {
      String field = more.substring(0, more.indexOf(':'));
      String without = RESTORE.replaceFirst(field + ":'[^']*',", "");
      Ended ended = strait.ended(without.replaceFirst("}$", "," + more + "}"));
      assertThat(ended.message()).as(more).contains("incident: is for act synchronous");
    }
  }
}
