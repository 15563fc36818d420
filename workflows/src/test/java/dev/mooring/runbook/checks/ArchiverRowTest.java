package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Archiver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A count of failures only grows; what alerts is a failure that no success has followed. */
class ArchiverRowTest {
  private static final String FILE = "000000010000000000000002";

  @ParameterizedTest
  @CsvSource({
    "0, '', 2026-11-28T05:00:00Z, false",
    "9, 2026-11-28T04:59:59Z, 2026-11-28T05:00:00Z, false",
    "9, 2026-11-28T05:00:00Z, 2026-11-28T05:00:00Z, false",
    "1, 2026-11-28T05:00:01Z, 2026-11-28T05:00:00Z, true",
    "10, 2026-11-28T05:00:01Z, 2026-11-28T05:00:00Z, true",
    "1, 2026-11-28T05:00:01Z, '', true"
  })
  void old_failures_alert_no_more_and_a_new_one_does_whatever_their_number(
      long failures, String lastFailedAt, String lastArchivedAt, boolean failing) {
    Archiver archiver =
        new Archiver(40, FILE, lastArchivedAt, failures, failures == 0 ? "" : FILE, lastFailedAt);

    assertThat(ArchiverRow.isFailing(archiver)).isEqualTo(failing);
  }
}
