package dev.mooring.runbook.watch;

import static dev.mooring.runbook.watch.WatchBed.OFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.port.RunActivities.EnsureReaction;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.port.Runbook;
import dev.mooring.port.Sign.Kind;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A watch asks for one Failover of a primary that is down, or for one that waits for that. */
class FailoverReactionsTest {
  private static final ClusterName STRAIT = new ClusterName("strait");

  private WatchBed strait = new WatchBed(Strait.failingOver("propose"));

  @AfterEach
  void close() {
    strait.close();
  }

  private List<EnsureReaction> asked() {
    return strait.world().runs().reactions();
  }

  private void untilAsked(int times) {
    strait.until(() -> asked().size() + "", (times + "")::equals);
  }

  private void untilNoted(String what) {
    strait.until(strait::noted, noted -> noted.contains(what));
  }

  private void until(DiagnosisKind kind) {
    strait.untilState(state -> state.diagnoses().stream().anyMatch(one -> one.kind() == kind));
  }

  private void untilIncident(Reaction reaction) {
    strait.untilState(
        state ->
            state.incidents().stream()
                .anyMatch(one -> one.reaction() == reaction && one.started()));
  }

  private Incident incident() {
    assertThat(strait.state().incidents()).hasSize(1);
    return strait.state().incidents().get(0);
  }

  private void primaryDies() {
    strait.world().members().kill("east-0");
    until(DiagnosisKind.PRIMARY_DOWN);
  }

  /** A change that is seen later shows that the watch went on. */
  private void watchesOn(String standby) {
    strait.world().members().pauseReplay(standby);
    until(DiagnosisKind.REPLAY_PAUSED);
  }

  /** A minute and more passes, and then all is known again. */
  private void unseenForAWhile() {
    strait.unseenForAWhile();
    strait.untilState(
        state ->
            state.isAllSeen()
                && state.sites().stream().allMatch(one -> one.seen() == SiteState.Seen.WATCHED));
  }

  private void askedOnlyOnceEnded(String id) {
    untilNoted("(workflow " + id + ") is open");
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.world().runs().end(id);
    unseenForAWhile();
    untilAsked(1);
  }

  private String opened(Runbook runbook, String id) {
    return strait.world().runs().open(STRAIT, id, runbook.type());
  }

  private void acts() {
    strait.close();
    strait = new WatchBed(Strait.failingOver("act"));
  }

  private EnsureReaction request(Incident one, String when, String reason) {
    return new EnsureReaction(
        STRAIT,
        Runbook.FAILOVER,
        one.instance(),
        when,
        reason + one.since(),
        RunIds.reaction(STRAIT, one),
        false);
  }

  @Test
  void one_is_asked_for_each_time_that_no_member_accepts_writes() {
    strait.watching();
    watchesOn("east-1");
    assertThat(asked()).as("the primary accepts writes").isEmpty();
    primaryDies();
    untilIncident(Reaction.FAILOVER);
    Incident incident = incident();
    assertThat(asked())
        .containsExactly(request(incident, "now", "no member accepts writes since "));
    assertThat(asked().get(0).workflowId())
        .isEqualTo("mooring:strait:failover:primary-down-" + incident.since().getEpochSecond());
    strait.world().runs().end(asked().get(0).workflowId());
    strait.world().members().start("east-0");
    strait.untilState(state -> state.incidents().isEmpty());
    unseenForAWhile();
    primaryDies();
    untilAsked(2);
    assertThat(asked()).extracting(EnsureReaction::workflowId).doesNotHaveDuplicates();
  }

  @Test
  void none_is_asked_for_while_one_that_was_shut_down_may_return_by_itself() {
    strait.watching();
    strait.world().members().shutDown("east-0");
    until(DiagnosisKind.PRIMARY_SHUT_DOWN);
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.unseenFor(ShutDownPrimary.RETURNS_WITHIN);
    until(DiagnosisKind.PRIMARY_DOWN);
    untilAsked(1);
  }

  @Test
  void the_next_run_of_the_watch_knows_the_incident_and_asks_for_none_again() {
    strait.watching();
    primaryDies();
    untilIncident(Reaction.FAILOVER);
    Incident incident = incident();
    strait.world().runs().end(asked().get(0).workflowId());
    strait.goesOnAnew();
    strait.update("resume", "{'by':'bob'}");
    watchesOn("east-1");
    assertThat(strait.state().incidents()).containsExactly(incident);
    assertThat(asked()).hasSize(1);
  }

  @Test
  void while_automation_is_paused_none_is_asked_for_until_that_ends() {
    strait.watching();
    strait.update("pause", OFF);
    primaryDies();
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
    strait.update("resume", "{'by':'bob'}");
    untilAsked(1);
  }

