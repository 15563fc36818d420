package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.StopLine;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.ParkMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class PausedProofTest {
  private static final String RESTORE = "instance.recovery.settings.restoreCommand";
  private static final String GATE = "/m/bin/mooring-restore-1 /m/west-0.gate %f %p %r";
  private final Cluster cluster = Harbour.cluster(1);
  private final Instance west = Harbour.instance(cluster, "west-0");
  private final InstanceParked paused = paused();
  private final ServerObserved server = ObservedInstances.paused(west);

  private InstanceParked paused() {
    InstanceParked seen = ObservedInstances.parked(west);
    seen = Altered.of(seen, "instance.process", ServerProcess.RUNNING);
    seen = Altered.of(seen, "instance.controlFile.data.state", InstanceState.IN_ARCHIVE_RECOVERY);
    seen = Altered.of(seen, "instance.recovery.settings.action", "pause");
    seen = Altered.of(seen, RESTORE, GATE + " ends=refused");
    return with(seen, new StartLog(seen.log().stop(), false, List.of(), false, List.of(), true));
  }

  private static InstanceParked with(InstanceParked seen, StartLog log) {
    return new InstanceParked(seen.instance(), seen.point(), log, seen.archived());
  }

  @Test
  void proves_an_instance_that_says_it_is_paused_exactly_at_the_point() {
    ParkedInstance proof = Verdicts.proceeds(judge(paused, server));
    assertThat(proof.point()).isEqualTo(ObservedInstances.AT.toString());
    assertThat(proof.parkMode()).isEqualTo(ParkMode.READABLE);
    assertThat(proof.timeline()).isEqualTo(TimelineId.FIRST);
  }

  @Test
  void waits_for_a_pause_that_is_requested_and_not_confirmed() {
    assertThat(judge(paused, Altered.of(server, "position.replayPause", "pause requested")))
        .isInstanceOf(Verdict.NotYet.class);
  }

  @Test
  void a_clients_fatal_after_the_pause_is_no_failure_of_recovery() {
    InstanceParked seen = Altered.of(paused, "log.fatalAfterStop", true);
    Verdicts.proceeds(judge(seen, server));
  }

  @Test
  void refuses_one_that_could_open() {
    for (String command : List.of(GATE, "", "cp /archive/%f %p ends=refused")) {
      refused(
          Altered.of(paused, RESTORE, command),
          "its restore_command does not keep it from opening");
    }
  }

  @Test
  void refuses_a_server_that_is_not_exactly_there_or_not_paused() {
    refused(
        Altered.of(server, "position.lsn", Lsn.parse("0/30000A1")),
        "it has replayed to 0/30000A1, the point ends at 0/30000A0");
    refused(
        Altered.of(server, "position.lsn", Lsn.parse("0/3000000")),
        "it has replayed to 0/3000000, the point ends at 0/30000A0");
    refused(Altered.of(server, "position.replayPause", "not paused"), "its replay is 'not paused'");
    refused(Altered.of(server, "position.inRecovery", false), "it accepts writes, on timeline 1");
    refused(
        Altered.of(server, "position.timeline", new TimelineId(2)),
        "it is on timeline 2, the point's is 1");
    refused(
        Altered.of(server, "identity.systemIdentifier", new SystemIdentifier(42)),
        "system identifier is 42, must be " + server.identity().systemIdentifier());
  }

  @Test
  void waits_for_one_that_does_not_answer_and_tells_why() {
    ServersObserved silent =
        new ServersObserved(
            List.of(),
            List.of(
                new InstanceFailure(
                    west.id(), FailureCode.DATABASE_REFUSED, "sorry, too many clients already")));
    assertThat(judge(paused, silent))
        .isInstanceOfSatisfying(
            Verdict.NotYet.class,
            waits ->
                assertThat(waits.awaiting())
                    .isEqualTo(
                        "west-0 is not paused at "
                            + ObservedInstances.POINT
                            + ": it does not answer over SQL: sorry, too many clients already"));
    InstanceParked down = Altered.of(paused, "instance.process", ServerProcess.STOPPED);
    refused(
        down,
        silent,
        "no server runs; it does not answer over SQL: sorry, too many clients already");
  }

  @Test
  void refuses_what_its_host_or_its_log_does_not_bear_out() {
    refused(Altered.of(paused, "instance.process", ServerProcess.STOPPED), "no server runs");
    refused(
        Altered.of(paused, "instance.controlFile.data.state", InstanceState.IN_PRODUCTION),
        "control state is 'in production', must be 'in archive recovery'");
    refused(
        Altered.of(paused, "instance.recovery.settings.action", "promote"),
        "recovery_target_action is 'promote', must be pause");
    refused(
        Altered.of(paused, "log.pausedAtTarget", false),
        "its log does not say that it paused there");
    refused(
        Altered.of(paused, "log.stop", new StopLine.At("another", ObservedInstances.MADE)),
        "its log says it stopped at another");
    refused(
        Altered.of(paused, "archived", List.of()),
        "the archived "
            + ObservedInstances.proof(0).files().get(0).file()
            + " no longer has the bytes the publisher decoded");
  }

  @Test
  void can_not_say_where_one_stopped_whose_log_says_nothing() {
    InstanceParked down = Altered.of(paused, "instance.process", ServerProcess.STOPPED);
    Verdicts.never(
        judge(with(down, StartLog.parse("")), server),
        FailureCode.STATE_UNREADABLE,
        "west-0 is not paused at "
            + ObservedInstances.POINT
            + ": no server runs; its log says nothing");
  }

  @Test
  void refuses_one_whose_log_says_nothing_and_that_is_elsewhere_by_its_host_or_its_server() {
    InstanceParked silent = with(paused, StartLog.parse(""));
    refused(
        Altered.of(
            silent, "instance.controlFile.data.recovery.minimumEnd", "0/30000A1 on timeline 1"),
        "minimum recovery end 0/30000A1 on timeline 1 lies beyond the point's 0/30000A0 on"
            + " timeline 1; its log says nothing");
    refused(
        silent,
        answering(Altered.of(server, "position.lsn", Lsn.parse("0/3000000"))),
        "it has replayed to 0/3000000, the point ends at 0/30000A0; its log says nothing");
  }

  private void refused(InstanceParked seen, String reason) {
    refused(seen, answering(server), reason);
  }

  private void refused(ServerObserved answers, String reason) {
    refused(paused, answering(answers), reason);
  }

  private static ServersObserved answering(ServerObserved server) {
    return new ServersObserved(List.of(server), List.of());
  }

  private void refused(InstanceParked seen, ServersObserved answers, String reason) {
    Verdicts.never(
        judge(seen, answers),
        FailureCode.TARGET_MISMATCH,
        "west-0 is not paused at " + ObservedInstances.POINT + ": " + reason);
  }

  private Verdict<ParkedInstance> judge(InstanceParked seen, ServerObserved answers) {
    return judge(seen, answering(answers));
  }

  private Verdict<ParkedInstance> judge(InstanceParked seen, ServersObserved answers) {
    return PausedProof.judge(
        west,
        ObservedInstances.POINT,
        ObservedInstances.evidence(cluster, 0),
        ObservedInstances.proof(0).files(),
        seen,
        answers);
  }
}
