package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupLabelTest {
  private static final String REAL = Captured.text("backup_label");

  @Test
  void reads_the_label_of_a_backup_from_a_primary() {
    assertThat(BackupLabel.parse(REAL))
        .isEqualTo(
            new BackupLabel(
                new BackupLabel.Start(
                    Lsn.parse("0/700028"),
                    new WalFileName("000000010000000000000007"),
                    TimelineId.FIRST),
                Lsn.parse("0/700060"),
                BackupLabel.Method.STREAMED,
                BackupLabel.Source.PRIMARY));
  }

  @Test
  void reads_the_label_of_a_backup_from_a_standby() {
    BackupLabel label = BackupLabel.parse(Captured.text("backup_label-standby"));
    assertThat(label.source()).isEqualTo(BackupLabel.Source.STANDBY);
    assertThat(label.start().location()).hasToString("0/A4C248");
  }

  /** As pg_rewind of PostgreSQL 12 to 18 writes it: without LABEL and START TIMELINE. */
  @Test
  void the_label_of_a_rewound_copy_begins_on_the_timeline_of_its_wal_file() {
    BackupLabel label =
        BackupLabel.parse(
            """
            START WAL LOCATION: 0/C000028 (file 000000020000000000000003)
            CHECKPOINT LOCATION: 0/C000060
            BACKUP METHOD: pg_rewind
            BACKUP FROM: standby
            START TIME: 2026-11-24 10:00:00 UTC
            """);
    assertThat(label.method()).isEqualTo(BackupLabel.Method.PG_REWIND);
    assertThat(label.start())
        .isEqualTo(
            new BackupLabel.Start(
                Lsn.parse("0/C000028"),
                new WalFileName("000000020000000000000003"),
                new TimelineId(2)));
  }

  @Test
  void version_13_calls_the_primary_master() {
    String of13 = REAL.replace("BACKUP FROM: primary", "BACKUP FROM: master");
    assertThat(BackupLabel.parse(of13)).isEqualTo(BackupLabel.parse(REAL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "START WAL LOCATION",
        "CHECKPOINT LOCATION",
        "BACKUP METHOD",
        "BACKUP FROM",
        "START TIMELINE"
      })
  void each_field_must_be_there_once_and_be_readable(String label) {
    assertThatThrownBy(() -> BackupLabel.parse(REAL.replaceAll("(?m)^" + label + ":.*\n", "")))
        .hasMessage("backup_label: field '" + label + "' is missing");
    assertThatThrownBy(() -> BackupLabel.parse(REAL + label + ": again\n"))
        .hasMessage("backup_label: field '" + label + "' is there twice");
    assertThatThrownBy(
            () -> BackupLabel.parse(REAL.replaceAll("(?m)^" + label + ":.*$", label + ": ?")))
        .hasMessageStartingWith("backup_label: field '" + label + "': ")
        .hasMessageEndingWith("got '?'");
  }

  @Test
  void a_file_of_another_timeline_is_refused() {
    String altered = REAL.replace("START TIMELINE: 1", "START TIMELINE: 2");
    assertThatThrownBy(() -> BackupLabel.parse(altered))
        .hasMessage(
            "backup_label: field 'START WAL LOCATION': WAL file 000000010000000000000007 is of"
                + " timeline 1, but the START TIMELINE is 2");
  }
}
