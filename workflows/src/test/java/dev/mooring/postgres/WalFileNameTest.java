package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalFileNameTest {
  private static final WalSegmentSize MB_16 = new WalSegmentSize(16L << 20);
  private static final WalSegmentSize MB_64 = new WalSegmentSize(64L << 20);

  @Property
  @Domain(AnyWal.class)
  void a_position_lies_in_the_file_that_contains_it(
      @ForAll TimelineId timeline, @ForAll Lsn lsn, @ForAll WalSegmentSize size) {
    WalFileName file = WalFileName.containing(timeline, lsn, size);
    BigInteger start =
        BigInteger.valueOf(file.segmentNumber(size)).multiply(BigInteger.valueOf(size.bytes()));
    BigInteger offset = new BigInteger(Long.toUnsignedString(lsn.value())).subtract(start);
    assertThat(offset).isBetween(BigInteger.ZERO, BigInteger.valueOf(size.bytes() - 1));
    assertThat(file.timeline()).isEqualTo(timeline);
  }

  @Property
  @Domain(AnyWal.class)
  void number_and_back_is_the_same_file(
      @ForAll TimelineId timeline, @ForAll Lsn lsn, @ForAll WalSegmentSize size) {
    WalFileName file = WalFileName.containing(timeline, lsn, size);
    assertThat(WalFileName.of(timeline, file.segmentNumber(size), size)).isEqualTo(file);
    assertThat(new WalFileName(file.toString())).isEqualTo(file);
  }

  @Property
  @Domain(AnyWal.class)
  void names_of_a_timeline_sort_in_wal_order(
      @ForAll TimelineId timeline,
      @ForAll Lsn one,
      @ForAll Lsn other,
      @ForAll WalSegmentSize size) {
    WalFileName of = WalFileName.containing(timeline, one, size);
    WalFileName ofOther = WalFileName.containing(timeline, other, size);
    assertThat(Integer.signum(of.compareTo(ofOther)))
        .isEqualTo(Long.compare(of.segmentNumber(size), ofOther.segmentNumber(size)));
  }

  @Property
  @Domain(AnyWal.class)
  void a_file_begins_where_the_one_before_ends(
      @ForAll TimelineId timeline, @ForAll Lsn lsn, @ForAll WalSegmentSize size) {
    WalFileName file = WalFileName.containing(timeline, lsn, size);
    Assume.that(file.segmentNumber(size) > 0);
    Lsn start = file.startLsn(size);
    assertThat(WalFileName.containing(timeline, start, size)).isEqualTo(file);
    WalFileName before = WalFileName.containingByteBefore(timeline, start, size);
    assertThat(before.next(size)).isEqualTo(file);
  }

  /** Computed by pg_walfile_name of PostgreSQL 15 at 16 MB. */
  @ParameterizedTest
  @CsvSource({
    "0/1, 000000010000000000000000",
    "0/1000000, 000000010000000000000000",
    "0/1000001, 000000010000000000000001",
    "9/E40000C8, 0000000100000009000000E4",
    "1/0, 0000000100000000000000FF",
    "1/1, 000000010000000100000000",
    "FFFFFFFF/FFFFFFFF, 00000001FFFFFFFF000000FF"
  })
  void containing_the_byte_before_is_what_pg_walfile_name_answers(String lsn, String name) {
    assertThat(WalFileName.containingByteBefore(TimelineId.FIRST, Lsn.parse(lsn), MB_16))
        .hasToString(name);
  }

  @Test
  void at_64_mb_a_new_4_gb_block_begins_with_file_0() {
    assertThat(WalFileName.containing(TimelineId.FIRST, Lsn.parse("1/0"), MB_64))
        .hasToString("000000010000000100000000");
    WalFileName first = WalFileName.containing(TimelineId.FIRST, Lsn.parse("0/FC000000"), MB_64);
    assertThat(Stream.iterate(first, file -> file.next(MB_64)).limit(4).map(WalFileName::text))
        .containsExactly(
            "00000001000000000000003F",
            "000000010000000100000000",
            "000000010000000100000001",
            "000000010000000100000002");
    assertThat(WalFileName.containing(TimelineId.FIRST, Lsn.parse("1/8000000"), MB_64))
        .hasToString("000000010000000100000002");
  }

  @Test
  void file_0_has_no_start_position() {
    WalFileName first = new WalFileName("000000010000000000000000");
    assertThatThrownBy(() -> first.startLsn(MB_16))
        .hasMessage("WAL file 000000010000000000000000 begins at 0/0, which is no position");
    assertThat(first.next(MB_16).startLsn(MB_16)).hasToString("0/1000000");
  }

  @Test
  void a_name_that_cannot_occur_at_a_size_is_refused() {
    WalFileName of16 = new WalFileName("000000010000000000000040");
    assertThat(of16.segmentNumber(MB_16)).isEqualTo(64);
    assertThatThrownBy(() -> of16.segmentNumber(MB_64))
        .hasMessage(
            "WAL file name 000000010000000000000040 ends in 00000040, but at 67108864 bytes per"
                + " file the last 8 digits go to 0000003F");
  }

  @Test
  void there_is_no_file_after_the_last_position() {
    WalFileName last =
        WalFileName.containing(TimelineId.FIRST, Lsn.parse("FFFFFFFF/FFFFFFFF"), MB_16);
    assertThatThrownBy(() -> last.next(MB_16)).hasMessageContaining("WAL file number must be 0 to");
    assertThatThrownBy(() -> WalFileName.of(TimelineId.FIRST, -1, MB_16))
        .hasMessageEndingWith("got -1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00000001000000000000000",
        "0000000100000000000000011",
        "00000001000000000000000a",
        "00000001000000000000000G",
        "00000002.history",
        "000000010000000000000007.00000028.backup",
        "000000010000000000000001.partial"
      })
  void names_of_other_files_are_refused(String name) {
    assertThatThrownBy(() -> new WalFileName(name))
        .hasMessage("WAL file name must be 24 upper-case hexadecimal digits, got '" + name + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "000000010000000000000007, 000000010000000000000007",
    "000000010000000000000007.00000028.backup, 000000010000000000000007",
    "000000000000000000000007.00000028.backup, ''",
    "000000010000000000000007.partial, ''",
    "00000002.history, ''",
    ".backup, ''",
    "'', ''",
  })
  void what_an_archiver_reports_last_names_a_wal_file_also_after_a_base_backup(
      String lastArchived, String file) {
    assertThat(WalFileName.ofArchived(lastArchived).map(WalFileName::text).orElse(""))
        .isEqualTo(file);
  }

  @Test
  void a_name_with_timeline_0_is_refused() {
    assertThatThrownBy(() -> new WalFileName("000000000000000000000001"))
        .hasMessageContaining("carries timeline 0");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1 << 19, (1 << 20) + 1, 3 << 20, 1L << 31, Long.MIN_VALUE})
  void sizes_that_initdb_does_not_make_are_refused(long bytes) {
    assertThatThrownBy(() -> new WalSegmentSize(bytes))
        .hasMessage(
            "WAL file size must be a power of two from 1 MB to 1 GB, got " + bytes + " bytes");
  }

  @Test
  void files_that_share_the_middle_digits_make_4_gb() {
    assertThat(new WalSegmentSize(1L << 20).segmentsPerXLogId()).isEqualTo(4096);
    assertThat(MB_64.segmentsPerXLogId()).isEqualTo(64);
    assertThat(new WalSegmentSize(1L << 30).segmentsPerXLogId()).isEqualTo(4);
  }
}
