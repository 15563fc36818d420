package dev.mooring.runbook.watch;

import static dev.mooring.runbook.watch.WatchBed.OFF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.Call;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.port.Sign;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.Typed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The watch of a cluster in memory, which looks each hundredth of a second. */
class ReplicationWatchWorkflowTest {
  private static final SiteName EAST = new SiteName("east");
  private static final SiteName WEST = new SiteName("west");

  private final WatchBed strait = new WatchBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.close();
  }

  @Test
  void nothing_is_wrong_with_a_cluster_that_streams() {
    strait.watching();
    assertThat(strait.open()).isEmpty();
    assertThat(strait.headline()).isEqualTo("nothing is wrong");
  }

  @Test
  void a_primary_that_dies_is_told_and_one_that_comes_back_ends_that() {
    strait.watching();
    strait.world().members().kill("east-0");
    strait.untilOpen("primary-down strait", "member-silent east-0");
    assertThat(strait.headline()).startsWith("primary-down: ");
    assertThat(strait.bed.noted("mooring:strait:watch", SearchAttributes.NEEDS_OPERATOR))
        .containsExactly("false", "true");
    strait.world().members().start("east-0");
    strait.untilOpen();
    assertThat(strait.bed.noted("mooring:strait:watch", SearchAttributes.NEEDS_OPERATOR))
        .containsExactly("false", "true", "false");
  }

  @Test
  void commits_that_hang_are_told_until_a_standby_that_they_wait_for_streams_again() {
    strait.world().members().commitsWaitFor("east-0", "ANY 2 (west_0, east_1)");
    strait.watching();
    assertThat(strait.open()).isEmpty();
    strait.world().members().cut("west-0", true);
    strait.untilState(
        state -> state.diagnoses().stream().anyMatch(d -> d.kind() == DiagnosisKind.COMMITS_HANG));
    assertThat(strait.headline()).startsWith("commits-hang: ");
    strait.world().members().cut("west-0", false);
    strait.untilOpen();
  }

  /** S15: it is watched as the primary from then on. */
  @Test
  void one_that_was_promoted_by_hand_is_told_and_watched_as_the_primary() {
    strait.world().members().moved("east-0", 4);
    strait.watching();
    strait.world().members().kill("east-0");
    strait.world().members().promote("west-0");
    strait.untilState(
        state ->
            state.diagnoses().stream().anyMatch(d -> d.kind() == DiagnosisKind.PROMOTED_BY_HAND));
    strait.untilState(
        state ->
            state.diagnoses().stream()
                .anyMatch(
                    d ->
                        d.kind() == DiagnosisKind.NO_STANDBY_STREAMING
                            && d.subject().equals("west-0")));
  }

  /** S14: one that recovers, or is parked, is no fault. */
  @Test
  void of_a_dr_site_only_the_processes_and_the_age_of_its_proof_are_read() {
    try (WatchBed moored = new WatchBed(Harbour.strait())) {
      moored.watching();
      moored.untilState(
          state ->
              state.sites().stream()
                  .flatMap(site -> site.signs().stream())
                  .anyMatch(new Sign(Sign.Kind.PROCESS, new InstanceId("deep-0"), "none")::equals));
      assertThat(moored.open()).noneMatch(one -> one.contains("deep"));
      SiteName deep = new SiteName("deep");
      assertThat(moored.watchesOf(deep).get(0).watched().evidence())
          .isEqualTo(EvidenceLimits.at(Harbour.strait(), deep));
    }
  }

  /** P4: publishing goes on at west. */
  @Test
  void a_restore_point_that_is_too_old_is_over_once_a_site_that_is_left_reads_a_new_one() {
    isReady(1);
    strait.watching();
    strait.untilOpen("restore-point-too-old east");
    strait.bed.watch().loses(EAST, true);
    strait.untilOpen("site-not-watched east", "restore-point-too-old east");
    isReady((int) Duration.between(SampleManifests.at(0), Instant.now()).toMinutes());
    strait.untilOpen("site-not-watched east");
  }

  private void isReady(int point) {
    Cluster cluster = strait.world().cluster();
    strait
        .world()
        .manifests()
        .ensureReady(
            new EnsureManifest(
                new Call(cluster.name(), "run", "READY", 1, Epoch.NONE),
                cluster.policies().evidence(),
                SampleManifests.ready(point, 1)));
  }

  @Test
  void a_dr_site_whose_worker_stops_again_and_again_is_not_watched() {
    try (WatchBed moored = new WatchBed(Harbour.strait())) {
      moored.watching();
      moored.bed.watch().stops(new SiteName("deep"), true);
      moored.untilState(state -> moored.open().contains("site-not-watched deep"));
      moored.bed.watch().stops(new SiteName("deep"), false);
      moored.untilState(state -> !moored.open().contains("site-not-watched deep"));
    }
  }

  @Test
  void a_host_that_is_silent_is_told() {
    strait.watching();
    strait.world().trouble().hostAnswers("w0", false);
    strait.untilOpen("host-silent west-0");
  }

  /** It takes 5 s more until a diagnosis ends, in which no sign changes. */
  private static WatchBed endingSlowly() {
    return new WatchBed(
        Strait.cluster("sites:\n", "watch: {every: PT1S, endAfterLooks: 8}\nsites:\n"));
  }

  @Test
  void a_diagnosis_of_two_signs_stays_open_until_all_looks_that_end_it_are_over() {
    try (WatchBed slow = endingSlowly()) {
      slow.watching();
      slow.untilState(WatchState::isAllSeen);
      slow.world().members().setOn("west-0", "wal_keep_size", "1GB");
      slow.untilOpen("configuration-drift west-0");
      List<SiteState> drifted = slow.state().sites();
      slow.world().members().setOn("west-0", "wal_keep_size", "0");
      slow.untilState(
          state ->
              !state.sites().equals(drifted)
                  && WatchBed.open(state).equals(List.of("configuration-drift west-0")));
      slow.untilOpen();
    }
  }

  /** The next run begins to count anew, and ends it all the same. */
  @Test
  void a_diagnosis_that_is_ending_ends_in_the_run_that_goes_on() {
    try (WatchBed slow = endingSlowly()) {
      slow.looksOnFrom(
          new Diagnosis(
              DiagnosisKind.CONFIGURATION_DRIFT, "west-0", "it is", "look", Instant.EPOCH));
      slow.untilState(
          state ->
              state.sites().stream().noneMatch(site -> site.signs().isEmpty())
                  && WatchBed.open(state).equals(List.of("configuration-drift west-0")));
      slow.untilOpen();
    }
  }

  /** Its history grows with what changes, and with nothing else. */
  @Test
  void what_does_not_change_is_no_event() {
    strait.watching();
    long before = looks();
    strait.bed.temporal().sleep(Duration.ofMillis(300));
    assertThat(looks()).isEqualTo(before);
  }

  private long looks() {
    return strait.bed.events("mooring:strait:watch").stream()
        .filter("scheduled AwaitChanged"::equals)
        .count();
  }

  @Test
  void a_site_whose_worker_is_gone_is_never_taken_for_good() {
    strait.watching();
    strait.bed.watch().loses(WEST, true);
    strait.untilOpen("site-not-watched west");
    strait.bed.watch().loses(WEST, false);
    strait.untilOpen();
  }

  /** Another may be promoted while nobody looks: the primary of before is no second one. */
  @Test
  void who_accepts_writes_is_not_known_once_a_worker_was_lost() {
    strait.watching();
    strait.bed.watch().losesOnce(EAST);
    strait.until(() -> String.valueOf(wasBegunWithoutRoles(EAST)), "true"::equals);
    strait.untilOpen();
  }

  /** Whether a call began with signs that are known, but for who accepts writes. */
  private boolean wasBegunWithoutRoles(SiteName site) {
    return strait.watchesOf(site).stream()
        .map(work -> work.last().signs())
        .anyMatch(last -> !last.isEmpty() && last.stream().noneMatch(this::isRole));
  }

  @Test
  void who_accepts_writes_is_not_known_once_a_worker_stopped_in_order() {
    strait.watching();
    strait.bed.watch().stopsOnce(EAST);
    strait.until(() -> String.valueOf(wasBegunWithoutRoles(EAST)), "true"::equals);
    strait.untilState(WatchState::isAllSeen);
    assertThat(strait.open()).isEmpty();
  }

  private boolean isRole(Sign sign) {
    return sign.kind() == Sign.Kind.ROLE;
  }

  @Test
  void a_site_whose_worker_is_not_understood_is_not_watched() {
    strait.watching();
    strait.bed.watch().isNewer(WEST);
    strait.untilOpen("site-not-watched west");
  }

  /** What was wrong is not over, and nothing else is good, while nobody can look. */
  @Test
  void a_cluster_file_that_is_away_for_a_while_leaves_all_unwatched() {
    strait.bed.faults().plan(call -> call.method().equals("readCluster"), Fault.FAILS);
    strait.world().members().kill("east-0");
    strait.goesOnFrom(
        new Diagnosis(DiagnosisKind.PRIMARY_DOWN, "strait", "it is down", "fix it", Instant.EPOCH),
        new Diagnosis(DiagnosisKind.MEMBER_SILENT, "east-0", "it is", "look", Instant.EPOCH));
    isUnwatched();
    // a file that is away for long is no endless history either
    strait.goesOnAnew();
    isUnwatched();
    strait.bed.faults().mend();
    strait.untilOpen("primary-down strait", "member-silent east-0");
    assertThat(strait.monitoring().pauses()).hasSize(1);
  }

  private void isUnwatched() {
    strait.untilOpen(
        "primary-down strait",
        "site-not-watched east",
        "site-not-watched west",
        "member-silent east-0");
    assertThat(strait.state().diagnoses().get(0).unseenSince()).hasSize(1);
    assertThat(strait.bed.noted("mooring:strait:watch", SearchAttributes.NEEDS_OPERATOR))
        .containsExactly("true");
  }

  @Test
  void a_switchover_by_hand_opens_neither_two_writers_nor_none() {
    strait.watching();
    strait.world().members().kill("east-0");
    strait.world().members().promote("west-0");
    strait.untilState(
        state -> state.diagnoses().stream().anyMatch(d -> d.kind() == DiagnosisKind.MEMBER_SILENT));
    assertThat(strait.state().diagnoses())
        .extracting(Diagnosis::kind)
        .doesNotContain(DiagnosisKind.PRIMARY_DOWN, DiagnosisKind.TWO_WRITABLE);
  }

  @Test
  void a_watch_that_begins_paused_is_paused_from_its_first_moment() {
    strait.begin("{'cluster':'strait','by':'alice','reason':'new disks','paused':true}");
    assertThat(strait.monitoring().pauses())
        .extracting(pause -> pause.by() + ": " + pause.reason())
        .containsExactly("alice: new disks");
    strait.untilState(WatchState::isAllSeen);
    strait.update("resume", "{'by':'bob'}");
    assertThat(strait.monitoring().pauses()).isEmpty();
  }

  @Test
  void a_pause_at_the_start_says_who_and_why() {
    Ended ended = strait.ended("{'cluster':'strait','paused':true}");
    assertThat(ended.type()).isEqualTo("BAD_INPUT");
  }

  @Test
  void a_whole_site_that_is_gone_with_the_primary_is_told() {
    strait.watching();
    strait.world().members().kill("east-0");
    strait.world().members().kill("east-1");
    strait.bed.watch().loses(EAST, true);
    strait.untilState(
        state ->
            state.diagnoses().stream()
                .map(Diagnosis::kind)
                .toList()
                .equals(List.of(DiagnosisKind.PRIMARY_DOWN, DiagnosisKind.SITE_NOT_WATCHED)));
  }

  @Test
  void a_pause_stands_until_a_person_ends_it() {
    strait.watching();
    assertThat(strait.monitoring().pauses()).isEmpty();
    assertThat(strait.update("pause", OFF)).contains("paused by alice: new disks");
    assertThat(strait.monitoring().pauses()).hasSize(1);
    assertThat(strait.headline()).startsWith("automation is paused");
    assertThat(strait.update("resume", "{'by':'bob'}")).isEqualTo("automation continues");
    assertThat(strait.monitoring().pauses()).isEmpty();
  }

  @Test
  void a_pause_ends_by_itself() {
    strait.unwatched();
    strait.update("pause", "{'by':'alice','reason':'new disks','until':'PT10S'}");
    assertThat(strait.monitoring().pauses()).hasSize(1);
    strait.until(() -> strait.monitoring().pauses().toString(), "[]"::equals);
  }

  @Test
  void a_later_pause_takes_the_place_of_one() {
    strait.unwatched();
    strait.update("pause", "{'by':'alice','reason':'new disks','until':'PT10S'}");
    strait.update("pause", OFF);
    Instant over = now().plusSeconds(12);
    strait.until(() -> String.valueOf(now().isAfter(over)), "true"::equals);
    assertThat(strait.monitoring().pauses()).hasSize(1);
  }

  private Instant now() {
    return Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
  }

  @Test
  void a_pause_that_can_not_be_understood_is_refused() {
    strait.watching();
    assertThatThrownBy(() -> strait.update("pause", "{'by':'alice'}"))
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining("reason is missing");
    assertThatThrownBy(
            () -> strait.update("pause", "{'by':'a','reason':'b','until':'2020-01-01T00:00:00Z'}"))
        .hasStackTraceContaining("must lie ahead");
    assertThatThrownBy(() -> strait.update("pause", "{'by':'a','reason':'b','until':'soon'}"))
        .hasStackTraceContaining("until");
    for (String far : List.of("P366D", "P9999999999D", "2130-01-01T00:00:00Z")) {
      assertThatThrownBy(
              () -> strait.update("pause", "{'by':'a','reason':'b','until':'" + far + "'}"))
          .hasStackTraceContaining("within 365 days");
    }
    assertThat(strait.monitoring().pauses()).isEmpty();
  }

  /** Nobody notices: what was known, what is paused, and since when, goes on. */
  @Test
  void a_history_that_grows_long_is_begun_anew() {
    strait.watching();
    strait.world().members().pauseReplay("west-0");
    strait.untilOpen("replay-paused west-0");
    WatchState before = strait.state();
    strait.goesOnAnew();
    // nobody looked between the two runs
    strait.until(() -> String.valueOf(wasBegunWithoutRoles(EAST)), "true"::equals);
    strait.untilState(WatchState::isAllSeen);
    WatchState after = strait.state();
    assertThat(after.pauses()).extracting(Pause::reason).containsExactly("new disks");
    assertThat(strait.monitoring().pauses()).isEqualTo(after.pauses());
    assertThat(after)
        .isEqualTo(
            new WatchState(
                before.since(), after.pauses(), before.sites(), before.diagnoses(), List.of()));
  }

  /** What acts alone asks the run of the one id that a watch has. */
  @Test
  void it_is_refused_under_another_id() {
    WorkflowOptions another =
        TestBed.options("mooring:strait:watcher").toBuilder()
            .setWorkflowRunTimeout(Duration.ofSeconds(20))
            .build();
    WorkflowStub run = strait.bed.client().newUntypedWorkflowStub("ReplicationWatch", another);
    run.start(Typed.json("{'cluster':'strait','by':'a','reason':'b','paused':true}"));
    Ended ended = TestBed.ended(() -> run.getResult(Void.class));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BAD_INPUT");
  }

  @Test
  void a_schedules_run_starts_the_watch_and_leaves_an_open_one_paused_as_it_is() {
    assertThat(scheduled("02")).isEqualTo("mooring:strait:watch was started");
    strait.untilState(WatchState::isAllSeen);
    strait.update("pause", OFF);
    String first = strait.runId();
    assertThat(scheduled("03")).isEqualTo("mooring:strait:watch is open already");
    assertThat(strait.runId()).isEqualTo(first);
    assertThat(strait.monitoring().pauses()).hasSize(1);
  }

  /** Returns the headline that it ended with. */
  private String scheduled(String minute) {
    return strait.scheduled("2026-11-29T05:" + minute + ":00Z");
  }

  @Test
  void a_schedules_run_starts_it_again_after_a_cancel() {
    scheduled("02");
    strait.untilState(WatchState::isAllSeen);
    strait.cancel();
    assertThat(scheduled("03")).isEqualTo("mooring:strait:watch was started");
  }

  @Test
  void a_schedules_run_starts_no_watch_where_patroni_runs_the_members() {
    try (WatchBed patroni = new WatchBed(Strait.byPatroni())) {
      assertThatThrownBy(() -> patroni.scheduled("2026-11-29T05:02:00Z"))
          .hasStackTraceContaining("Patroni runs the members");
      assertThatThrownBy(patroni::runId).isInstanceOf(WorkflowNotFoundException.class);
    }
  }

  private static final String PAUSED =
      "{'cluster':'strait','by':'alice','reason':'new disks','paused':true}";

  /** Hooks and status read it there. */
  @Test
  void the_pause_of_a_cluster_that_is_not_watched_is_kept_until_a_person_ends_it() {
    try (WatchBed patroni = new WatchBed(Strait.byPatroni())) {
      WorkflowStub run = patroni.begin(PAUSED);
      patroni.untilState(WatchState::hasBegun);
      assertThat(patroni.headline())
          .isEqualTo(
              "automation is paused; no instance of strait is watched: Patroni runs its members");
      String first = patroni.runId();
      patroni.passes(Duration.ofHours(30));
      assertThat(patroni.runId()).isNotEqualTo(first);
      assertThat(patroni.monitoring().pauses()).extracting(Pause::by).containsExactly("alice");
      assertThat(patroni.monitoring().watched()).isFalse();
      assertThat(patroni.state().isAllSeen()).isFalse();
      assertThat(patroni.update("resume", "{'by':'bob'}"))
          .startsWith("automation continues; the cluster file is read again");
      patroni.result(run);
      assertThat(patroni.headline())
          .isEqualTo(
              "automation continues; no instance of strait is watched: Patroni runs its members");
    }
  }

  @Test
  void a_pause_alone_that_ends_becomes_a_watch_once_the_file_can_be_watched_by() {
    strait.world().clusterFileBecomes(Strait.byPatroni());
    strait.begin(PAUSED);
    strait.untilState(WatchState::hasBegun);
    assertThat(strait.monitoring().watched()).isFalse();
    String first = strait.runId();
    strait.world().clusterFileBecomes(Strait.cluster());
    strait.update("resume", "{'by':'bob'}");
    strait.untilAnotherGoesOn(first);
    strait.untilState(WatchState::isAllSeen);
    assertThat(strait.monitoring().watched()).isTrue();
    assertThat(strait.open()).isEmpty();
  }

  @Test
  void a_pause_alone_whose_file_is_gone_ends_with_the_pause() {
    try (WatchBed patroni = new WatchBed(Strait.byPatroni())) {
      patroni.bed.faults().plan(call -> call.method().equals("readCluster"), Fault.FAILS);
      WorkflowStub run = patroni.keepsPauseFrom("no instance of strait is watched: why");
      patroni.until(patroni::noted, noted -> noted.contains("; it is read again"));
      patroni.update("resume", "{'by':'bob'}");
      patroni.result(run);
      assertThat(patroni.headline())
          .isEqualTo("automation continues; no instance of strait is watched: why");
    }
  }

  @Test
  void the_pause_of_a_cluster_that_is_not_watched_ends_with_a_cancel() {
    try (WatchBed patroni = new WatchBed(Strait.byPatroni())) {
      patroni.begin(PAUSED);
      patroni.untilState(WatchState::hasBegun);
      patroni.cancel();
    }
  }

  @Test
  void the_pause_of_a_cluster_that_does_not_stream_ends_by_itself() {
    String id = "mooring:harbour:watch";
    try (TestBed fleet =
        new TestBed(new FakeCluster(Harbour.cluster(2)), ReplicationWatchImpl.class)) {
      WorkflowStub run =
          fleet.client().newUntypedWorkflowStub("ReplicationWatch", TestBed.options(id));
      run.start(Typed.json(PAUSED.replace("strait", "harbour").replace("}", ",'until':'PT1H'}")));
      fleet.awaiting(id, () -> run.getResult(Void.class));
      assertThat(run.query("progress", Progress.class).headline())
          .isEqualTo(
              "automation continues; no instance of harbour is watched: its file has no section"
                  + " replication");
    }
  }

  /** It is read again each hour, whatever is found. */
  @Test
  void a_cluster_file_that_changes_is_gone_by_within_an_hour() {
    strait.unwatched();
    String first = strait.runId();
    strait.world().clusterFileChanges();
    strait.passes(Duration.ofMinutes(50));
    assertThat(strait.runId()).isEqualTo(first);
    strait.passes(Duration.ofMinutes(20));
    assertThat(strait.runId()).isNotEqualTo(first);
    strait.untilOpen("site-not-watched east", "site-not-watched west");
  }

  @Test
  void it_is_refused_where_patroni_runs_the_members() {
    try (WatchBed patroni = new WatchBed(Strait.byPatroni())) {
      Ended ended = patroni.ended("{'cluster':'strait'}");
      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(ended.record().headline()).contains("Patroni runs the members");
    }
  }
}
