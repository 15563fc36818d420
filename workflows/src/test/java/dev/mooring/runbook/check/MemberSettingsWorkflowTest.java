package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that break replication are found by a check, not by the next change of the primary. */
class MemberSettingsWorkflowTest {
  private final TestBed bed = new TestBed(Strait.cluster());

  @AfterEach
  void close() {
    bed.close();
  }

  private CheckRow row(String id, String member) {
    return bed.check(Typed.json("{'cluster':'strait'}")).rows().stream()
        .filter(row -> row.is(id, member))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "fsync, off, fsync, WARNING",
    "default_transaction_read_only, on for every role, default-transaction-read-only, WARNING",
    "default_transaction_read_only, off, default-transaction-read-only, GOOD",
    "max_wal_senders, 1, max-wal-senders, WRONG",
    "max_replication_slots, 0, max-replication-slots, WRONG",
    "listen_addresses, localhost, listen-addresses, WRONG",
    "full_page_writes, off, rewind-later, WARNING",
    "wal_sender_timeout, 9s, wal-sender-timeout, WARNING",
    "wal_sender_timeout, 0, wal-sender-timeout, WARNING",
    "wal_sender_timeout, 10s, wal-sender-timeout, GOOD",
    "wal_receiver_timeout, 9500ms, wal-receiver-timeout, WARNING",
    "wal_receiver_timeout, 10500ms, wal-receiver-timeout, GOOD",
    "wal_receiver_status_interval, 0, wal-receiver-status-interval, WARNING",
    "max_standby_streaming_delay, -1, max-standby-streaming-delay, WARNING",
    "hot_standby, off, hot-standby, WARNING",
    "restart_after_crash, off, restart-after-crash, GOOD",
    "hot_standby_feedback, on, hot-standby-feedback, GOOD",
    "recovery_min_apply_delay, 5min, recovery-min-apply-delay, GOOD",
  })
  void each_setting_has_its_level(String setting, String value, String id, Judged level) {
    bed.world().members().setOn("east-0", setting, value);

    assertThat(row(id, "east-0").verdict()).isEqualTo(level);
  }

  @Test
  void a_standby_with_other_settings_than_its_primary_is_named_with_both_values() {
    assertThat(row("settings-as-primary", "west-0").verdict()).isEqualTo(Judged.GOOD);
    bed.world().members().setOn("west-0", "wal_keep_size", "1GB");

    CheckRow other = row("settings-as-primary", "west-0");
    assertThat(other.verdict()).isEqualTo(Judged.WARNING);
    assertThat(other.seen()).isEqualTo("wal_keep_size 1GB, not 0");
  }
}
