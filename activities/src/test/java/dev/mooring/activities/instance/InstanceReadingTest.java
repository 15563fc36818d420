package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Said;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.Captured;
import dev.mooring.postgres.InstanceState;
import dev.mooring.topology.InstanceId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the host scripts say of an instance is read whole, or the field at fault is named. */
class InstanceReadingTest {
  private static final InstanceId WEST = new InstanceId("west-0");
  private static final Said NOT_ASKED = new Said("west-0", Map.of());
  private static final Map<String, String> OBSERVED =
      Map.ofEntries(
          Map.entry("process", "STOPPED"),
          Map.entry("control", Captured.text("parked.controldata")),
          Map.entry("control_digest", "0123456789abcdef".repeat(4)),
          Map.entry("standby_signal", ""),
          Map.entry("recovery_target_name", "sync_point_20261120_090000_a"),
          Map.entry("recovery_target_action", "shutdown"),
          Map.entry("recovery_target_timeline", "1"),
          Map.entry("restore_command", "/gate %f %p"),
          Map.entry("archive_mode", "off"),
          Map.entry("other_targets", ""),
          Map.entry("data_major", "15"),
          Map.entry("program.postgres", "postgres (PostgreSQL) 15.20"),
          Map.entry("program.pg_waldump", "pg_waldump (PostgreSQL) 15.20"),
          Map.entry("pg_wal_free_kb", "4096"));
  private static final Map<String, String> FITNESS =
      Map.ofEntries(
          Map.entry("login", "postgres"),
          Map.entry("owner", "postgres"),
          Map.entry("mode", "700"),
          Map.entry("mounts", ""),
          Map.entry("data_major", "15"),
          Map.entry("program.postgres", "postgres (PostgreSQL) 15.20"),
          Map.entry("max_connections", "100"),
          Map.entry("max_worker_processes", "8"),
          Map.entry("max_wal_senders", "10"),
          Map.entry("max_prepared_transactions", "0"),
          Map.entry("max_locks_per_transaction", "64"),
          Map.entry("missing", ""),
          Map.entry("archive", ""),
          Map.entry("unwritable", ""));

  /** A history is read by more people than a server's configuration. */
  @Test
  void no_command_of_others_is_shown() {
    Map<String, String> said = new HashMap<>(OBSERVED);
    said.put("restore_command", "fetch --pw hunter2 %f %p");
    assertThat(
            InstanceReading.observed(WEST, new Said("west-0", said), NOT_ASKED)
                .recovery()
                .settings()
                .restoreCommand())
        .isEqualTo("set");
    said.put("restore_command", "'/m/mooring-restore-1' %f %p");
    assertThat(
            InstanceReading.observed(WEST, new Said("west-0", said), NOT_ASKED)
                .recovery()
                .settings()
                .throughGate())
        .isTrue();
    said.put("archive_command", "push --pw hunter2 %p || true\n");
    said.put("archive_library", "");
    said.put("wal_level", "replica");
    assertThat(InstanceReading.archiving(WEST, new Said("west-0", said)).command())
        .isEqualTo(ArchiveCommand.HIDING);
  }

  @Test
  void reads_all_that_was_said_of_an_instance() {
    InstanceObserved observed =
        InstanceReading.observed(WEST, new Said("west-0", OBSERVED), NOT_ASKED);
    assertThat(observed.control().state()).isEqualTo(InstanceState.SHUT_DOWN_IN_RECOVERY);
    assertThat(observed.recovery().settings().action()).isEqualTo("shutdown");
    assertThat(observed.pgWalFreeBytes()).isEqualTo(4096 * 1024L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "process",
        "control",
        "control_digest",
        "recovery_target_name",
        "recovery_target_action",
        "recovery_target_timeline",
        "restore_command",
        "archive_mode",
        "other_targets",
        "data_major",
        "program.postgres",
        "pg_wal_free_kb"
      })
  void names_what_an_observation_lacks(String section) {
    Said said = new Said("west-0", without(OBSERVED, section));
    assertThatThrownBy(() -> InstanceReading.observed(WEST, said, NOT_ASKED))
        .hasMessageContaining("'" + section + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "process, ASLEEP, 'process'",
    "control, Database cluster state: new, pg_controldata",
    "control_digest, 0123, 'control_digest'",
    "data_major, fifteen, PG_VERSION",
    "program.postgres, postgres 15, program version",
    "program.pg_waldump, '', program version",
    "pg_wal_free_kb, -1, 'pg_wal_free_kb'",
    "backup_label, START WAL LOCATION: here, START TIMELINE"
  })
  void names_what_an_observation_says_wrongly(String section, String text, String named) {
    Said said = new Said("west-0", with(OBSERVED, section, text));
    assertThatThrownBy(() -> InstanceReading.observed(WEST, said, NOT_ASKED))
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login",
        "owner",
        "mode",
        "data_major",
        "program.postgres",
        "max_connections",
        "max_locks_per_transaction",
        "missing",
        "archive",
        "unwritable"
      })
  void names_what_a_host_did_not_say_of_its_fitness(String section) {
    Said said = new Said("west-0", without(FITNESS, section));
    assertThatThrownBy(() -> InstanceReading.fitness(WEST, said, () -> ""))
        .hasMessageContaining("'" + section + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "doing, resting, 'doing'",
    "file, 00000001, WAL file",
    "file, '', WAL file",
  })
  void names_what_is_wrong_with_a_place_in_replay(String section, String text, String named) {
    Map<String, String> place = Map.of("doing", "waiting", "file", "000000010000000000000005");
    assertThat(InstanceReading.place(WEST, new Said("west-0", place)).waiting()).isTrue();
    Said said = new Said("west-0", with(place, section, text));
    assertThatThrownBy(() -> InstanceReading.place(WEST, said)).hasMessageContaining(named);
  }

  private static Map<String, String> without(Map<String, String> said, String section) {
    Map<String, String> rest = new HashMap<>(said);
    rest.remove(section);
    return rest;
  }

  private static Map<String, String> with(Map<String, String> said, String section, String text) {
    Map<String, String> changed = new HashMap<>(said);
    changed.put(section, text);
    return changed;
  }
}
