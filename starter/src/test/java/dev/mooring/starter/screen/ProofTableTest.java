package dev.mooring.starter.screen;

import static dev.mooring.starter.console.Table.UNLIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProofTableTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @Test
  void parked_instances_stand_in_rows_with_shortened_digests() {
    List<ProofRecord> proofs =
        List.of(
            new ProofRecord(
                "west-0",
                List.of(
                    new Fact("content", "0"),
                    new Fact("state", "shut down in recovery"),
                    new Fact("point", "0/3000090"),
                    new Fact("pg_control", DIGEST))),
            new ProofRecord(
                "west-1",
                List.of(
                    new Fact("content", "1"),
                    new Fact("state", "shut down in recovery"),
                    new Fact("point", "0/30000C8"),
                    new Fact("pg_control", DIGEST))));

    assertThat(String.join("\n", ProofTable.of(proofs, UNLIMITED)))
        .isEqualTo(
            """
            proved  content  state                  point      pg_control
            ------  -------  ---------------------  ---------  ------------
            west-0  0        shut down in recovery  0/3000090  0123456789ab
            west-1  1        shut down in recovery  0/30000C8  0123456789ab\
            """);
  }

  @Test
  void facts_that_only_one_row_has_stand_in_the_last_column() {
    List<ProofRecord> proofs =
        List.of(
            new ProofRecord(
                "content 0",
                List.of(
                    new Fact("lsn", "0/3000090"), new Fact("000000010000000000000003", DIGEST))),
            new ProofRecord(
                "content 1",
                List.of(
                    new Fact("lsn", "0/5000090"), new Fact("000000010000000000000005", DIGEST))));

    assertThat(String.join("\n", ProofTable.of(proofs, UNLIMITED)))
        .isEqualTo(
            """
            proved     lsn        files (sha-256)
            ---------  ---------  ---------------------------------------
            content 0  0/3000090  000000010000000000000003 (0123456789ab)
            content 1  0/5000090  000000010000000000000005 (0123456789ab)\
            """);
  }

  @Test
  void what_is_no_file_is_not_called_one() {
    List<ProofRecord> proofs =
        List.of(
            new ProofRecord("east-0", List.of(new Fact("state", "shut down"))),
            new ProofRecord("writes", List.of(new Fact("written", "0/50072E0"))));

    assertThat(String.join("\n", ProofTable.of(proofs, UNLIMITED)))
        .isEqualTo(
            """
            proved  seen
            ------  -------------------
            east-0  state (shut down)
            writes  written (0/50072E0)\
            """);
  }

  @Test
  void nothing_proved_is_no_table() {
    assertThat(ProofTable.of(List.<ProofRecord>of(), UNLIMITED)).isEmpty();
  }
}
