package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.postgres.Lsn;
import org.junit.jupiter.api.Test;

class WalRangesTest {

  @Test
  void spans_the_timelines_of_a_backup() {
    WalRanges ranges =
        WalRanges.parse(
            """
            "WAL-Ranges": [
            { "Timeline": 2, "Start-LSN": "0/5000000", "End-LSN": "0/6000100" },
            { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/5000000" }
            ],
            "Manifest-Checksum": "0"}
            """);
    assertThat(ranges).isEqualTo(new WalRanges(Lsn.parse("0/2000028"), Lsn.parse("0/6000100")));
  }

  @Test
  void refuses_a_manifest_without_them() {
    assertThatThrownBy(() -> WalRanges.parse("\"WAL-Ranges\": [\n],"))
        .hasMessage("backup_manifest has no WAL-Ranges");
  }
}
