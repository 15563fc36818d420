package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.SiteState.ControlFile;
import dev.mooring.evidence.SiteState.ParkedInstance;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.InstanceParked;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.StopLine;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.Verdicts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParkedProofTest {
  private static final String MINIMUM_END = "instance.controlFile.data.recovery.minimumEnd";

  private final Cluster cluster = Harbour.cluster(1);
  private final Instance west = Harbour.instance(cluster, "west-0");
  private final InstanceParked parked = ObservedInstances.parked(west);

  @Test
  void proves_an_instance_that_stopped_at_the_point_and_shut_down() {
    assertThat(Verdicts.proceeds(judge(parked)))
        .isEqualTo(
            new ParkedInstance(
                west.id(),
                west.content(),
                TimelineId.FIRST,
                new ControlFile(ObservedInstances.AT, parked.instance().controlDigest()),
                parked.instance().control().checkpoint().redo().walFile().text(),
                ObservedInstances.AT.toString()));
  }

  @Test
  void proves_an_instance_whose_minimum_end_lies_before_the_point_after_a_replayed_checkpoint() {
    ParkedInstance proof =
        Verdicts.proceeds(judge(Altered.of(parked, MINIMUM_END, "0/2000100 on timeline 1")));
    assertThat(proof.controlFile().minimumRecoveryEnd()).isEqualTo(Lsn.parse("0/2000100"));
  }

  @Test
  void refuses_a_minimum_end_one_byte_beyond_the_point() {
    refused(
        Altered.of(parked, MINIMUM_END, "0/30000A1 on timeline 1"),
        "minimum recovery end 0/30000A1 on timeline 1 lies beyond the point's 0/30000A0 on"
            + " timeline 1");
  }

  @Test
  void refuses_a_control_file_without_a_minimum_end() {
    refused(
        Altered.of(parked, MINIMUM_END, "none"), "the control file knows no minimum recovery end");
  }

  @Test
  void refuses_another_database_system_and_compares_no_position_with_it() {
    InstanceParked other = Altered.of(parked, MINIMUM_END, "0/9000000 on timeline 1");
    refused(
        Altered.of(other, "instance.controlFile.data.identity.systemIdentifier", "42"),
        "system identifier is 42, must be 7100000000000000001");
  }

  @ParameterizedTest
  @EnumSource(value = ServerProcess.class, names = "STOPPED", mode = EnumSource.Mode.EXCLUDE)
  void refuses_while_any_server_process_runs(ServerProcess process) {
    refused(Altered.of(parked, "instance.process", process), "a server process still runs");
  }

  @ParameterizedTest
  @EnumSource(
      value = InstanceState.class,
      names = "SHUT_DOWN_IN_RECOVERY",
      mode = EnumSource.Mode.EXCLUDE)
  void refuses_every_other_control_state(InstanceState state) {
    refused(
        Altered.of(parked, "instance.controlFile.data.state", state),
        "control state is '" + state + "', must be 'shut down in recovery'");
  }

  @Test
  void refuses_a_timeline_beyond_the_points() {
    InstanceParked promoted =
        Altered.of(
            parked,
            "instance.controlFile.data.checkpoint",
            ObservedInstances.checkpoint(new TimelineId(2)));
    refused(promoted, "timeline is 2, the point's is 1");
  }

  @Test
  void quotes_the_last_fatal_of_a_log_that_names_no_stop() {
    InstanceParked silent =
        Altered.of(
            Altered.of(parked, "log.stop", new StopLine.None()), "log.shutDownAtTarget", false);
    InstanceParked dead =
        Altered.of(silent, "log.fatals", List.of("FATAL:  out of memory", "FATAL:  disk full"));
    Verdicts.never(
        judge(dead),
        FailureCode.START_FAILED,
        "west-0 ended before " + ObservedInstances.POINT + ": FATAL:  disk full");
    refused(
        Altered.of(dead, "instance.process", ServerProcess.RUNNING),
        "a server process still runs; its log names no stop (FATAL:  disk full); its log does not"
            + " say that it shut down at the target (FATAL:  disk full)");
  }

  @Test
  void can_not_say_where_one_stopped_whose_log_says_nothing() {
    Verdicts.never(
        judge(silent(parked)),
        FailureCode.STATE_UNREADABLE,
        "west-0 can't be proved parked at " + ObservedInstances.POINT + ": its log says nothing");
  }

  @Test
  void refuses_one_whose_log_says_nothing_and_that_is_elsewhere_by_its_control_file() {
    refused(
        silent(Altered.of(parked, MINIMUM_END, "0/30000A1 on timeline 1")),
        "minimum recovery end 0/30000A1 on timeline 1 lies beyond the point's 0/30000A0 on"
            + " timeline 1; its log says nothing");
    refused(
        silent(Altered.of(parked, "instance.controlFile.data.identity.systemIdentifier", "42")),
        "system identifier is 42, must be 7100000000000000001; its log says nothing");
  }

  private static InstanceParked silent(InstanceParked seen) {
    return new InstanceParked(seen.instance(), seen.point(), StartLog.parse(""), seen.archived());
  }

  @Test
  void refuses_a_stop_that_is_no_restore_point() {
    refused(
        Altered.of(parked, "log.stop", new StopLine.Elsewhere("after reaching consistency")),
        "its log says it stopped at after reaching consistency");
  }

  @Test
  void refuses_a_stop_at_another_point() {
    refused(
        Altered.of(parked, "log.stop.restorePoint", "sync_point_20261119_080000_bb"),
        "its log says it stopped at sync_point_20261119_080000_bb");
  }

  @Test
  void refuses_a_stop_at_a_point_of_that_name_that_was_made_at_another_time() {
    refused(
        Altered.of(parked, "log.stop.time", "2026-11-20T08:00:00.506Z"),
        "it stopped at a point made at 2026-11-20T08:00:00.506Z, this one was made between"
            + " 2026-11-20T08:00:00.495Z and 2026-11-20T08:00:00.505Z");
  }

  @Test
  void refuses_a_fatal_after_the_stop_line() {
    InstanceParked died = Altered.of(parked, "log.fatals", List.of("FATAL:  before consistent"));
    refused(
        Altered.of(died, "log.fatalAfterStop", true),
        "its log has a FATAL after the stop (FATAL:  before consistent)");
  }

  @Test
  void refuses_a_log_that_does_not_end_with_the_shutdown() {
    refused(
        Altered.of(parked, "log.shutDownAtTarget", false),
        "its log does not say that it shut down at the target");
  }

  @Test
  void refuses_an_archived_file_whose_bytes_are_not_those_that_were_decoded() {
    refused(
        Altered.of(parked, "archived.0.sha256", "cd".repeat(32)),
        "the archived 000000010000000000000003 no longer has the bytes the publisher decoded");
  }

  @Test
  void says_everything_that_stands_against_it() {
    refused(
        Altered.of(
            Altered.of(parked, "archived", List.of()),
            "instance.controlFile.data.state",
            InstanceState.IN_ARCHIVE_RECOVERY),
        "control state is 'in archive recovery', must be 'shut down in recovery'; the archived"
            + " 000000010000000000000003 no longer has the bytes the publisher decoded");
  }

  private void refused(InstanceParked seen, String reason) {
    Verdicts.never(
        judge(seen),
        FailureCode.TARGET_MISMATCH,
        "west-0 is not parked at " + ObservedInstances.POINT + ": " + reason);
  }

  private Verdict<ParkedInstance> judge(InstanceParked seen) {
    return ParkedProof.judge(
        west,
        ObservedInstances.POINT,
        ObservedInstances.evidence(cluster, 0),
        ObservedInstances.proof(0).files(),
        seen);
  }
}
