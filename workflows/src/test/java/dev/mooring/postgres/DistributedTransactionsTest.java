package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.postgres.DistributedTransactions.Global;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributedTransactionsTest {
  private static final String COMMITTED =
      record(
          "0/0C0001A8",
          "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00.000000 UTC gid = 1764-12,"
              + " gxid = 12");
  private static final String PREPARED =
      record("0/10000A20", "PREPARE at = 2026-11-24 10:00:00.000000 UTC; gid = 1764-12");

  private static String record(String lsn, String description) {
    return "rmgr: Transaction len (rec/tot):     66/    66, tx:        740, lsn: "
        + lsn
        + ", prev 0/0C000160, desc: "
        + description
        + "\n";
  }

  @Test
  void a_transaction_is_named_alike_where_it_is_committed_and_where_it_is_prepared() {
    DistributedTransactions found = DistributedTransactions.parse(COMMITTED + PREPARED);
    assertThat(found.committed()).containsExactly(new Global("1764-12", Lsn.parse("0/C0001A8")));
    assertThat(found.prepared()).containsExactly(new Global("1764-12", Lsn.parse("0/10000A20")));
  }

  /** As later builds print them by their source; measured was the other form alone. */
  @Test
  void the_form_of_later_builds_is_read_and_meets_the_other_by_its_number() {
    DistributedTransactions found =
        DistributedTransactions.parse(
            record(
                    "0/0C0001A8",
                    "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00.000000 UTC gxid ="
                        + " 12")
                + record(
                    "0/10000A20", "PREPARE gid 12: 2026-11-24 10:00:00.000000 UTC; rels: a/b/1"));
    assertThat(found.committed()).containsExactly(new Global("12", Lsn.parse("0/C0001A8")));
    assertThat(found.prepared()).containsExactly(new Global("12", Lsn.parse("0/10000A20")));
    assertThat(found.committed().get(0).number())
        .isEqualTo(found.prepared().get(0).number())
        .isEqualTo("12");
  }

  /** What a real one's pg_waldump printed of six points under load. */
  @Test
  void every_transaction_of_a_real_server_is_understood() {
    String real =
        Captured.text("greenplum-points.waldump")
            .lines()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining("\n"));
    DistributedTransactions found = DistributedTransactions.parse(real);
    assertThat(found.committed()).hasSize(40);
    assertThat(found.prepared()).hasSize(41);
    assertThat(found.prepared())
        .contains(new Global("1795623213-0000003536", Lsn.parse("0/1ADE268")));
    assertThat(found.committed())
        .contains(new Global("1795623213-0000003536", Lsn.parse("0/2093AB0")));
  }

  @Test
  void what_a_commit_says_beside_its_gid_is_passed_over() {
    String verbose =
        record(
            "0/0C000200",
            "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00.000000 UTC; inval msgs:"
                + " catcache 50 gid = 0-0 gid = 1764-13, gxid = 13");
    assertThat(DistributedTransactions.parse(verbose).committed())
        .extracting(Global::gid)
        .containsExactly("1764-13");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT 2026-11-24 10:00:00.000000 UTC gid = 1764-14 gxid = 14",
        "ABORT 2026-11-24 10:00:00.000000 UTC",
        "COMMIT_PREPARED 741: 2026-11-24 10:00:00.000000 UTC",
        "ABORT_PREPARED 741: 2026-11-24 10:00:00.000000 UTC",
        "ASSIGNMENT xtop 744: subxacts: 745",
        "DISTRIBUTED_FORGET distributed forget  gid = 1764-12, gxid = 12"
      })
  void other_records_of_transactions_decide_nothing(String description) {
    assertThat(DistributedTransactions.parse(record("0/0C000200", description)))
        .isEqualTo(DistributedTransactions.NONE);
  }

  @Test
  void records_of_other_resource_managers_and_notes_are_no_transactions() {
    String text =
        "first record is after 0/C000028, at 0/C000060, skipping over 56 bytes\n\n"
            + record("0/0C000200", "SWITCH ").replace("Transaction", "XLOG       ");
    assertThat(DistributedTransactions.parse(text)).isEqualTo(DistributedTransactions.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00.000000 UTC",
        "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00.000000 UTC gid = 1764-12",
        "PREPARE ",
        "PREPARE gid 1764-12",
        "PREPARE gid half_a_transfer: 2026-11-24 10:00:00.000000 UTC",
        "PREPARE at = 2026-11-24 10:00:00.000000 UTC; gid = half_a_transfer",
        "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00Z gid = 12-a, gxid = 12",
        "DISTRIBUTED_COMMIT distributed commit 2026-11-24 10:00:00Z gid = 1-12, gxid = 13",
        "UNKNOWN (70)",
        ""
      })
  void a_record_that_is_not_understood_is_never_taken_for_none(String description) {
    String line = record("0/0C000200", description);
    assertThatThrownBy(() -> DistributedTransactions.parse(COMMITTED + line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(line.strip());
  }

  @Test
  void a_line_that_is_no_record_is_never_passed_over() {
    String cut = PREPARED.substring(0, 70);
    assertThatThrownBy(() -> DistributedTransactions.parse(COMMITTED + cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(cut);
  }
}