  @Test
  void none_is_asked_for_if_a_person_pauses_automation_while_other_runs_are_read() {
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("observeService"), () -> strait.update("pause", OFF));
    strait.watching();
    primaryDies();
    untilNoted("was not started: what it is for has changed meanwhile");
    assertThat(asked()).isEmpty();
  }

  @Test
  void with_off_none_is_asked_for() {
    strait.close();
    strait = new WatchBed(Strait.failingOver("off"));
    strait.watching();
    primaryDies();
    watchesOn("east-1");
    assertThat(strait.state().incidents()).isEmpty();
    assertThat(asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Failover mooring:strait:failover",
        "Failover mooring:strait:failover:FINGERPRINT:20300101T000000Z",
        "Failover mooring:strait:failover:watch",
        "Failback mooring:strait:failback"
      })
  void while_a_failover_or_a_failback_is_open_none_is_asked_for_until_it_has_ended(String open) {
    String id = open.substring(open.indexOf(' ') + 1);
    strait.world().runs().open(STRAIT, id, open.substring(0, open.indexOf(' ')));
    strait.watching();
    primaryDies();
    askedOnlyOnceEnded(id);
  }

  @Test
  void while_the_open_runs_can_not_be_read_none_is_asked_for() {
    strait.bed.faults().plan(call -> call.method().equals("observeService"), Fault.FAILS);
    strait.watching();
    primaryDies();
    untilNoted("the open runs can't be read");
    assertThat(asked()).isEmpty();
  }

  @Test
  void while_another_run_has_a_lock_none_is_asked_for() {
    String id = Runbook.PUBLISH_CYCLE.id(STRAIT);
    strait
        .world()
        .runs()
        .lock(
            LockWorkflow.idOf(STRAIT, new SiteName("west")),
            new Holder(id, opened(Runbook.PUBLISH_CYCLE, id), "PublishCycle"));
    strait.watching();
    primaryDies();
    untilNoted("west is locked by PublishCycle");
    watchesOn("east-1");
    assertThat(asked()).isEmpty();
  }

  /** The run that starts the primary is open then, and may have its locks. */
  @Test
  void a_start_after_a_reboot_goes_first_and_none_is_asked_for_until_it_has_ended() {
    strait.world().members().moved("east-0", 4);
    strait.watching();
    strait.update("pause", OFF);
    strait.world().members().reboot("east-0", "b2");
    until(DiagnosisKind.PRIMARY_DOWN);
    strait.untilState(
        state ->
            state.sites().stream()
                .flatMap(site -> site.signs().stream())
                .anyMatch(sign -> sign.kind() == Kind.NEW_BOOT));
    strait.update("resume", "{'by':'bob'}");
    untilAsked(1);
    String start = RunIds.startAfterReboot(STRAIT, "b2");
    assertThat(asked().get(0).workflowId()).isEqualTo(start);
    unseenForAWhile();
    untilNoted("(workflow " + start + ") is open");
    assertThat(asked()).hasSize(1);
    strait.world().runs().end(start);
    unseenForAWhile();
    untilAsked(2);
    assertThat(asked().get(1).runbook()).isEqualTo(Runbook.FAILOVER);
  }

  @Test
  void with_act_one_that_waits_is_kept_open_once_in_the_reign_of_a_primary() {
    acts();
    strait.watching();
    untilIncident(Reaction.AWAIT_FAILURE);
    Incident first = incident();
    assertThat(first.instance()).isEqualTo(new InstanceId("east-0"));
    assertThat(asked()).containsExactly(request(first, "primary-down", "it is the primary since "));
    assertThat(asked().get(0).workflowId())
        .isEqualTo("mooring:strait:failover:watch-" + first.since().getEpochSecond());
    strait.world().runs().end(asked().get(0).workflowId());
    strait.goesOnAnew();
    strait.update("resume", "{'by':'bob'}");
    unseenForAWhile();
    watchesOn("west-0");
    assertThat(asked()).as("a person cancelled it").hasSize(1);
    assertThat(strait.state().incidents()).containsExactly(first);
    synchronized (strait.world().members()) {
      strait.world().members().kill("east-0");
      strait.world().members().promote("east-1");
    }
    untilAsked(2);
    assertThat(asked().get(1).instance()).isEqualTo(new InstanceId("east-1"));
    assertThat(asked().get(1).workflowId()).isNotEqualTo(asked().get(0).workflowId());
  }

  @Test
  void with_act_none_that_waits_is_asked_for_while_one_is_open_by_hand() {
    acts();
    String id = RunIds.failoverWatch(STRAIT);
    opened(Runbook.FAILOVER, id);
    strait.watching();
    askedOnlyOnceEnded(id);
  }

  /** It plans a failover itself; without it the one that waits for a person is asked for. */
  @Test
  void with_act_a_primary_that_is_down_is_left_to_the_run_that_waits_while_it_is_open() {
    acts();
    strait.watching();
    untilIncident(Reaction.AWAIT_FAILURE);
    String waits = asked().get(0).workflowId();
    primaryDies();
    untilNoted("(workflow " + waits + ") is open");
    assertThat(asked()).hasSize(1);
    strait.world().runs().end(waits);
    unseenForAWhile();
    untilAsked(2);
    assertThat(asked().get(1).incident()).isEqualTo("now");
  }
}
