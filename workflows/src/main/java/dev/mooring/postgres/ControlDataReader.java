package dev.mooring.postgres;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** Reads pg_controldata's output by field label (src/bin/pg_controldata/pg_controldata.c). */
final class ControlDataReader {
  private static final String MINIMUM_END = "Minimum recovery ending location";
  private static final String MINIMUM_END_TIMELINE = "Min recovery ending loc's timeline";
  private static final String BACKUP_START = "Backup start location";
  private static final String BACKUP_END = "Backup end location";

  /** strftime's %c in the C locale; a day of the month below ten is padded with a blank. */
  private static final DateTimeFormatter CHECKPOINT_TIME =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ENGLISH);

  private final LabelledText fields;

  private ControlDataReader(LabelledText fields) {
    this.fields = fields;
  }

  static ControlData read(String output) {
    if (output.contains("results below are untrustworthy")) {
      throw new IllegalArgumentException(
          "pg_controldata: the control file's checksum does not match its content."
              + " HINT: use the pg_controldata of the server's own major version;"
              + " if it was that, the control file is corrupt.");
    }
    LabelledText fields = new LabelledText("pg_controldata", output);
    if (fields.has("WARNING") || fields.has("pg_controldata")) {
      throw new IllegalArgumentException(
          "pg_controldata: printed a warning, so its values are not believed: " + output.strip());
    }
    ControlDataReader reader = new ControlDataReader(fields);
    ControlData.Identity identity = reader.identity();
    InstanceState state = fields.read("Database cluster state", InstanceState::parse);
    ControlData.Checkpoint checkpoint = reader.checkpoint();
    ControlData.Recovery recovery = reader.recovery();
    ControlData.Settings settings = reader.settings();
    try {
      return new ControlData(identity, state, checkpoint, recovery, settings);
    } catch (IllegalArgumentException inconsistent) {
      throw new IllegalArgumentException(
          "pg_controldata: field 'Latest checkpoint's REDO WAL file': " + inconsistent.getMessage(),
          inconsistent);
    }
  }

  private ControlData.Identity identity() {
    SystemIdentifier systemIdentifier =
        fields.read("Database system identifier", SystemIdentifier::parse);
    int controlVersion = fields.number("pg_control version number");
    int catalogVersion = fields.number("Catalog version number");
    WalSegmentSize walSegmentSize =
        fields.read("Bytes per WAL segment", text -> new WalSegmentSize(number(text)));
    int checksumVersion = fields.number("Data page checksum version");
    int walBlockSize = fields.number("WAL block size");
    return fields.read(
        "WAL block size",
        text ->
            new ControlData.Identity(
                systemIdentifier,
                new ControlData.Layout(
                    controlVersion,
                    catalogVersion,
                    walSegmentSize,
                    walBlockSize,
                    checksumVersion)));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("must be a number, got '" + text + "'", notANumber);
    }
  }

  private ControlData.Checkpoint checkpoint() {
    return new ControlData.Checkpoint(
        fields.read("Latest checkpoint location", Lsn::parse),
        new ControlData.Redo(
            fields.read("Latest checkpoint's REDO location", Lsn::parse),
            fields.read("Latest checkpoint's REDO WAL file", WalFileName::new)),
        fields.read("Latest checkpoint's TimeLineID", TimelineId::ofDecimal),
        fields.read("Latest checkpoint's PrevTimeLineID", TimelineId::ofDecimal),
        fields.read("Time of latest checkpoint", ControlDataReader::time));
  }

  private static Instant time(String text) {
    try {
      return LocalDateTime.parse(text.replaceAll(" +", " "), CHECKPOINT_TIME)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException unreadable) {
      throw new IllegalArgumentException(
          "must be a time such as 'Fri Nov 20 09:00:00 2026', got '"
              + text
              + "'. HINT: pg_controldata must run with LC_ALL=C and TZ=UTC.",
          unreadable);
    }
  }

  private ControlData.Recovery recovery() {
    return new ControlData.Recovery(
        minimumEnd(),
        backup(),
        fields.read("End-of-backup record required", ControlDataReader::yesOrNo));
  }

  private MinimumRecoveryEnd minimumEnd() {
    Optional<Lsn> lsn = location(MINIMUM_END);
    if (lsn.isEmpty()) {
      return fields.read(
          MINIMUM_END_TIMELINE,
          text -> {
            if (!text.equals("0")) {
              throw new IllegalArgumentException(
                  "must be 0 if the " + MINIMUM_END + " is 0/0, got '" + text + "'");
            }
            return new MinimumRecoveryEnd.None();
          });
    }
    return new MinimumRecoveryEnd.At(
        lsn.get(), fields.read(MINIMUM_END_TIMELINE, TimelineId::ofDecimal));
  }

  private BackupRecovery backup() {
    Optional<Lsn> start = location(BACKUP_START);
    Optional<Lsn> end = location(BACKUP_END);
    if (start.isEmpty()) {
      if (end.isPresent()) {
        throw new IllegalArgumentException(
            "pg_controldata: field '"
                + BACKUP_END
                + "': must be 0/0 if the "
                + BACKUP_START
                + " is 0/0, got '"
                + end.get()
                + "'");
      }
      return new BackupRecovery.None();
    }
    return end.<BackupRecovery>map(to -> new BackupRecovery.UntilLocation(start.get(), to))
        .orElseGet(() -> new BackupRecovery.UntilEndRecord(start.get()));
  }

  private Optional<Lsn> location(String label) {
    return fields.read(
        label, text -> text.equals("0/0") ? Optional.empty() : Optional.of(Lsn.parse(text)));
  }

  private static boolean yesOrNo(String text) {
    if (text.equals("yes") || text.equals("no")) {
      return text.equals("yes");
    }
    throw new IllegalArgumentException("must be yes or no, got '" + text + "'");
  }

  private ControlData.Settings settings() {
    return new ControlData.Settings(
        fields.read("wal_level setting", WalLevel::parse),
        new StandbyLimits(
            fields.number("max_connections setting"),
            fields.number("max_worker_processes setting"),
            fields.number("max_wal_senders setting"),
            fields.number("max_prepared_xacts setting"),
            fields.number("max_locks_per_xact setting")));
  }
}
