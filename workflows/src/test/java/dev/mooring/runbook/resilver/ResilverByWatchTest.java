package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Runbook;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunBed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.NoticePolicy.Severity;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run that a watch starts for a standby waits for a person, or the cluster file approves it. */
class ResilverByWatchTest {
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final Instant SINCE = Instant.parse("2030-01-01T00:00:00Z");
  private static final String RUN = "mooring:strait:resilver:west-0-1893456000";
  private static final String BY_THE_FILE = "watch.reactions.resilver of the cluster file";
  private static final String ASKED =
      "{'cluster':'strait','mode':'execute','instances':'west-0','by':'watch',"
          + "'reason':'it does not stream','incident':'2030-01-01T00:00:00Z'}";

  private Bed strait = bed(reacting("act"));

  private static final class Bed extends RunBed<ResilverResult> {
    Bed(Cluster cluster, String run) {
      super(cluster, ResilverImpl.class, "Resilver", run, ResilverResult.class);
    }

    @Override
    protected String digestOf(ResilverResult nothing) {
      throw new IllegalStateException("a result has no digest");
    }

    List<String> acts() {
      return bed.events(RUN).stream()
          .filter(event -> event.startsWith("scheduled Ensure"))
          .filter(event -> !event.equals("scheduled EnsureReceipt"))
          .filter(event -> !event.equals("scheduled EnsureCheckpointed"))
          .toList();
    }
  }

  private static Cluster reacting(String how) {
    return Strait.cluster("sites:\n", "watch: {reactions: {resilver: " + how + "}}\nsites:\n");
  }

  /** The watch reports that west-0 does not stream. */
  private static Bed bed(Cluster cluster) {
    return bed(cluster, RUN);
  }

  private static Bed bed(Cluster cluster, String run) {
    Bed bed = new Bed(cluster, run);
    bed.world().members().cut("west-0", true);
    reports(bed, List.of(), SINCE);
    return bed;
  }

  private static void reports(Bed bed, List<Pause> pauses, Instant since) {
    Incident one = new Incident(Reaction.RESILVER, new InstanceId("west-0"), since, true, false);
    bed.world().runs().monitoring(Optional.of(new Monitoring(true, pauses, List.of(one))));
  }

  private void pause() {
    reports(strait, List.of(new Pause("alice", "disks", Instant.EPOCH, List.of())), SINCE);
  }

  private FakeMembers members() {
    return strait.world().members();
  }

  private void another(Bed bed) {
    strait.close();
    strait = bed;
  }

  @AfterEach
  void close() {
    strait.close();
  }

