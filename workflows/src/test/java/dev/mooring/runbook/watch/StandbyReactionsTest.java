package dev.mooring.runbook.watch;

import static dev.mooring.runbook.watch.WatchBed.OFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.watch.SiteState.Seen;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A watch asks for one run in each incident of a standby, or of the commits of the primary. */
class StandbyReactionsTest {
  private static final ClusterName STRAIT = new ClusterName("strait");

  private WatchBed strait = new WatchBed(reacting());

  private static Cluster reacting() {
    return Strait.cluster("sites:\n", "watch: {reactions: {resilver: act}}\nsites:\n");
  }

  @AfterEach
  void close() {
    strait.close();
  }

  private List<EnsureReaction> asked() {
    return strait.world().runs().reactions();
  }

  private void until(DiagnosisKind kind) {
    strait.untilState(state -> state.diagnoses().stream().anyMatch(one -> one.kind() == kind));
  }

  private void untilAsked() {
    strait.until(() -> asked().size() + "", "1"::equals);
  }

  private void untilIncident(boolean over) {
    strait.untilState(
        state ->
            state.incidents().size() == 1
                && state.incidents().get(0).started()
                && state.incidents().get(0).over() == over);
  }

  /** A change that is seen later shows that the watch went on. */
  private void watchesOn(String standby) {
    strait.world().members().pauseReplay(standby);
    strait.untilState(
        state -> WatchBed.open(state).contains(DiagnosisKind.REPLAY_PAUSED.id() + " " + standby));
  }

