package dev.mooring.fake;

import dev.mooring.postgres.BackupRecovery;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalLevel;
import java.time.Instant;
import java.util.Optional;

/** What pg_controldata says of a copy. */
final class FakeControl {
  private static final long CHECKPOINT_RECORD = 0x38;

  private FakeControl() {}

  /**
   * How far its control file says that it is.
   *
   * @param redo where its next start begins to replay
   * @param checkpointAt when that checkpoint was made
   * @param minimumEnd its minimum recovery end, if it has one
   */
  record Reached(Lsn redo, Instant checkpointAt, Optional<Lsn> minimumEnd) {}

  static ControlData of(
      SystemIdentifier system, InstanceState state, TimelineId timeline, Reached reached) {
    Lsn redo = reached.redo();
    return new ControlData(
        new ControlData.Identity(
            system, new ControlData.Layout(1300, 202209061, Harbour.WAL_SIZE, 8192, 0)),
        state,
        new ControlData.Checkpoint(
            redo.plus(CHECKPOINT_RECORD),
            new ControlData.Redo(redo, WalFileName.containing(timeline, redo, Harbour.WAL_SIZE)),
            timeline,
            timeline,
            reached.checkpointAt()),
        new ControlData.Recovery(
            reached
                .minimumEnd()
                .<MinimumRecoveryEnd>map(lsn -> new MinimumRecoveryEnd.At(lsn, timeline))
                .orElseGet(MinimumRecoveryEnd.None::new),
            new BackupRecovery.None(),
            false),
        new ControlData.Settings(WalLevel.REPLICA, Harbour.LIMITS));
  }
}
