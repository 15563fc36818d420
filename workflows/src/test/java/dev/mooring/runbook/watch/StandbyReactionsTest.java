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
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A watch asks for one resilver of a standby that does not stream. */
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
    until(DiagnosisKind.REPLAY_PAUSED);
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

  private void reactsToCommits() {
    strait.close();
    strait = new WatchBed(Strait.synchronous("{}\nwatch: {reactions: {synchronous: act}}"));
    strait.watching();
  }

  @Test
  void a_run_that_relaxes_is_asked_for_once_no_synchronous_standby_streams() {
    reactsToCommits();
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

  @Test
  void a_run_that_restores_is_asked_for_once_commits_do_not_wait_for_standbys_that_stream() {
    reactsToCommits();
    strait.world().members().commitsWaitFor("east-0", "");
    untilIncident(false);
    assertThat(asked())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.workflowId()).contains(":replication:restore-");
              assertThat(one.relax()).isFalse();
            });
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

  /** Also one that would be waited for: the run would be refused for what it finds locked later. */
  @ParameterizedTest
  @EnumSource(names = {"SWITCHOVER", "PUBLISH_CYCLE"})
  void while_another_run_has_a_lock_none_is_asked_for(Runbook runbook) {
    strait
        .world()
        .runs()
        .lock(
            LockWorkflow.idOf(STRAIT, new SiteName("west")),
            new Holder(runbook.id(STRAIT), opened(runbook), runbook.type()));
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
