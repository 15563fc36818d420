package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listing that can't be read is refused by its field; it never is an archive without files. */
class ArchiveListingTest {
  private static final String FILE = "000000010000000000000005";
  private static final int SIZE = 1 << 20;

  @Test
  void a_file_that_is_too_short_has_no_header() {
    ArchiveListing listing = listing(FILE + " 12\n", "");
    assertThat(listing.sizes()).containsExactly(Map.entry(new WalFileName(FILE), 12L));
    assertThat(listing.headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {FILE, FILE + " ", FILE + " x", "0001 12", FILE + " 12 13", "stat: error"})
  void names_a_line_that_is_no_file_and_size(String line) {
    assertThatThrownBy(() -> listing(line + "\n", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'files' must have lines of a WAL file's name and its size, got '" + line + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "zz", " 00 01 02"})
  void names_a_header_that_is_none(String line) {
    assertThatThrownBy(() -> listing(FILE + " " + SIZE + "\n", line + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'headers' must have lines of 40 bytes in hexadecimal, got '" + line + "'");
  }

  @Test
  void refuses_another_number_of_headers_than_of_whole_files() {
    assertThatThrownBy(() -> listing(FILE + " " + SIZE + "\n", ""))
        .isInstanceOf(InstanceRefusal.class)
        .hasMessageContaining("1 whole WAL files, 0 page headers");
  }

  @Test
  void names_the_section_that_was_not_said() {
    assertThatThrownBy(() -> ArchiveListing.of(new Said("west-0", Map.of()), target()))
        .isInstanceOf(InstanceRefusal.class)
        .hasMessageContaining("'files'");
  }

  private static ArchiveListing listing(String files, String headers) {
    return ArchiveListing.of(
        new Said("west-0", Map.of("files", files, "headers", headers)), target());
  }

  private static ContentTarget target() {
    return new ContentTarget(
        new ContentId(0),
        new SystemIdentifier(42),
        TimelineId.FIRST,
        Lsn.parse("0/5000C8"),
        new WalFileName(FILE),
        new WalSegmentSize(SIZE));
  }
}
