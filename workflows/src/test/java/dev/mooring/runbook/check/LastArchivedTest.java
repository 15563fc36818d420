package dev.mooring.runbook.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server's report that it archived a file is compared with the archive. */
class LastArchivedTest {
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final String LOST = "00000001000000000000000A";

  private static CheckRow row(Observed<RecentArchived> seen) {
    CheckRows rows = new CheckRows(List.of());
    new LastArchived(EAST, seen).judge(rows);
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
  void an_archive_that_was_not_read_is_never_good() {
    CheckRow unread = row(new Observed.Unseen<>(FailureCode.HOST_UNREACHABLE, "e0 is silent"));

    assertThat(unread.verdict()).isEqualTo(Judged.WRONG);
  }

  @Test
  void the_primary_of_a_cluster_that_streams_has_the_row_and_no_fleet() {
    assertThat(subjects(Strait.cluster())).containsExactly("east-0");
    assertThat(subjects(Harbour.cluster(2))).isEmpty();
  }

  private static List<String> subjects(Cluster cluster) {
    try (TestBed bed = new TestBed(cluster)) {
      return bed.check(Typed.json("{'cluster':'" + cluster.name() + "'}")).rows().stream()
          .filter(row -> row.id().equals("archive-chain"))
          .map(CheckRow::subject)
          .toList();
    }
  }
}
