package dev.mooring.postgres;

/**
 * The history file of a base backup, which a primary archives once the backup has ended. A standby
 * writes none, and neither does {@code pg_rewind}.
 *
 * @param start the first WAL the copy needs, as in its backup_label
 * @param walFile the file that holds it
 * @param stop the position that replay of the copy must reach
 */
public record BackupHistory(Lsn start, WalFileName walFile, Lsn stop) {
  private static final String STOP_WAL = "STOP WAL LOCATION";
  private static final String STOP_TIMELINE = "STOP TIMELINE";

  public BackupHistory {
    if (!stop.isAfter(start)) {
      throw new IllegalArgumentException(
          "backup history: it begins at " + start + " and ends at " + stop + ", not after it");
    }
  }

  /**
   * Its name in the archive.
   *
   * @param walFile the file that holds the backup's start
   * @param start the backup's start
   */
  public static String fileName(WalFileName walFile, Lsn start, WalSegmentSize size) {
    return String.format(
        "%s.%08X.backup", walFile, Long.remainderUnsigned(start.value(), size.bytes()));
  }

  /** Reads the file's text. An error names the field. */
  public static BackupHistory parse(String text) {
    LabelledText fields = new LabelledText("backup history", text);
    WalPlace start = fields.read(BackupLabel.START_WAL, WalPlace::parse);
    TimelineId ended = fields.read(STOP_TIMELINE, TimelineId::ofDecimal);
    WalPlace stop = fields.read(STOP_WAL, WalPlace::parse);
    if (!start.walFile().timeline().equals(ended) || !stop.walFile().timeline().equals(ended)) {
      throw new IllegalArgumentException(
          String.format(
              "backup history: it begins in WAL file %s and ends in %s, but the %s is %s",
              start.walFile(), stop.walFile(), STOP_TIMELINE, ended));
    }
    return new BackupHistory(start.location(), start.walFile(), stop.location());
  }
}
