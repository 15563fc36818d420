package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalDumpTest {
  private static final int PAGE = 8192;
  private static final WalSegmentSize MB_1 = new WalSegmentSize(1 << 20);
  private static final WalDump REAL = WalDump.parse(Captured.text("restore-points.waldump"));

  /** 21 points end at a page's end, 247 run on into the next page, two of these into a new file. */
  @Test
  void ends_where_pg_create_restore_point_said_on_every_kind_of_border() {
    String[] points = Captured.text("restore-points.csv").split("\n", -1);
    for (String point : points) {
      if (point.isEmpty()) {
        continue;
      }
      String name = point.substring(0, point.indexOf(','));
      assertThat(REAL.named(name))
          .as(point)
          .singleElement()
          .extracting(record -> record.endLsn(PAGE, MB_1).toString())
          .isEqualTo(point.substring(point.indexOf(',') + 1));
    }
    assertThat(points.length).isGreaterThan(270);
  }

  @ParameterizedTest
  @CsvSource({
    "before_all, 0/800028, 0/800090",
    "sync_point_20261120_084452_a1b2c3, 0/A6D3D8, 0/A6D440",
    "second_point, 0/A6D4A8, 0/A6D510"
  })
  void finds_a_point_among_other_records(String name, String start, String end) {
    WalDumpRecord record = new WalDumpRecord(Lsn.parse(start), 98, name);
    assertThat(REAL.named(name)).containsExactly(record);
    assertThat(record.endLsn(PAGE, MB_1)).hasToString(end);
  }

  @ParameterizedTest
  @CsvSource({"p7958, 0/8FFFC8, 0/900058", "p18011, 0/9FFFE0, 0/A00070"})
  void a_new_files_first_page_has_the_long_header(String name, String start, String end) {
    assertThat(REAL.named(name))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.start()).hasToString(start);
              assertThat(record.endLsn(PAGE, MB_1)).hasToString(end);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "0/802018, 0/802000",
    "0/802000, 0/802000",
    "0/802020, 0/802020",
    "0/900028, 0/900000",
    "0/900030, 0/900030",
    "0/801FF8, 0/801FF8"
  })
  void the_last_record_before_an_insert_position_ends_before_a_page_header(
      String insert, String end) {
    assertThat(WalDumpRecord.lastEnd(Lsn.parse(insert), PAGE, MB_1)).hasToString(end);
  }

  @Property
  @Domain(AnyWal.class)
  @Domain(DomainContext.Global.class)
  void the_bytes_between_start_and_end_are_the_record_and_its_page_headers(
      @ForAll @IntRange(min = 0, max = 3_000_000) int startByte,
      @ForAll @IntRange(min = 24, max = 200_000) int length) {
    Lsn start = new Lsn(firstRecordFrom(startByte));
    Lsn end = new WalDumpRecord(start, length, "any").endLsn(PAGE, MB_1);
    long usable = 0;
    for (long at = start.value(); at < end.value(); at++) {
      usable += isInPageHeader(at) ? 0 : 1;
    }
    assertThat(usable).isEqualTo((length + 7L) / 8 * 8);
    assertThat(isInPageHeader(end.value() - 1)).isFalse();
  }

  private static long firstRecordFrom(long startByte) {
    long at = (startByte + 7) / 8 * 8;
    while (isInPageHeader(at)) {
      at += 8;
    }
    return at;
  }

  private static boolean isInPageHeader(long at) {
    long header = at % MB_1.bytes() < PAGE ? 40 : 24;
    return at % PAGE < header;
  }

  @Test
  void the_note_on_skipped_bytes_is_no_record() {
    String note = "first record is after 0/700000, at 0/700028, skipping over 40 bytes\n";
    assertThat(WalDump.parse(note + Captured.text("restore-points.waldump"))).isEqualTo(REAL);
    assertThat(WalDump.parse("").restorePoints()).isEmpty();
  }

  @Test
  void a_line_that_is_no_record_is_named() {
    String first = Captured.text("restore-points.waldump").lines().findFirst().orElseThrow();
    assertThatThrownBy(() -> WalDump.parse(first + "\npg_waldump: fatal: no such file\n"))
        .hasMessage("pg_waldump line 2 is no WAL record: 'pg_waldump: fatal: no such file'");
    assertThatThrownBy(() -> WalDump.parse(first.substring(0, 60)))
        .hasMessageStartingWith("pg_waldump line 1 is no WAL record");
  }

  @Test
  void an_impossible_number_names_the_line() {
    String first =
        Captured.text("restore-points.waldump")
            .lines()
            .filter(line -> line.contains("RESTORE_POINT"))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> WalDump.parse(first.replaceFirst("/ +98", "/     0")))
        .hasMessageStartingWith("pg_waldump line 1: WAL record at ");
    assertThatThrownBy(() -> WalDump.parse(first.replaceFirst("lsn: \\S+,", "lsn: 0/00000000,")))
        .hasMessage("pg_waldump line 1: LSN 0/0 is no position");
  }

  @Test
  void wal_goes_on_behind_a_record_and_after_a_switch_at_the_next_file() {
    WalSegmentSize size = new WalSegmentSize(16L << 20);
    assertThat(
            WalDump.endOf(
                "rmgr: Transaction len (rec/tot):     34/    34, tx:        725, lsn: 0/0176BF30,"
                    + " prev 0/0176B138, desc: COMMIT 2026-11-21 15:30:02.365853 UTC",
                8192,
                size))
        .isEqualTo(Lsn.parse("0/176BF58"));
    assertThat(
            WalDump.endOf(
                "rmgr: XLOG        len (rec/tot):     24/    24, tx:          0, lsn: 0/03000060,"
                    + " prev 0/03000028, desc: SWITCH ",
                8192,
                size))
        .isEqualTo(Lsn.parse("0/4000000"));
    assertThatThrownBy(() -> WalDump.endOf("nothing", 8192, size))
        .hasMessage("pg_waldump: no WAL record: 'nothing'");
  }
}
