package dev.mooring.fake;

import dev.mooring.evidence.Sha256;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.BackupRecovery;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalLevel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A primary as its host shows it. */
final class PrimaryOnItsHost {
  private PrimaryOnItsHost() {}

  static InstanceObserved observed(FakePrimary primary) {
    ControlData control = control(primary.wal(), primary);
    return new InstanceObserved(
        primary.instance().id(),
        primary.running() ? ServerProcess.RUNNING : ServerProcess.STOPPED,
        new InstanceObserved.ControlFile(
            control, Sha256.of(control.toString().getBytes(StandardCharsets.UTF_8))),
        new InstanceObserved.Recovery(
            new InstanceObserved.Backup.None(), false, false, FakeStandby.NO_TARGET),
        primary.software(),
        primary.freeBytes(),
        List.of());
  }

  private static ControlData control(PrimaryWal wal, FakePrimary primary) {
    Lsn redo = wal.redo();
    return new ControlData(
        new ControlData.Identity(
            primary.systemOnDisk(), new ControlData.Layout(1300, 202209061, wal.size(), 8192, 0)),
        InstanceState.IN_PRODUCTION,
        new ControlData.Checkpoint(
            redo.plus(0x38),
            new ControlData.Redo(redo, WalFileName.containing(wal.timeline(), redo, wal.size())),
            wal.timeline(),
            wal.timeline(),
            primary.startedAt()),
        new ControlData.Recovery(new MinimumRecoveryEnd.None(), new BackupRecovery.None(), false),
        new ControlData.Settings(WalLevel.REPLICA, Harbour.LIMITS));
  }
}
