package dev.mooring.activities.instance;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.postgres.BackupHistory;
import dev.mooring.postgres.BackupLabel;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import java.util.Optional;

/**
 * The base backup that an instance is, if it has not been replayed to its end yet. That end is in
 * its backup_manifest; without one, as before PostgreSQL 13, a primary's backup ends where its
 * archived history file says. A standby's backup, and a copy made by {@code pg_rewind}, end at the
 * minimum recovery end of their control file. {@code pg_rewind} writes its label first and its
 * control file last: if it died in between, the recorded end is that of the copy before.
 */
final class BackupReading {
  private static final String LABEL = "backup_label";
  private static final String CONTROL_FILE = "the control file";

  private final ControlData control;
  private final Optional<BackupLabel> label;
  private final Optional<WalRanges> ranges;

  /**
   * @param said the host's output about the instance
   */
  BackupReading(ControlData control, Said said) {
    this.control = control;
    this.label = said.optional(LABEL).map(BackupLabel::parse);
    this.ranges = said.optional("wal_ranges").map(WalRanges::parse);
  }

  /**
   * A backup whose end is in no file of the data directory but its manifest.
   *
   * @param source the file that has its beginning
   */
  private record Begun(Lsn start, WalFileName walFile, String source) {}

  /** The history file that its end must be read from; empty if the host's output has it. */
  Optional<String> historyFile() {
    return ranges.isPresent()
        ? Optional.empty()
        : begun()
            .map(
                begun ->
                    BackupHistory.fileName(
                        begun.walFile(),
                        begun.start(),
                        control.identity().layout().walSegmentSize()));
  }

  private Optional<Begun> begun() {
    if (label.isPresent()) {
      return label
          .filter(of -> of.source() == BackupLabel.Source.PRIMARY)
          .map(BackupReading::byLabel);
    }
    return control
        .recovery()
        .backup()
        .match(
            Optional::empty,
            start -> Optional.of(byControlFile(start)),
            (start, end) -> Optional.empty());
  }

  private static Begun byLabel(BackupLabel label) {
    return new Begun(label.start().location(), label.start().walFile(), LABEL);
  }

  /** Its first start removed its backup_label. */
  private Begun byControlFile(Lsn start) {
    return new Begun(
        start,
        WalFileName.containing(
            control.checkpoint().timeline(), start, control.identity().layout().walSegmentSize()),
        CONTROL_FILE);
  }

  /**
   * The state of the instance as a backup.
   *
   * @param archived the output about its history file in the archive; empty if it was not read
   */
  Backup backup(Said archived) {
    if (label.isPresent()) {
      BackupLabel.Start start = label.get().start();
      return new Backup.Fresh(start.location(), start.timeline(), end(label.get(), archived));
    }
    ControlData.Checkpoint checkpoint = control.checkpoint();
    Lsn redo = checkpoint.redo().location();
    return control
        .recovery()
        .backup()
        .match(
            Backup.None::new,
            start ->
                new Backup.Fresh(redo, checkpoint.timeline(), end(byControlFile(start), archived)),
            (start, end) -> new Backup.Fresh(redo, checkpoint.timeline(), end));
  }

  /** A manifest beside the label of a rewind belongs to the copy before the rewind. */
  private Lsn end(BackupLabel of, Said archived) {
    boolean rewound = of.method() == BackupLabel.Method.PG_REWIND;
    if (rewound && control.state() != InstanceState.IN_ARCHIVE_RECOVERY) {
      throw unreadable(
          String.format(
              "backup_label says %s, and the control file '%s', not '%s': the rewind did not end",
              of.method(), control.state(), InstanceState.IN_ARCHIVE_RECOVERY));
    }
    boolean unknown = ranges.isEmpty() && of.source() == BackupLabel.Source.STANDBY;
    return rewound || unknown ? minimumEnd(of) : end(byLabel(of), archived);
  }

  private Lsn minimumEnd(BackupLabel of) {
    return control
        .recovery()
        .minimumEnd()
        .match(
            () -> {
              throw unreadable(
                  String.format(
                      "backup_label says %s from a %s, begun at %s, and the control file has no"
                          + " minimum recovery ending location",
                      of.method(), of.source(), of.start().location()));
            },
            (end, timeline) -> end);
  }

  /** The end of the backup that began there; never guessed. */
  private Lsn end(Begun begun, Said archived) {
    if (ranges.isPresent()) {
      requireSame("backup_manifest", ranges.get().start(), begun);
      return ranges.get().end();
    }
    if (archived.sections().isEmpty()) {
      throw unreadable(
          String.format(
              "%s says that a base backup begun at %s was not replayed to its end; no"
                  + " backup_manifest says where that is, and no archive was asked",
              begun.source(), begun.start()));
    }
    archived.requireDone();
    BackupHistory history = BackupHistory.parse(archived.text("backup_history"));
    requireSame("its history file in the archive", history.start(), begun);
    return history.stop();
  }

  private static void requireSame(String what, Lsn start, Begun begun) {
    if (!start.equals(begun.start())) {
      throw unreadable(
          what + " begins at " + start + ", " + begun.source() + " at " + begun.start());
    }
  }

  private static InstanceRefusal unreadable(String sentence) {
    return new InstanceRefusal(FailureCode.STATE_UNREADABLE, sentence);
  }
}
