package dev.mooring.postgres;

import java.time.Instant;

/**
 * The content of an instance's control file, as far as recovery depends on it.
 *
 * @param identity what initdb fixed for good
 * @param state the server's last recorded state
 * @param checkpoint where recovery would begin
 * @param recovery how far it would have to get
 * @param settings settings the last start recorded
 */
public record ControlData(
    Identity identity,
    InstanceState state,
    Checkpoint checkpoint,
    Recovery recovery,
    Settings settings) {

  /**
   * What initdb fixed for good.
   *
   * @param systemIdentifier its system identifier
   * @param layout its layout on disk
   */
  public record Identity(SystemIdentifier systemIdentifier, Layout layout) {}

  /**
   * How data and WAL are laid out on disk.
   *
   * @param controlVersion the control file's format
   * @param catalogVersion the system catalogue's format
   * @param walSegmentSize bytes per WAL file
   * @param walBlockSize bytes per WAL page
   * @param dataPageChecksumVersion 0 if data pages carry no checksums
   */
  public record Layout(
      int controlVersion,
      int catalogVersion,
      WalSegmentSize walSegmentSize,
      int walBlockSize,
      int dataPageChecksumVersion) {

    public Layout {
      if (walBlockSize < 1024 || walBlockSize > 65536 || Integer.bitCount(walBlockSize) != 1) {
        throw new IllegalArgumentException(
            "WAL block size must be a power of two from 1024 to 65536, got " + walBlockSize);
      }
    }
  }

  /**
   * The latest checkpoint.
   *
   * @param location the position of its record
   * @param redo where replay from it begins
   * @param timeline the timeline it was made on
   * @param previousTimeline the timeline before, if this checkpoint began a new one; else the same
   * @param time when it was made
   */
  public record Checkpoint(
      Lsn location, Redo redo, TimelineId timeline, TimelineId previousTimeline, Instant time) {}

  /** Where replay begins, and the WAL file that holds it. */
  public record Redo(Lsn location, WalFileName walFile) {}

  /**
   * How far replay has to get.
   *
   * @param minimumEnd the minimum recovery ending location
   * @param backup whether a base backup's end is still to be reached
   * @param endOfBackupRecordRequired whether only its end-of-backup record counts
   */
  public record Recovery(
      MinimumRecoveryEnd minimumEnd, BackupRecovery backup, boolean endOfBackupRecordRequired) {}

  /**
   * Settings the last start recorded.
   *
   * @param walLevel the level of detail of the WAL
   * @param limits the five a standby may not have lower
   */
  public record Settings(WalLevel walLevel, StandbyLimits limits) {}

  public ControlData {
    Layout layout = identity.layout();
    WalFileName expected =
        WalFileName.containing(
            checkpoint.timeline(), checkpoint.redo().location(), layout.walSegmentSize());
    if (!expected.equals(checkpoint.redo().walFile())) {
      throw new IllegalArgumentException(
          "REDO location "
              + checkpoint.redo().location()
              + " on timeline "
              + checkpoint.timeline()
              + " lies in "
              + expected
              + ", but the REDO WAL file is "
              + checkpoint.redo().walFile());
    }
  }

  /**
   * Parses the output of {@code LC_ALL=C TZ=UTC pg_controldata} (the checkpoint's time comes
   * without a zone, in the program's own). Labels are those of PostgreSQL 13 to 18. An error names
   * the field.
   */
  public static ControlData parse(String output) {
    return ControlDataReader.read(output);
  }

  /**
   * The timeline of data that may not run. The first checkpoint of a new timeline comes after its
   * promotion, and until then the end of recovery alone shows it.
   */
  public TimelineId timelineReached() {
    TimelineId checkpointed = checkpoint.timeline();
    return recovery
        .minimumEnd()
        .match(
            () -> checkpointed,
            (lsn, recovered) ->
                recovered.value() > checkpointed.value() ? recovered : checkpointed);
  }

  public SystemIdentifier systemIdentifier() {
    return identity.systemIdentifier();
  }
}
