package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDataTest {
  private static final String REAL = Captured.text("parked.controldata");

  @Test
  void reads_an_instance_parked_at_a_restore_point() {
    assertThat(ControlData.parse(REAL))
        .isEqualTo(
            new ControlData(
                new ControlData.Identity(
                    SystemIdentifier.parse("7710175824951194455"),
                    new ControlData.Layout(1300, 202209061, new WalSegmentSize(1 << 20), 8192, 0)),
                InstanceState.SHUT_DOWN_IN_RECOVERY,
                new ControlData.Checkpoint(
                    Lsn.parse("0/A4C280"),
                    new ControlData.Redo(
                        Lsn.parse("0/A4C248"), new WalFileName("00000001000000000000000A")),
                    TimelineId.FIRST,
                    TimelineId.FIRST,
                    Instant.parse("2026-11-20T09:00:02Z")),
                new ControlData.Recovery(
                    new MinimumRecoveryEnd.At(Lsn.parse("0/A6D510"), TimelineId.FIRST),
                    new BackupRecovery.None(),
                    false),
                new ControlData.Settings(WalLevel.REPLICA, new StandbyLimits(100, 8, 10, 0, 64))));
  }

  @ParameterizedTest
  @CsvSource({
    "in-production, in production, none, none",
    "shut-down, shut down, none, none",
    "fresh-base-backup, in production, none, none",
    "fatal-after-stop, in archive recovery, 0/A6D510 on timeline 1, none",
    "backup-from-primary, in archive recovery, 0/F00028 on timeline 1, from 0/F00028",
    "backup-from-standby, in archive recovery, 0/C00000 on timeline 1, from 0/A4C248 to 0/C00000",
    "promoted, shut down, none, none"
  })
  void reads_each_state_a_server_was_seen_in(
      String capture, String state, String minimumEnd, String backup) {
    ControlData data = ControlData.parse(Captured.text(capture + ".controldata"));
    assertThat(data.state()).hasToString(state);
    assertThat(data.recovery().minimumEnd()).hasToString(minimumEnd);
    assertThat(data.recovery().backup()).hasToString(backup);
    assertThat(data.recovery().endOfBackupRecordRequired()).isEqualTo(!backup.equals("none"));
  }

  @Test
  void reads_the_timeline_of_a_promoted_server() {
    ControlData.Checkpoint checkpoint =
        ControlData.parse(Captured.text("promoted.controldata")).checkpoint();
    assertThat(checkpoint.timeline()).isEqualTo(new TimelineId(2));
    assertThat(checkpoint.redo().walFile()).hasToString("00000002000000000000000E");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pg_control version number",
        "Catalog version number",
        "Database system identifier",
        "Database cluster state",
        "Latest checkpoint location",
        "Latest checkpoint's REDO location",
        "Latest checkpoint's REDO WAL file",
        "Latest checkpoint's TimeLineID",
        "Latest checkpoint's PrevTimeLineID",
        "Time of latest checkpoint",
        "Minimum recovery ending location",
        "Min recovery ending loc's timeline",
        "Backup start location",
        "Backup end location",
        "End-of-backup record required",
        "wal_level setting",
        "max_connections setting",
        "max_worker_processes setting",
        "max_wal_senders setting",
        "max_prepared_xacts setting",
        "max_locks_per_xact setting",
        "WAL block size",
        "Bytes per WAL segment",
        "Data page checksum version"
      })
  void each_field_must_be_there_once_and_be_readable(String label) {
    assertThatThrownBy(() -> ControlData.parse(REAL.replaceAll("(?m)^" + label + ":.*\n", "")))
        .hasMessage("pg_controldata: field '" + label + "' is missing");
    assertThatThrownBy(() -> ControlData.parse(REAL + label + ": 1\n"))
        .hasMessage("pg_controldata: field '" + label + "' is there twice");
    assertThatThrownBy(() -> ControlData.parse(with(label, "?")))
        .hasMessageStartingWith("pg_controldata: field '" + label + "': ")
        .hasMessageContaining("got '?'");
    assertThatThrownBy(() -> ControlData.parse(with(label, "")))
        .hasMessageStartingWith("pg_controldata: field '" + label + "': ");
  }

  @ParameterizedTest
  @CsvSource({
    "Min recovery ending loc's timeline, 0, 'timeline must be 1 to'",
    "Minimum recovery ending location, 0/0, 'must be 0 if the Minimum recovery ending'",
    "Backup end location, 0/900000, 'must be 0/0 if the Backup start location is 0/0'",
    "WAL block size, 8000, 'must be a power of two from 1024 to 65536, got 8000'",
    "max_connections setting, -1, 'must be a number of 0 or more'",
    "Bytes per WAL segment, 16777216, 'lies in 000000010000000000000000, but the REDO WAL file is'",
    "Latest checkpoint's TimeLineID, 2, 'lies in 00000002000000000000000A, but the REDO WAL file'"
  })
  void fields_that_contradict_each_other_are_refused(String label, String value, String fault) {
    assertThatThrownBy(() -> ControlData.parse(with(label, value)))
        .hasMessageStartingWith("pg_controldata: field '")
        .hasMessageContaining(fault);
  }

  @Test
  void a_day_below_ten_is_padded_with_a_blank() {
    String early = with("Time of latest checkpoint", "Sun Nov  1 00:00:59 2026");
    assertThat(ControlData.parse(early).checkpoint().time()).isEqualTo("2026-11-01T00:00:59Z");
  }

  @Test
  void a_time_in_another_language_says_how_to_run_the_program() {
    assertThatThrownBy(
            () -> ControlData.parse(with("Time of latest checkpoint", "Fr 20 Nov 2026 09:00:02")))
        .hasMessageEndingWith("HINT: pg_controldata must run with LC_ALL=C and TZ=UTC.");
  }

  @Test
  void a_control_file_with_a_wrong_checksum_is_not_believed() {
    String warning =
        """
        WARNING: Calculated CRC checksum does not match value stored in file.
        Either the file is corrupt, or it has a different layout than this program
        is expecting.  The results below are untrustworthy.

        """;
    assertThatThrownBy(() -> ControlData.parse(warning + REAL))
        .hasMessageContaining("the control file's checksum does not match its content");
    assertThatThrownBy(() -> ControlData.parse("WARNING: invalid WAL segment size\n" + REAL))
        .hasMessageContaining("printed a warning");
    assertThatThrownBy(() -> ControlData.parse("pg_controldata: warning: odd\n" + REAL))
        .hasMessageContaining("printed a warning");
  }

  @Test
  void a_line_without_a_label_is_refused() {
    assertThatThrownBy(() -> ControlData.parse("no control file\n"))
        .hasMessageStartingWith("pg_controldata: line without a label");
    assertThatThrownBy(() -> ControlData.parse("")).hasMessageContaining("is missing");
  }

  @ParameterizedTest
  @EnumSource(InstanceState.class)
  void only_the_two_orderly_ends_are_stopped(InstanceState state) {
    assertThat(state.isStopped()).isEqualTo(state.toString().startsWith("shut down"));
    assertThat(ControlData.parse(with("Database cluster state", state.toString())).state())
        .isEqualTo(state);
  }

  @Test
  void limits_lower_than_the_primarys_are_named_with_both_numbers() {
    StandbyLimits primary = new StandbyLimits(200, 8, 10, 5, 64);
    StandbyLimits standby = new StandbyLimits(100, 9, 10, 0, 64);
    assertThat(standby.shortOf(primary))
        .containsExactly(
            "max_connections is 100, must be at least 200",
            "max_prepared_transactions is 0, must be at least 5");
    assertThat(primary.shortOf(primary)).isEmpty();
  }

  private static String with(String label, String value) {
    String altered = REAL.replaceFirst("(?m)^" + label + ":.*$", label + ": " + value);
    assertThat(altered).contains(label + ": " + value);
    return altered;
  }
}