  private Ended refused(String inHeadline) {
    Ended ended = strait.ended(ASKED);
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().headline()).contains(inHeadline);
    assertThat(strait.acts()).isEmpty();
    return ended;
  }

  private void healsAtFollow() {
    strait
        .bed
        .faults()
        .beforeFirst(call -> call.step().equals("FOLLOW"), () -> members().cut("west-0", false));
  }

  private void waitsForAPerson(String json) {
    WorkflowStub run = strait.start(json, headline -> headline.contains("waits for an approval"));
    assertThat(strait.acts()).isEmpty();
    RunBed.decide(run, "{'decision':'reject','by':'bob'}");
  }

  /** Also where only a signature approves: the file itself is what the approvers agreed on. */
  @Test
  void with_act_the_cluster_file_approves_it_and_the_receipt_shows_that() {
    another(
        bed(
            Strait.cluster(
                "sites:\n",
                ApprovalSigner.APPROVERS + "watch: {reactions: {resilver: act}}\nsites:\n")));
    healsAtFollow();
    assertThat(strait.run(ASKED).headline()).isEqualTo("standbys again: west-0 by FOLLOW");
    assertThat(strait.world().lastReceipt().decisions())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.decision()).isEqualTo("approve");
              assertThat(one.by()).isEqualTo(BY_THE_FILE);
              assertThat(one.unsigned()).isFalse();
            });
  }

  /** A typed run of a standby that only follows asks no person; the run of a watch does. */
  @Test
  void with_propose_it_makes_its_plan_and_waits_for_a_person() {
    another(bed(reacting("propose")));
    waitsForAPerson(ASKED);
  }

  @Test
  void with_act_a_standby_that_streams_waits_for_a_person() {
    members().cut("west-0", false);
    waitsForAPerson(ASKED);
  }

  @Test
  void with_act_the_cluster_file_approves_a_base_backup_too_where_the_primary_lacks_wal() {
    Strait.keepsWalFrom(members(), "east-0", Lsn.parse("0/6000000"));
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("awaitCopied"), () -> members().cut("west-0", false));
    assertThat(strait.run(ASKED).headline()).isEqualTo("standbys again: west-0 by BASE_BACKUP");
    assertThat(strait.world().lastReceipt().decisions())
        .singleElement()
        .satisfies(one -> assertThat(one.by()).isEqualTo(BY_THE_FILE));
  }

  @Test
  void with_act_a_standby_that_catches_up_waits_for_a_person() {
    members().cut("west-0", false);
    Strait.catchesUp(members(), "west-0");
    waitsForAPerson(ASKED);
  }

  /** East-1 is promoted without what west-0 received last. */
  @Test
  void with_act_a_standby_that_alone_has_some_wal_waits_for_a_person() {
    Strait.losesItsEnd(members(), "east-1");
    members().kill("east-0");
    members().promote("east-1");
    members().putSignal("east-0");
    members().start("east-0");
    members().moved("east-1", 7);
    waitsForAPerson(ASKED);
    assertThat(strait.bed.client().newUntypedWorkflowStub(RUN).query("plan", Plan.class).objects())
        .anyMatch(object -> object.contains("west-0: REWIND from east-1, discarding"));
  }

  @Test
  void with_off_it_is_refused() {
    another(bed(Strait.cluster()));
    refused("automatic-setting: off, must be watch.reactions.resilver: propose or act");
  }

  @Test
  void a_pause_and_one_that_can_not_be_read_and_no_watch_refuse_it() {
    pause();
    refused("automatic-pause: paused by alice: disks");
    strait.world().runs().monitoring(Optional.empty());
    refused("automatic-pause: can't be read");
    strait.world().runs().monitoring(Optional.of(new Monitoring(false, List.of(), List.of())));
    refused("automatic-pause: no watch runs");
  }

  private void announces() {
    another(
        bed(
            Strait.cluster(
                "sites:\n",
                """
                notices: {channels: [{name: chat, from: error, command: tell}]}
                watch: {reactions: {resilver: act}}
                sites:
                """)));
  }

  /** No person is at a terminal who could read it. */
  @Test
  void one_that_is_refused_is_critical() {
    announces();
    pause();
    refused("automatic-pause");
    strait.until(() -> strait.bed.notices().taken().size() + "", "1"::equals);
    assertThat(strait.bed.notices().taken().get(0).notice().severity())
        .isEqualTo(Severity.CRITICAL);
  }

  /** No person waits for its end at a terminal. */
  @Test
  void one_that_the_cluster_file_approved_is_a_critical_notice_also_if_it_completed() {
    announces();
    healsAtFollow();
    strait.run(ASKED);
    strait.until(() -> strait.bed.notices().taken().size() + "", "1"::equals);
    assertThat(strait.bed.notices().taken().get(0).notice().severity())
        .isEqualTo(Severity.CRITICAL);
    assertThat(strait.bed.notices().taken().get(0).notice().message().headline())
        .startsWith("Resilver ended Completed without a person");
  }

  /** A hook's run ends Completed then, which no channel is sent. */
  @Test
  void those_who_were_asked_to_approve_a_resilver_get_that_the_standby_streams_again() {
    announces();
    WorkflowStub run =
        strait.start(
            "{'cluster':'strait','mode':'execute','by':'hook pager'}",
            headline -> headline.contains("waits for an approval"));
    strait.world().members().cut("west-0", false);
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    Supplier<List<String>> over =
        () ->
            strait.bed.notices().taken().stream()
                .map(EnsureNoticed::notice)
                .filter(one -> one.event() == Event.OVER)
                .map(one -> one.message().headline())
                .toList();
    strait.until(() -> over.get().size() + "", "1"::equals);
    assertThat(over.get().get(0)).endsWith(" is no longer needed: streaming again: [west-0]");
  }

  @Test
  void an_open_failback_refuses_it_at_the_first_look_and_under_the_locks() {
    Runnable begins =
        () ->
            strait
                .world()
                .runs()
                .open(STRAIT, Runbook.FAILBACK.id(STRAIT), Runbook.FAILBACK.type());
    strait.bed.faults().beforeFirst(call -> call.step().equals("LOCK"), begins);
    refused("automatic-failback: Failback (workflow mooring:strait:failback) is open");
    refused("automatic-failback");
  }

  @Test
  void a_pause_before_the_locks_are_taken_refuses_it() {
    strait.bed.faults().beforeFirst(call -> call.step().equals("LOCK"), this::pause);
    refused("automatic-pause: paused by alice");
  }

  @Test
  void a_standby_that_streams_again_before_the_locks_are_taken_is_left_alone() {
    strait
        .bed
        .faults()
        .beforeFirst(call -> call.step().equals("LOCK"), () -> members().cut("west-0", false));
    refused("west-0 automatic-standby: streams");
  }

  @Test
  void two_members_that_accept_writes_refuse_it() {
    members().promote("east-1");
    assertThat(refused("accept writes, all of them").record().code()).isEqualTo("TWO_PRIMARIES");
  }

  @Test
  void a_member_whose_host_is_silent_refuses_it() {
    strait.world().trouble().hostAnswers("e1", false);
    refused("automatic-members");
  }

  @Test
  void a_standby_that_an_authority_file_names_is_left_alone() {
    members().moved("east-0", 7);
    Strait.reported(members(), "west-0", "west-0", 5);
    refused("west-0 automatic-authority");
  }

  @Test
  void an_incident_that_the_watch_does_not_report_refuses_it() {
    reports(strait, List.of(), SINCE.plusSeconds(1));
    refused("west-0 automatic-incident: the watch reports one since 2030-01-01T00:00:01Z");
  }

  /** The request of the watch, typed by a person under the usual id. */
  @Test
  void in_a_run_of_another_id_it_is_refused() {
    another(bed(reacting("act"), "mooring:strait:resilver"));
    assertThat(strait.ended(ASKED).record().headline()).contains("automatic-incident");
  }

  @Test
  void the_name_of_the_setting_approves_nothing_that_a_person_types() {
    members().kill("west-0");
    strait.world().directories().lose("west-0");
    waitsForAPerson(
        "{'cluster':'strait','mode':'execute','instances':'west-0','by':'" + BY_THE_FILE + "'}");
  }

  @Test
  void it_brings_nothing_that_only_a_person_may() {
    for (String more :
        List.of(
            "'overrides':'newer-timeline'",
            "'digest':'" + "0".repeat(64) + "'",
            "'systemIdentifierEnds':'0001'",
            "'instances':'west-0,east-1'",
            "'by':'hook pagers'",
            "'mode':'plan'")) {
      String field = more.substring(0, more.indexOf(':'));
      String without = ASKED.replaceFirst(field + ":'[^']*',", "");
      Ended ended = strait.ended(without.replaceFirst("}$", "," + more + "}"));
      assertThat(ended.message()).as(more).contains("incident: is for mode execute");
    }
    assertThat(strait.acts()).isEmpty();
  }

  @Test
  void where_patroni_runs_the_members_it_is_refused() {
    another(bed(Strait.byPatroni()));
    refused("Patroni runs the members of cluster strait");
  }
}
