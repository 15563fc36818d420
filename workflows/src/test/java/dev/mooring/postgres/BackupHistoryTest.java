package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupHistoryTest {
  /** In the form of PostgreSQL 12 (do_pg_stop_backup), at a WAL file size of 64 MB. */
  private static final String OF_12 =
      """
      START WAL LOCATION: 1/C000028 (file 000000030000000100000003)
      STOP WAL LOCATION: 1/10000000 (file 000000030000000100000003)
      CHECKPOINT LOCATION: 1/C000060
      BACKUP METHOD: streamed
      BACKUP FROM: master
      START TIME: 2026-11-24 10:00:00 UTC
      LABEL: STOP WAL LOCATION: of a person's
      START TIMELINE: 3
      STOP TIME: 2026-11-24 10:00:02 UTC
      STOP TIMELINE: 3
      """;

  @Test
  void reads_where_a_backup_began_and_ended() {
    assertThat(BackupHistory.parse(OF_12))
        .isEqualTo(
            new BackupHistory(
                Lsn.parse("1/C000028"),
                new WalFileName("000000030000000100000003"),
                Lsn.parse("1/10000000")));
  }

  @ParameterizedTest
  @CsvSource({
    "000000010000000000000002, 0/2000028, 16777216, 000000010000000000000002.00000028.backup",
    "000000010000000000000007, 0/700028, 1048576, 000000010000000000000007.00000028.backup",
    "00000001000000000000000A, 0/A4C248, 1048576, 00000001000000000000000A.0004C248.backup",
    "000000030000000100000003, 1/C000028, 67108864, 000000030000000100000003.00000028.backup",
    "0000000A000000FF0000003F, FF/FF45FA08, 67108864, 0000000A000000FF0000003F.0345FA08.backup",
    "0000000100000001000000FF, 1/FFC00000, 16777216, 0000000100000001000000FF.00C00000.backup",
  })
  void is_named_by_the_backups_start(String file, String start, long size, String name) {
    assertThat(
            BackupHistory.fileName(
                new WalFileName(file), Lsn.parse(start), new WalSegmentSize(size)))
        .isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"START WAL LOCATION", "STOP WAL LOCATION", "STOP TIMELINE"})
  void each_field_must_be_there_once_and_be_readable(String label) {
    assertThatThrownBy(() -> BackupHistory.parse(OF_12.replaceAll("(?m)^" + label + ":.*\n", "")))
        .hasMessage("backup history: field '" + label + "' is missing");
    assertThatThrownBy(() -> BackupHistory.parse(OF_12 + label + ": again\n"))
        .hasMessage("backup history: field '" + label + "' is there twice");
    assertThatThrownBy(
            () -> BackupHistory.parse(OF_12.replaceAll("(?m)^" + label + ":.*$", label + ": ?")))
        .hasMessageStartingWith("backup history: field '" + label + "': ")
        .hasMessageEndingWith("got '?'");
  }

  @ParameterizedTest
  @CsvSource({
    "1/10000000, 1/C000028",
    "STOP TIMELINE: 3, STOP TIMELINE: 4",
    "STOP WAL LOCATION: 1/10000000 (file 00000003, STOP WAL LOCATION: 1/10000000 (file 00000004",
  })
  void one_that_contradicts_itself_is_refused(String original, String altered) {
    String text = OF_12.replace(original, altered);
    assertThatThrownBy(() -> BackupHistory.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("backup history: it begins ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html><body>503</body></html>", "START WAL LOCATION: 1/C000028"})
  void what_is_no_history_is_refused(String text) {
    assertThatThrownBy(() -> BackupHistory.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("backup history: ");
  }
}
