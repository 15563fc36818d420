package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartLogTest {
  private static final String POINT = "sync_point_20261120_084452_a1b2c3";
  private static final Instant EARLIER = Instant.parse("2026-11-20T08:55:01.000001Z");
  private static final String STOP = "recovery stopping at restore point \"p\", time ";

  @Test
  void a_parked_instance_stopped_at_the_point_and_shut_down() {
    StartLog log = StartLog.parse(Captured.text("parked.log"));
    assertThat(log.stop())
        .isEqualTo(new StopLine.At(POINT, Instant.parse("2026-11-20T09:00:02.315320Z")));
    assertThat(log.shutDownAtTarget()).isTrue();
    assertThat(log.fatals()).isEmpty();
    assertThat(log.fatalAfterStop()).isFalse();
    assertThat(log.lastLines())
        .hasSize(20)
        .last()
        .asString()
        .endsWith("database system is shut down");
  }

  /** In the words of versions 13 and later, then of 12; a client's FATAL comes after the pause. */
  @ParameterizedTest
  @ValueSource(strings = {"pausing at the end of recovery", "recovery has paused"})
  void one_that_is_to_be_read_stopped_at_the_point_and_pauses(String words) {
    String stop = "x LOG:  " + STOP + "2026-11-20 08:44:52.123456+00\n";
    String pause = "x LOG:  " + words + "\n";
    String fatal = "x FATAL:  password authentication failed for user \"a\"\n";
    assertThat(StartLog.parse(stop + pause + fatal).pausedAtTarget()).isTrue();
    assertThat(StartLog.parse(stop + fatal + pause).pausedAtTarget()).isFalse();
    assertThat(StartLog.parse(stop).pausedAtTarget()).isFalse();
    assertThat(StartLog.parse(pause + stop).pausedAtTarget()).isFalse();
    assertThat(StartLog.parse(Captured.text("parked.log")).pausedAtTarget()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"verbose.log", "parked.csv", "greenplum-parked.csv", "greenplum-parked.log"})
  void any_prefix_verbosity_and_zone_and_the_csv_form_say_the_same(String capture) {
    StartLog log = StartLog.parse(Captured.text(capture));
    assertThat(log.stop())
        .isEqualTo(new StopLine.At("second_point", Instant.parse("2026-11-20T09:00:02.331498Z")));
    assertThat(log.shutDownAtTarget()).isTrue();
    assertThat(log.fatals()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fatal-after-stop.log", "fatal-after-stop.csv"})
  void a_stop_before_consistency_is_a_fatal_after_the_stop_line(String capture) {
    StartLog log = StartLog.parse(Captured.text(capture));
    assertThat(log.stop()).isInstanceOf(StopLine.At.class);
    assertThat(log.shutDownAtTarget()).isFalse();
    assertThat(log.fatalAfterStop()).isTrue();
    assertThat(log.fatals())
        .singleElement()
        .asString()
        .endsWith("FATAL:  requested recovery stop point is before consistent recovery point");
  }

  @ParameterizedTest
  @CsvSource({
    "stopped-by-lsn.log, 'after WAL location (LSN) \"0/A6D578\"'",
    "stopped-at-consistency.log, after reaching consistency"
  })
  void a_stop_at_anything_else_is_named(String capture, String reason) {
    StartLog log = StartLog.parse(Captured.text(capture));
    assertThat(log.stop()).isEqualTo(new StopLine.Elsewhere(reason));
    assertThat(log.shutDownAtTarget()).isTrue();
  }

  @Test
  void a_point_that_is_not_in_the_wal_is_fatal_without_a_stop() {
    StartLog log = StartLog.parse(Captured.text("target-not-in-wal.log"));
    assertThat(log.stop()).isEqualTo(new StopLine.None());
    assertThat(log.shutDownAtTarget()).isFalse();
    assertThat(log.fatalAfterStop()).isFalse();
    assertThat(log.fatals())
        .singleElement()
        .asString()
        .endsWith("FATAL:  recovery ended before configured recovery target was reached");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "target-not-in-wal.log | recovery ended before configured recovery target was reached",
        "fatal-after-stop.log | requested recovery stop point is before consistent recovery point",
        "fatal-after-stop.csv | requested recovery stop point is before consistent recovery point"
      })
  void one_that_died_is_told_with_its_fatal(String capture, String fatal) {
    StartLog log = StartLog.parse(Captured.text(capture));
    assertThat(log.stoppedAtTarget()).isFalse();
    assertThat(log.causeOfDeath()).endsWith("FATAL:  " + fatal);
  }

  @Test
  void one_that_was_killed_is_told_with_its_last_word() {
    String parked = Captured.text("parked.log");
    StartLog killed = StartLog.parse(parked.substring(0, parked.indexOf("recovery stopping")));
    assertThat(killed.stoppedAtTarget()).isFalse();
    assertThat(killed.causeOfDeath()).startsWith("its log ends with '2026-11-20 ");
    assertThat(StartLog.parse("").causeOfDeath()).isEqualTo("its log says nothing");
    assertThat(StartLog.parse(parked).stoppedAtTarget()).isTrue();
  }

  /** Its blocks may be zeros where they never reached the disk. */
  @Test
  void an_empty_log_says_nothing() {
    for (String text : List.of("", "\n", "\0\0\0\0", "\0\0\n")) {
      StartLog log = StartLog.parse(text);
      assertThat(log.saysNothing()).isTrue();
      assertThat(log.causeOfDeath()).isEqualTo("its log says nothing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redirected.log", "greenplum-redirected.csv"})
  void a_log_that_goes_on_elsewhere_says_nothing(String capture) {
    assertThat(StartLog.parse(Captured.text(capture)).saysNothing()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"parked.log", "fatal-after-stop.log", "target-not-in-wal.log"})
  void a_log_of_a_start_says_something_from_its_first_word_on(String capture) {
    String text = Captured.text(capture);
    assertThat(StartLog.parse(text).saysNothing()).isFalse();
    assertThat(StartLog.parse(text.substring(0, text.indexOf("\n") + 1)).saysNothing()).isFalse();
  }

  @Test
  void what_a_restore_command_prints_between_csv_records_is_no_record() {
    String csv = Captured.text("greenplum-parked.csv");
    String printed = "cp: cannot stat '/archive/0/00000002.history': No such file, \"none\"\n";
    StartLog log = StartLog.parse(insertAfter(csv, "\"xlog.c\",7053,\n", printed));
    assertThat(log.stoppedAtTarget()).isTrue();
    assertThat(log.stop()).isEqualTo(StartLog.parse(csv).stop());
  }

  @Test
  void clients_turned_away_are_no_failure_and_a_shutdown_by_hand_is_not_at_the_target() {
    StartLog log = StartLog.parse(Captured.text("waiting-with-clients.log"));
    assertThat(log.fatals()).isEmpty();
    assertThat(log.stop()).isEqualTo(new StopLine.None());
    assertThat(log.shutDownAtTarget()).isFalse();
  }

  @Test
  void a_client_turned_away_after_the_stop_line_leaves_the_proof_whole() {
    String parked = Captured.text("parked.log");
    String turnedAway =
        "2026-11-20 09:00:05.534 UTC [9] FATAL:  the database system is shutting down\n";
    StartLog log = StartLog.parse(insertAfter(parked, "shutdown at recovery target\n", turnedAway));
    assertThat(log.fatalAfterStop()).isFalse();
    assertThat(log.shutDownAtTarget()).isTrue();
  }

  @Test
  void a_panic_after_the_stop_line_is_seen() {
    String panic = "2026-11-20 09:00:05.534 UTC [9] PANIC:  could not write to file\n";
    StartLog log =
        StartLog.parse(insertAfter(Captured.text("parked.log"), "shutting down\n", panic));
    assertThat(log.fatalAfterStop()).isTrue();
    assertThat(log.fatals()).containsExactly(panic.strip());
  }

  @Test
  void stopped_but_not_yet_down_is_not_shut_down() {
    String parked = Captured.text("parked.log");
    String running = parked.substring(0, parked.lastIndexOf("2026"));
    StartLog log = StartLog.parse(running);
    assertThat(log.stop()).isInstanceOf(StopLine.At.class);
    assertThat(log.shutDownAtTarget()).isFalse();
  }

  @Test
  void a_last_line_that_is_still_being_written_is_not_interpreted() {
    String parked = Captured.text("parked.log");
    for (int end = 0; end <= parked.length(); end++) {
      StartLog log = StartLog.parse(parked.substring(0, end));
      assertThat(log.shutDownAtTarget()).isEqualTo(end == parked.length());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parked.csv", "greenplum-parked.csv"})
  void a_csv_record_that_was_cut_off_is_not_interpreted(String capture) {
    String csv = Captured.text(capture);
    for (int end = 0; end <= csv.length(); end++) {
      StartLog log = StartLog.parse(csv.substring(0, end));
      assertThat(log.shutDownAtTarget()).isEqualTo(end == csv.length());
      assertThat(log.stop()).isNotEqualTo(new StopLine.At("earlier_point", EARLIER));
      assertThat(log.fatals()).isEmpty();
    }
  }

  @Test
  void a_log_whose_beginning_was_cut_off_says_the_same_from_its_next_record_on() {
    String csv = Captured.text("greenplum-parked.csv");
    int consistent = csv.indexOf("consistent recovery state");
    for (int start = consistent; start <= csv.indexOf("\n", consistent); start++) {
      assertThat(StartLog.parse(csv.substring(start)).stoppedAtTarget()).isTrue();
    }
  }

  @Test
  void a_greenplum_that_finds_the_point_before_consistency_is_not_parked() {
    String parked = Captured.text("greenplum-parked.csv");
    String fatal =
        "2026-11-20 09:00:49.525110 UTC,,,p20521,th-1816742080,,,,0,,,seg0,,,,,"
            + "\"FATAL\",\"XX000\","
            + "\"requested recovery stop point is before consistent recovery point\""
            + ",,,,,,,0,,\"xlog.c\",6811,\n";
    StartLog log = StartLog.parse(insertAfter(parked, "\"xlog.c\",6131,\n", fatal));
    assertThat(log.fatalAfterStop()).isTrue();
    assertThat(log.stoppedAtTarget()).isFalse();
    assertThat(log.causeOfDeath())
        .endsWith("FATAL:  requested recovery stop point is before consistent recovery point");
  }

  @ParameterizedTest
  @CsvSource({
    "'2026-11-20 09:00:49.488 UTC,,,20517,,LOG', 23, 6",
    "'2026-11-20 09:00:49.488101 UTC,,,p20517,th-18,,,,0,,,seg0,,,,,LOG,00000', 29, 18"
  })
  void a_csv_record_with_too_few_fields_is_an_error(String record, int fewest, int got) {
    assertThatThrownBy(() -> StartLog.parse(record + "\n"))
        .hasMessageStartingWith(
            "server log: a CSV record must have " + fewest + " fields or more, got " + got);
  }

  @Test
  void statements_and_lines_that_belong_to_a_message_say_nothing_of_their_own() {
    StartLog log =
        StartLog.parse(
            """
            2026-11-20 09:00:02 UTC [1] STATEMENT:  select 'FATAL:  x'
            \tLOG:  recovery stopping after reaching consistency
            2026-11-20 09:00:02 UTC [1] DETAIL:  LOG:  recovery stopping after reaching consistency
            """);
    assertThat(log.fatals()).isEmpty();
    assertThat(log.stop()).isEqualTo(new StopLine.None());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-20 08:44:52.123456+00, 2026-11-20T08:44:52.123456Z",
    "2026-11-20 08:44:52+00, 2026-11-20T08:44:52Z",
    "2026-11-20 08:44:52.1-03:30, 2026-11-20T12:14:52.1Z",
    "2026-11-20 08:44:52+01, 2026-11-20T07:44:52Z",
    "1890-01-01 00:00:00+00:19:32, 1889-12-31T23:40:28Z"
  })
  void reads_each_form_postgresql_prints_a_time_in(String text, Instant time) {
    assertThat(StartLog.parse("LOG:  " + STOP + text + "\n").stop())
        .isEqualTo(new StopLine.At("p", time));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "recovery stopping at restore point \"a\"b\", time 2026-11-20 08:44:52+00",
        "recovery stopping at restore point \"\", time 2026-11-20 08:44:52+00",
        "recovery stopping at restore point \"p\"",
        "recovery stopping at restore point \"p\", time tomorrow",
        "recovery stopping at restore point \"p\", time 2026-11-20 08:44:52",
        "recovery stopping at restore point \"p\", time 2026-13-20 08:44:52+00"
      })
  void a_stop_line_that_cannot_be_read_is_an_error(String line) {
    assertThatThrownBy(() -> StartLog.parse("2026 LOG:  " + line + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("server log: ")
        .hasMessageContaining("stop line must be such as");
  }

  @Test
  void the_log_of_two_starts_is_refused() {
    String parked = Captured.text("parked.log");
    assertThatThrownBy(() -> StartLog.parse(parked + parked))
        .hasMessage("server log: holds more than one start, must hold one");
  }

  @Test
  void a_csv_message_may_run_over_lines() {
    String record =
        "2026-11-20 09:00:49.488 UTC,,,1,,6b.1,1,,2026-11-20 09:00:49 UTC,,0,FATAL,XX000,"
            + "\"first\nsecond \"\"quoted\"\"\",,,,,,,,,\"\",\"startup\",,0\n";
    assertThat(StartLog.parse(record).fatals())
        .isEqualTo(List.of("2026-11-20 09:00:49.488 UTC FATAL:  first\nsecond \"quoted\""));
  }

  private static String insertAfter(String text, String anchor, String line) {
    assertThat(text).containsOnlyOnce(anchor);
    return text.replace(anchor, anchor + line);
  }
}
