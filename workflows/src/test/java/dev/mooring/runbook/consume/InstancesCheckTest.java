package dev.mooring.runbook.consume;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.consume.RecoveryFloors.Seen;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InstancesCheckTest {
  private final Instance west = Harbour.instance(Harbour.cluster(1), "west-0");
  private final InstanceObserved standby = ObservedInstances.standby(west);

  @ParameterizedTest
  @EnumSource(names = {"SHUT_DOWN_IN_RECOVERY", "IN_ARCHIVE_RECOVERY"})
  void goes_on_with_instances_in_recovery(InstanceState state) {
    goesOn(Altered.of(standby, "controlFile.data.state", state));
  }

  @Test
  void goes_on_with_a_standby_that_runs() {
    goesOn(
        Altered.of(
            Altered.of(standby, "process", ServerProcess.RUNNING),
            "controlFile.data.state",
            InstanceState.IN_ARCHIVE_RECOVERY));
  }

  @Test
  void goes_on_with_a_base_backup_that_was_never_started() {
    goesOn(freshBackup(standby));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"IN_PRODUCTION", "SHUT_DOWN", "SHUTTING_DOWN", "IN_CRASH_RECOVERY", "STARTING_UP"})
  void refuses_what_is_or_was_a_primary(InstanceState state) {
    refused(
        Altered.of(standby, "controlFile.data.state", state),
        FailureCode.PROMOTED,
        "west-0 is '" + state + "' on timeline 1: it is or was a primary, not a copy in recovery");
  }

  @Test
  void refuses_a_base_backup_that_runs_as_a_primary() {
    refused(
        Altered.of(freshBackup(standby), "process", ServerProcess.RUNNING),
        FailureCode.PROMOTED,
        "west-0 is 'in production' on timeline 1: it is or was a primary, not a copy in recovery");
  }

  @Test
  void refuses_an_orphan_that_may_still_write() {
    refused(
        Altered.of(standby, "process", ServerProcess.ORPHANED),
        FailureCode.STATE_UNREADABLE,
        "west-0 has no postmaster, yet a server process still runs on its data directory");
  }

  @Test
  void refuses_an_instance_whose_next_start_would_open_it() {
    refused(
        Altered.of(standby, "recovery.recoverySignal", true),
        FailureCode.PROMOTED,
        "west-0 has recovery.signal: its next start would end recovery and open it for writing");
  }

  @Test
  void refuses_an_instance_whose_tablespace_leads_nowhere() {
    String lost = "tablespace 16401 points to /gone, which is no directory that can be written";
    refused(
        Altered.of(standby, "missing", List.of(lost)),
        FailureCode.MISSING_ON_HOST,
        "west-0: " + lost);
  }

  private static InstanceObserved freshBackup(InstanceObserved standby) {
    InstanceObserved.Backup backup =
        new InstanceObserved.Backup.Fresh(
            Lsn.parse("0/1800028"), TimelineId.FIRST, Lsn.parse("0/1900000"));
    return Altered.of(
        Altered.of(standby, "recovery.backup", backup),
        "controlFile.data.state",
        InstanceState.IN_PRODUCTION);
  }

  private void goesOn(InstanceObserved seen) {
    Verdicts.proceeds(InstancesCheck.judge(List.of(new Seen(west, seen)), Optional.empty()));
  }

  private void refused(InstanceObserved seen, FailureCode code, String reason) {
    Verdicts.never(
        InstancesCheck.judge(List.of(new Seen(west, seen)), Optional.empty()), code, reason);
  }
}
