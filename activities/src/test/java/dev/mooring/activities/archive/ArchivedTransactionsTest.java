package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.LocalHost;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.TransactionsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.ArchiveActivities.WantedTransactions;
import dev.mooring.postgres.DistributedTransactions;
import dev.mooring.postgres.DistributedTransactions.Global;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of distributed transactions, and what of it is said that can't be read. */
class ArchivedTransactionsTest {
  private static final Lsn POINT = Lsn.parse("0/14000C8");
  private static final Lsn END = Lsn.parse("0/1400200");
  private static final String PREPARED =
      "rmgr: Transaction len (rec/tot):    300/   300, tx:        745, lsn: 0/01400100, prev"
          + " 0/014000C8, desc: PREPARE at = 2026-11-24 10:00:00.000000 UTC; gid = 1764-1";

  @TempDir Path directory;
  private Path archive = Path.of("/nonexistent");
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void fill() throws IOException {
    local = LocalHost.in(directory);
    archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(SampleWal.name(1, 20)), SampleWal.file(1, 20));
  }

  @AfterEach
  void close() {
    local.close();
  }

  /** A program that prints this of transactions, and nothing of points. */
  private void decoder(String ofTransactions) throws IOException {
    decoder(":", ofTransactions);
  }

  private void decoder(String ofPoints, String ofTransactions) throws IOException {
    Path decoder = directory.resolve("pg_waldump");
    Files.writeString(
        decoder,
        """
        #!/bin/sh
        echo "$*" >>%s
        case "$*" in
          *' -r Transaction') %s ;;
          *) %s ;;
        esac
        """
            .formatted(asked(), ofTransactions, ofPoints));
    assertThat(decoder.toFile().setExecutable(true)).isTrue();
  }

  private Path asked() {
    return directory.resolve("asked");
  }

  private List<String> rangesAsked() throws IOException {
    return Files.readAllLines(asked()).stream()
        .filter(line -> line.endsWith(" -r Transaction"))
        .map(line -> line.substring(line.indexOf("-s")))
        .toList();
  }

  @Test
  void the_range_is_decoded_beside_the_point() throws IOException {
    decoder("echo '" + PREPARED + "'");
    assertThat(seen(POINT, END))
        .isEqualTo(
            TransactionsArchived.read(
                new DistributedTransactions(
                    List.of(), List.of(new Global("1764-1", Lsn.parse("0/1400100"))))));
    assertThat(rangesAsked()).containsExactly("-s 0/14000C8 -e 0/1400200 -r Transaction");
  }

  @Test
  void a_line_that_is_not_understood_is_unreadable() throws IOException {
    decoder("echo '" + PREPARED.replace("PREPARE at", "UNKNOWN (70)") + "'");
    assertThat(seen(POINT, END).unreadable()).contains("UNKNOWN (70)");
  }

  @Test
  void a_decoder_that_does_not_come_to_the_end_is_unreadable_whatever_it_printed()
      throws IOException {
    decoder("echo '" + PREPARED + "'; echo 'error in WAL record at 0/1400180' >&2; exit 1");
    TransactionsArchived seen = seen(POINT, END);
    assertThat(seen.unreadable()).contains("error in WAL record at 0/1400180");
    assertThat(seen.found()).isEqualTo(DistributedTransactions.NONE);
  }

  @Test
  void a_decoder_whose_output_found_no_room_is_unreadable_though_its_status_is_0()
      throws IOException {
    decoder("ln -s /dev/full \"${2%.copy}.decoded\"", "echo '" + PREPARED + "' || :");
    TransactionsArchived seen = seen(POINT, END);
    assertThat(seen.unreadable()).contains("can't be kept");
    assertThat(seen.found()).isEqualTo(DistributedTransactions.NONE);
  }

  @Test
  void a_file_of_the_range_that_is_not_there_is_late_though_the_point_was_read()
      throws IOException {
    decoder("echo '" + PREPARED + "'");
    assertThat(seen(POINT, Lsn.parse("0/1500200")))
        .isEqualTo(TransactionsArchived.late(SampleWal.name(1, 21)));
    assertThat(rangesAsked()).isEmpty();
  }

  /** The coordinator's may lie in the file before its point's. */
  @Test
  void a_range_over_two_files_is_read_from_both() throws IOException {
    Files.write(archive.resolve(SampleWal.name(1, 19)), SampleWal.file(1, 19));
    decoder("ls \"$2\" | grep -c . >" + directory.resolve("files"));
    assertThat(seen(Lsn.parse("0/13FFF00"), POINT))
        .isEqualTo(TransactionsArchived.read(DistributedTransactions.NONE));
    assertThat(Files.readString(directory.resolve("files")).strip()).isEqualTo("2");
  }

  @Test
  void a_range_that_ends_with_its_file_needs_no_next_one() throws IOException {
    decoder("echo '" + PREPARED + "'");
    assertThat(seen(POINT, Lsn.parse("0/1500000")).late()).isEmpty();
    assertThat(rangesAsked()).containsExactly("-s 0/14000C8 -e 0/1500000 -r Transaction");
  }

  @Test
  void a_range_without_room_for_a_record_holds_none() throws IOException {
    decoder("exit 1");
    assertThat(seen(POINT, POINT))
        .isEqualTo(TransactionsArchived.read(DistributedTransactions.NONE));
  }

  @Test
  void nothing_is_said_where_nothing_is_asked() throws IOException {
    decoder("exit 1");
    assertThat(point(List.of()).transactions()).isEmpty();
  }

  private TransactionsArchived seen(Lsn from, Lsn until) {
    List<TransactionsArchived> all =
        point(List.of(new WantedTransactions(from, until))).transactions();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private PointArchived point(List<WantedTransactions> transactions) {
    Site.Archive where = new Site.Archive(archive.toString(), "cp {archive}/%f %p", List.of());
    WantedPoint wanted =
        new WantedPoint(
            ArchivedLook.OWNER,
            new RestorePointName("sync_point_20261003_101500_a"),
            SampleWal.chain(1, where, List.of()).target(),
            where,
            new WalFileName(SampleWal.name(1, 20)),
            List.of(),
            transactions);
    return ArchivedLook.at(local, directory, wanted, Duration.ZERO);
  }
}