  @Test
  void one_is_asked_for_and_none_again_while_the_standby_comes_and_goes() {
    strait.watching();
    strait.world().members().cut("west-0", true);
    untilIncident(false);
    Incident incident = strait.state().incidents().get(0);
    assertThat(strait.monitoring().incidents()).containsExactly(incident);
    assertThat(asked())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.runbook()).isEqualTo(Runbook.RESILVER);
              assertThat(one.instance()).isEqualTo(new InstanceId("west-0"));
              assertThat(one.incident()).isEqualTo(incident.since().toString());
              assertThat(one.workflowId()).isEqualTo(RunIds.reaction(STRAIT, incident));
            });
    strait.world().members().cut("west-0", false);
    untilIncident(true);
    assertThat(strait.monitoring().incidents()).isEmpty();
    strait.world().members().cut("west-0", true);
    untilIncident(false);
    watchesOn("east-1");
    assertThat(asked()).hasSize(1);
  }

  @Test
  void the_next_run_of_the_watch_knows_the_incident_and_asks_for_none_again() {
    strait.watching();
    strait.world().members().cut("west-0", true);
    untilIncident(false);
    Incident incident = strait.state().incidents().get(0);
    strait.goesOnAnew();
    strait.update("resume", "{'by':'bob'}");
    watchesOn("east-1");
    assertThat(strait.state().incidents()).containsExactly(incident);
    assertThat(asked()).hasSize(1);
  }

  private void reactsToCommits(String more) {
    strait.close();
    strait =
        new WatchBed(Strait.synchronous("{}\nwatch: {reactions: {synchronous: act" + more + "}}"));
    strait.watching();
  }

  @Test
  void a_run_that_relaxes_is_asked_for_once_no_synchronous_standby_streams() {
    reactsToCommits("");
    strait.world().members().kill("west-0");
    watchesOn("east-1");
    assertThat(asked()).as("one streams still").isEmpty();
    strait.world().members().kill("east-1");
    untilIncident(false);
    Incident incident = strait.state().incidents().get(0);
    assertThat(asked())
        .containsExactly(
            new EnsureReaction(
                STRAIT,
                Runbook.REPLICATION_SETUP,
                new InstanceId("east-0"),
                incident.since().toString(),
                "its commits wait, and no synchronous standby streams",
                RunIds.reaction(STRAIT, incident),
                true));
    strait.world().members().commitsWaitFor("east-0", "");
    untilIncident(true);
  }

  /** Both standbys stream, commits wait for none, and the watch goes on for ten minutes. */
  private void streamForTenMinutes() {
    strait.world().members().commitsWaitFor("east-0", "");
    strait.untilState(state -> state.incidents().size() == 1);
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.unseenFor(Duration.ofMinutes(10));
  }

  @Test
  void a_run_that_restores_is_asked_for_once_standbys_have_streamed_for_ten_minutes() {
    reactsToCommits("");
    streamForTenMinutes();
    untilIncident(false);
    assertThat(asked())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.workflowId()).contains(":replication:restore-");
              assertThat(one.relax()).isFalse();
            });
  }

  /** Its signs come site by site, and those of one late. */
  @Test
  void the_next_run_of_the_watch_asks_for_no_second_restoring() {
    reactsToCommits("");
    streamForTenMinutes();
    untilIncident(false);
    Incident incident = strait.state().incidents().get(0);
    strait.bed.watch().loses(new SiteName("west"), true);
    strait.goesOnAnew();
    strait.update("resume", "{'by':'bob'}");
    strait.untilState(
        state -> state.sites().get(0).hasRoles() && state.sites().get(1).seen() == Seen.LOST);
    assertThat(strait.state().incidents()).containsExactly(incident);
    strait.bed.watch().loses(new SiteName("west"), false);
    watchesOn("west-0");
    assertThat(strait.state().incidents()).containsExactly(incident);
    assertThat(asked()).hasSize(1);
  }

  @Test
  void while_an_earlier_run_that_restores_is_open_none_is_asked_for_until_it_has_ended() {
    reactsToCommits("");
    String earlier = Runbook.REPLICATION_SETUP.id(STRAIT) + ":restore-1";
    strait.world().runs().open(STRAIT, earlier, Runbook.REPLICATION_SETUP.type());
    streamForTenMinutes();
    strait.until(strait::noted, noted -> noted.contains(earlier + ") is open"));
    assertThat(asked()).isEmpty();
    strait.world().runs().end(earlier);
    strait.unseenForAWhile();
    untilAsked();
  }

  @Test
  void a_resilver_that_waits_for_a_lock_delays_no_relaxation() {
    reactsToCommits(", resilver: act");
    lockedBy(Runbook.SWITCHOVER);
    strait.world().members().cut("west-0", true);
    strait.until(strait::noted, noted -> noted.contains("west-0") && noted.contains("locked by"));
    strait.world().runs().end(Runbook.SWITCHOVER.id(STRAIT));
    strait.world().members().kill("east-1");
    untilAsked();
    assertThat(asked())
        .singleElement()
        .satisfies(one -> assertThat(one.workflowId()).contains(":replication:relax-"));
  }

  @Test
  void by_default_none_is_asked_for() {
    strait.close();
    strait = new WatchBed(Strait.cluster());
    strait.watching();
    strait.world().members().cut("west-0", true);
    until(DiagnosisKind.RECEIVER_NOT_STREAMING);
    watchesOn("east-1");
    assertThat(strait.state().incidents()).isEmpty();
    assertThat(asked()).isEmpty();
  }

  @Test
  void while_automation_is_paused_none_is_asked_for_until_that_ends() {
    strait.watching();
    strait.update("pause", OFF);
    strait.world().members().cut("west-0", true);
    strait.untilState(state -> !state.incidents().isEmpty());
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.update("resume", "{'by':'bob'}");
    untilAsked();
  }

  @Test
  void while_two_members_accept_writes_none_is_asked_for() {
    strait.watching();
    strait.world().members().promote("east-1");
    strait.world().members().cut("west-0", true);
    until(DiagnosisKind.TWO_WRITABLE);
    watchesOn("west-0");
    assertThat(asked()).isEmpty();
  }

  private String opened(Runbook runbook) {
    return strait.world().runs().open(STRAIT, runbook.id(STRAIT), runbook.type());
  }

  private void lockedBy(Runbook runbook) {
    strait
        .world()
        .runs()
        .lock(
            LockWorkflow.idOf(STRAIT, new SiteName("west")),
            new Holder(runbook.id(STRAIT), opened(runbook), runbook.type()));
  }

  /** Also one that would be waited for: the run would be refused for what it finds locked later. */
  @ParameterizedTest
  @EnumSource(names = {"SWITCHOVER", "PUBLISH_CYCLE"})
  void while_another_run_has_a_lock_none_is_asked_for(Runbook runbook) {
    lockedBy(runbook);
    strait.watching();
    strait.world().members().cut("west-0", true);
    strait.until(strait::noted, noted -> noted.contains("west is locked by " + runbook.type()));
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
  }

  /** It holds no lock while what it resilvered catches up. */
  @Test
  void while_a_failback_is_open_none_is_asked_for_until_it_has_ended() {
    opened(Runbook.FAILBACK);
    strait.watching();
    strait.world().members().cut("west-0", true);
    strait.until(strait::noted, noted -> noted.contains("strait:failback) is open"));
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.world().runs().end(Runbook.FAILBACK.id(STRAIT));
    strait.unseenForAWhile();
    untilAsked();
  }
}
