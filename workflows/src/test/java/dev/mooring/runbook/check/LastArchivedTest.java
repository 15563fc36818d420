package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server's report that it archived a file is compared with the archive. */
class LastArchivedTest {
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final String LOST = "00000001000000000000000A";

  private static CheckRow row(Observed<RecentArchived> seen) {
    return row(true, seen);
  }

  private static CheckRow row(boolean archived, Observed<RecentArchived> seen) {
    CheckRows rows = new CheckRows(List.of());
    new LastArchived(EAST, archived, seen).judge(rows);
    return rows.all().get(0);
  }

  private static RecentArchived archive(MissingWal... missing) {
    return new RecentArchived(EAST, 16, List.of(missing), List.of());
  }

  @Test
  void files_that_arrived_are_good_and_one_that_did_not_is_wrong_and_named() {
    assertThat(row(new Observed.Seen<>(archive())).verdict()).isEqualTo(Judged.GOOD);

    CheckRow gap = row(new Observed.Seen<>(archive(new MissingWal(LOST, "missing"))));

    assertThat(gap.verdict()).isEqualTo(Judged.WRONG);
    assertThat(gap.seen()).isEqualTo(LOST + " missing");
  }

  @Test
  void a_history_that_is_not_there_before_a_file_of_its_timeline_was_archived_is_a_warning() {
    Observed<RecentArchived> seen =
        new Observed.Seen<>(archive(MissingWal.absent("00000002.history")));

    assertThat(row(false, seen).verdict()).isEqualTo(Judged.WARNING);
    assertThat(row(true, seen).verdict()).isEqualTo(Judged.WRONG);
    assertThat(row(false, new Observed.Seen<>(archive())).verdict()).isEqualTo(Judged.GOOD);
  }

  @Test
  void an_archive_that_was_not_read_is_never_good() {
    CheckRow unread = row(new Observed.Unseen<>(FailureCode.HOST_UNREACHABLE, "e0 is silent"));

    assertThat(unread.verdict()).isEqualTo(Judged.WRONG);
  }

  @Test
  void the_primary_of_a_cluster_that_streams_has_the_row_and_no_fleet() {
    assertThat(rows(Strait.cluster()))
        .containsExactly(
            "east-0 archive-chain: the last 1 files that it archived are there; older ones were"
                + " not checked");
    assertThat(rows(Harbour.cluster(2))).isEmpty();
  }

  private static List<String> rows(Cluster cluster) {
    try (TestBed bed = new TestBed(cluster)) {
      bed.world().writeEverywhere(2 * Harbour.WAL_SIZE.bytes());
      return bed.check(Typed.json("{'cluster':'" + cluster.name() + "'}")).rows().stream()
          .filter(row -> row.id().equals("archive-chain"))
          .map(CheckRow::inShort)
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "000000010000000000000007, 000000010000000000000007",
    "000000010000000000000007.00000028.backup, 000000010000000000000007",
    "000000020000000000000007,",
    "00000002.history,",
  })
  void the_last_file_is_one_of_its_own_timeline_also_after_a_base_backup(
      String archived, @Nullable String file) {
    ServerObserved server = ObservedInstances.server(Strait.cluster().members().get(0));
    assertThat(LastArchived.last(Altered.of(server, "archiver.lastArchived", archived)))
        .extracting(WalFileName::text)
        .containsExactlyElementsOf(file == null ? List.of() : List.of(file));
  }
}
