package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.postgres.Captured;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where the base backup ends that a data directory is, and what is asked of the archive for it. */
class BackupReadingTest {
  private static final String FRESH = Captured.text("fresh-base-backup.controldata");
  private static final String PRIMARYS = Captured.text("backup_label");
  private static final String HISTORY_FILE = "000000010000000000000007.00000028.backup";
  private static final String HISTORY =
      PRIMARYS
          + "STOP WAL LOCATION: 0/700138 (file 000000010000000000000007)\n"
          + "STOP TIMELINE: 1\n";
  private static final String REWOUND =
      """
      START WAL LOCATION: 0/900028 (file 000000010000000000000009)
      CHECKPOINT LOCATION: 0/900060
      BACKUP METHOD: pg_rewind
      BACKUP FROM: standby
      START TIME: 2026-11-24 10:00:00 UTC
      """;
  private static final String RANGES =
      "{\"Timeline\": 1, \"Start-LSN\": \"0/700028\", \"End-LSN\": \"0/700100\"}";
  private static final Said NOT_ASKED = new Said("west-0", Map.of());

  private static BackupReading reading(String control, Map<String, String> said) {
    return new BackupReading(ControlData.parse(control), new Said("west-0", said));
  }

  private static Said archived(String history) {
    return new Said("west-0", Map.of("backup_history", history, "exit", "0"));
  }

  private static Backup fresh(String start, String end) {
    return new Backup.Fresh(Lsn.parse(start), TimelineId.FIRST, Lsn.parse(end));
  }

  @Test
  void a_manifest_tells_the_end_and_nothing_is_asked() {
    BackupReading reading = reading(FRESH, Map.of("backup_label", PRIMARYS, "wal_ranges", RANGES));
    assertThat(reading.historyFile()).isEmpty();
    assertThat(reading.backup(NOT_ASKED)).isEqualTo(fresh("0/700028", "0/700100"));
  }

  @Test
  void without_a_manifest_the_archived_history_tells_it() {
    BackupReading reading = reading(FRESH, Map.of("backup_label", PRIMARYS));
    assertThat(reading.historyFile()).contains(HISTORY_FILE);
    assertThat(reading.backup(archived(HISTORY))).isEqualTo(fresh("0/700028", "0/700138"));
  }

  /** Killed on its way: its backup_label is renamed, its control file still wants the end. */
  @Test
  void the_control_file_names_the_history_where_the_first_start_took_the_label_away() {
    BackupReading reading = reading(Captured.text("backup-from-primary.controldata"), Map.of());
    assertThat(reading.historyFile()).contains("00000001000000000000000F.00000028.backup");
    String history = HISTORY.replace("0/700028", "0/F00028").replace("0/700138", "0/F00138");
    assertThat(reading.backup(archived(history))).isEqualTo(fresh("0/F00028", "0/F00138"));
  }

  @Test
  void one_that_was_replayed_to_its_end_asks_for_nothing() {
    BackupReading reading = reading(Captured.text("parked.controldata"), Map.of());
    assertThat(reading.historyFile()).isEmpty();
    assertThat(reading.backup(NOT_ASKED)).isEqualTo(new Backup.None());
  }

  @Test
  void a_standbys_backup_ends_at_its_minimum_recovery_end() {
    String control = Captured.text("backup-from-standby.controldata");
    Map<String, String> labelled = Map.of("backup_label", Captured.text("backup_label-standby"));
    assertThat(reading(control, labelled).historyFile()).isEmpty();
    assertThat(reading(control, labelled).backup(NOT_ASKED))
        .isEqualTo(fresh("0/A4C248", "0/C00000"));
    assertThat(reading(control, Map.of()).historyFile()).isEmpty();
    assertThat(reading(control, Map.of()).backup(NOT_ASKED))
        .isEqualTo(fresh("0/A4C248", "0/C00000"));
  }

  @Test
  void a_rewound_copy_ends_at_its_minimum_recovery_end_whatever_manifest_lies_there() {
    String control = Captured.text("backup-from-standby.controldata");
    BackupReading reading = reading(control, Map.of("backup_label", REWOUND, "wal_ranges", RANGES));
    assertThat(reading.historyFile()).isEmpty();
    assertThat(reading.backup(NOT_ASKED)).isEqualTo(fresh("0/900028", "0/C00000"));
  }

  @Test
  void a_copy_of_a_standby_without_a_minimum_recovery_end_is_unreadable() {
    String label = Captured.text("backup_label-standby");
    unreadable(reading(FRESH, Map.of("backup_label", label)), NOT_ASKED);
  }

  /** Its control file is that of before: it has a minimum recovery end, which is too early. */
  @Test
  void a_rewind_that_died_before_it_wrote_the_control_file_is_unreadable() {
    String before = Captured.text("parked.controldata");
    unreadable(reading(before, Map.of("backup_label", REWOUND)), NOT_ASKED);
    unreadable(reading(before, Map.of("backup_label", REWOUND, "wal_ranges", RANGES)), NOT_ASKED);
  }

  @Test
  void an_end_that_nobody_tells_is_unreadable() {
    BackupReading reading = reading(FRESH, Map.of("backup_label", PRIMARYS));
    unreadable(reading, NOT_ASKED);
    unreadable(reading, archived(HISTORY.replace("0/700028", "0/700030")));
    assertThatThrownBy(() -> reading.backup(archived("503 Service Unavailable")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void what_the_archive_was_refused_for_is_handed_on() {
    Said lost = new Said("west-0", Map.of("failure", "WAL_MISSING it has none", "exit", "1"));
    assertThatThrownBy(() -> reading(FRESH, Map.of("backup_label", PRIMARYS)).backup(lost))
        .isInstanceOfSatisfying(
            InstanceRefusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.WAL_MISSING));
  }

  private static void unreadable(BackupReading reading, Said archived) {
    assertThatThrownBy(() -> reading.backup(archived))
        .isInstanceOfSatisfying(
            InstanceRefusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(FailureCode.STATE_UNREADABLE));
  }
}
